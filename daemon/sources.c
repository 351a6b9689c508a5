/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sources.c -- the table of sources: a new one is one file and one line here. */
#include <stdio.h>
#include <string.h>
#include "daemon/source.h"

extern const struct source_driver source_replay;
extern const struct source_driver source_mt76;
extern const struct source_driver source_iwlwifi;
extern const struct source_driver source_intel5300;
extern const struct source_driver source_openwifi;
extern const struct source_driver source_nxp, source_infineon;
extern const struct source_driver source_esp32_serial;
extern const struct source_driver source_esp32_udp;
extern const struct source_driver source_nexmon;
extern const struct source_driver source_envelope;
extern const struct source_driver source_socket;
extern const struct source_driver source_ath9k;
extern const struct source_driver source_ath11k;
extern const struct source_driver source_beamforming;

const struct source_driver *const source_drivers[] = {
	&source_replay,
	&source_mt76,
	&source_iwlwifi,
	&source_intel5300,
	&source_openwifi,
	&source_nxp,
	&source_infineon,
	&source_esp32_serial,
	&source_esp32_udp,
	&source_nexmon,
	&source_envelope,
	&source_socket,
	&source_ath9k,
	&source_ath11k,
	&source_beamforming,
	NULL
};

static const struct {
	const char *name, *help;
} drops[] = {
#define X(id, name, help) { name, help },
	SOURCE_DROPS(X)
#undef X
};

const char *source_drop_name(enum source_drop d)
{
	return drops[d].name;
}

const char *source_drop_help(enum source_drop d)
{
	return drops[d].help;
}

void source_count_unreadable(struct source_counts *c, const uint8_t *from)
{
	struct source_unreadable *u = c->unreadable;

	c->dropped[SOURCE_DROP_UNREADABLE]++;
	if (!from)
		return;
	while (u < c->unreadable + c->transmitters && memcmp(u->from, from, sizeof(u->from)))
		u++;
	if (u == c->unreadable + SOURCE_UNREADABLE_MAX)
		return;
	if (u == c->unreadable + c->transmitters) {
		memcpy(u->from, from, sizeof(u->from));
		c->transmitters++;
	}
	u->count++;
}

const struct source_driver *source_driver_find(const char *name)
{
	for (int i = 0; source_drivers[i]; i++)
		if (!strcmp(source_drivers[i]->name, name))
			return source_drivers[i];
	return NULL;
}

void source_describe(const struct source *s, struct stream_info *info)
{
	snprintf(info->driver, sizeof(info->driver), "%s", s->driver->name);
	snprintf(info->device, sizeof(info->device), "%s", s->config->name);
	/* what is played again was not measured now */
	snprintf(info->origin, sizeof(info->origin), "%s", !strcmp(s->origin, "replay") ? "imported" : s->origin);
}

const char *source_worse_origin(const char *a, const char *b)
{
	static const char *const from_the_best[] = { "live", "replay", "simulated" };
	const char *worst = from_the_best[0];

	for (size_t i = 1; i < sizeof(from_the_best) / sizeof(*from_the_best); i++)
		if (!strcmp(a, from_the_best[i]) || !strcmp(b, from_the_best[i]))
			worst = from_the_best[i];
	return worst;
}
