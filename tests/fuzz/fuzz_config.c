/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_config.c -- the text of a configuration file.  What is accepted has to be what
 * the daemon may rely on: counts in range, texts that end, names that exist; and every
 * mistake is told in one line. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/config.h"
#include "daemon/source.h"
#include "models/profile.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/must.h"

#define MUST_END(text) MUST(memchr(text, '\0', sizeof(text)))

static void check_sources(const struct config *c)
{
	MUST(c->sources >= 0 && c->sources <= CONFIG_SOURCES_MAX);
	for (int i = 0; i < c->sources; i++) {
		const struct config_source *s = &c->source[i];

		MUST_END(s->name);
		MUST_END(s->interface);
		MUST_END(s->file);
		MUST(*s->name && !strpbrk(s->name, "/+#"));
		MUST(s->driver && source_driver_find(s->driver));
		MUST(isfinite(s->speed) && s->speed > 0);
	}
}

static void check_rooms(const struct config *c)
{
	MUST(c->rooms >= 0 && c->rooms <= CONFIG_ROOMS_MAX);
	for (int i = 0; i < c->rooms; i++) {
		const struct config_room *r = &c->room[i];

		MUST_END(r->name);
		MUST(*r->name && !strpbrk(r->name, "/+#"));
		MUST(profile_find(r->profile));
		MUST(!*r->breathing_band || breathing_band_find(r->breathing_band));
		MUST(r->links >= 0 && r->links <= CONFIG_LINKS_MAX);
		for (int k = 0; k < r->links; k++)
			MUST(r->link[k].source >= 0 && r->link[k].source < c->sources);
	}
}

static void check_brokers(const struct config_mqtt *m)
{
	MUST(m->brokers >= 0 && m->brokers <= CONFIG_BROKERS_MAX);
	for (int i = 0; i < m->brokers; i++) {
		MUST_END(m->broker[i].host);
		MUST(*m->broker[i].host && m->broker[i].port > 0 && m->broker[i].port < 65536);
	}
}

static void check(const struct config *c)
{
	MUST_END(c->node);
	MUST_END(c->mqtt.url);
	check_brokers(&c->mqtt);
	MUST_END(c->mqtt.base);
	MUST_END(c->mqtt.client_id);
	MUST(!strpbrk(c->mqtt.base, "+#"));
	check_sources(c);
	check_rooms(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config c;
	char *told = NULL;
	size_t len = 0, lines = 0;
	FILE *errors = open_memstream(&told, &len);
	int mistakes;

	if (!errors)
		return 0;
	mistakes = config_parse(&c, (const char *)data, size, "fuzz.conf", errors);
	fclose(errors);
	MUST(mistakes >= 0 && (mistakes > 0) == (len > 0));
	for (size_t i = 0; i < len; i++)
		lines += told[i] == '\n';
	MUST(lines == (size_t)mistakes || mistakes >= CONFIG_MISTAKES_MAX);
	MUST(lines <= CONFIG_MISTAKES_MAX + 1);
	if (!mistakes)
		check(&c);
	free(told);
	return 0;
}
