/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * source_udp.c -- radios whose datagrams prove nothing: Nexmon (Broadcom) and firmwares of
 * ESP32 that are made by others.
 *
 * Both differ in their format alone.  Anybody in the network can make such datagrams up,
 * so their links are shown and never raise an alarm; for one that may, there is the
 * envelope (source_envelope.c). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/live.h"
#include "daemon/udp.h"

extern const struct csi_format format_nexmon_udp, format_esp32_udp;

struct udp_source {
	struct udp *udp;
	struct live *live;
};

static const char *udp_source_check(const struct config_source *c)
{
	return udp_check(c, true);
}

static void on_datagram(struct source *s, const uint8_t *p, size_t len, uint64_t arrived_us)
{
	struct udp_source *u = s->priv;

	live_sender(u->live, udp_sender(u->udp));
	if (!len || !live_message(u->live, p, len, arrived_us))
		s->counts.dropped[SOURCE_DROP_OTHER_KIND]++;
}

static void udp_source_close(struct source *s)
{
	struct udp_source *u = s->priv;

	if (!u)
		return;
	udp_close(u->udp);
	live_close(u->live);
	free(u);
	s->priv = NULL;
}

static int open_with(struct source *s, const struct csi_format *format)
{
	struct udp_source *u = calloc(1, sizeof(*u));
	int err;

	s->priv = u;
	snprintf(s->origin, sizeof(s->origin), "live");
	if (!u)
		return -ENOMEM;
	err = live_open(&u->live, s, format, 0);
	return err ? err : udp_open(&u->udp, s, format->record_max, on_datagram);
}

static int nexmon_open(struct source *s)
{
	return open_with(s, &format_nexmon_udp);
}

static int esp32_udp_open(struct source *s)
{
	return open_with(s, &format_esp32_udp);
}

const struct source_driver source_nexmon = {
	.name    = "nexmon",
	.help    = "Nexmon CSI of Broadcom chips (listen, senders, interface); raises no alarm",
	.hearsay = true,
	.no_radio = true,
	.check   = udp_source_check,
	.open    = nexmon_open,
	.close   = udp_source_close,
};

const struct source_driver source_esp32_udp = {
	.name    = "esp32_udp",
	.help    = "ADR-018 and ESPectre datagrams of an ESP32 (listen, senders); raises no alarm",
	.hearsay = true,
	.no_radio = true,
	.check   = udp_source_check,
	.open    = esp32_udp_open,
	.close   = udp_source_close,
};
