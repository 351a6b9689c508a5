/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * source_envelope.c -- one sender in the network that proves who it is (envelope.h): an
 * ESP32 with firmware for it, an adapter of a radio that we do not know, another router.
 *
 * What is in the envelope goes to the parser that it names; it may raise alarms. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/envelope.h"
#include "daemon/live.h"
#include "daemon/log.h"
#include "daemon/udp.h"

extern const struct csi_format format_csic_records, format_esp32, format_esp32_udp, format_nexmon_udp;

static const struct csi_format *const formats[] = {
	[ENVELOPE_CSIC] = &format_csic_records, [ENVELOPE_ESP32_LINES] = &format_esp32,
	[ENVELOPE_ESP32_UDP] = &format_esp32_udp, [ENVELOPE_NEXMON] = &format_nexmon_udp,
};

#define CONTENTS (sizeof(formats) / sizeof(*formats))

struct sender {
	struct udp *udp;
	struct live *live;
	struct envelope envelope;
	uint8_t content;		/* that the parser is for */
};

static const char *envelope_check(const struct config_source *c)
{
	if (!*c->key_file)
		return "driver envelope needs `key_file = FILE`: who holds the key may send";
	return udp_check(c, false);
}

static void drop(struct source *s, enum source_drop cause)
{
	s->counts.dropped[cause]++;
}

/* What a session brings is told by its first datagram. */
static void begin_session(struct source *s, const struct envelope_result *r)
{
	const char *origin = r->flags & ENVELOPE_SIMULATED ? "simulated" :
			     r->flags & ENVELOPE_REPLAYED ? "replay" : "live";

	snprintf(s->origin, sizeof(s->origin), "%s", origin);
	log_info("source %s: a session begins (key %u, %s)", s->config->name,
		 (unsigned)((struct sender *)s->priv)->envelope.session_key, origin);
	s->sink->state(s, REASON_NONE);
}

static void take(struct source *s, const struct envelope_result *r, uint64_t arrived_us)
{
	struct sender *d = s->priv;

	s->counts.dropped[SOURCE_DROP_MISSED] += r->missed;
	if (r->content >= CONTENTS || !formats[r->content]) {
		drop(s, SOURCE_DROP_OTHER_KIND);
		return;
	}
	if (r->begins || r->content != d->content) {
		d->content = r->content;
		if (live_restart(d->live, formats[r->content]) < 0) {
			snprintf(s->error, sizeof(s->error), "%s", strerror(ENOMEM));
			s->sink->lost(s);
			return;
		}
	}
	if (r->begins)
		begin_session(s, r);
	if (r->len)
		live_message(d->live, r->p, r->len, arrived_us);
}

static void on_datagram(struct source *s, const uint8_t *p, size_t len, uint64_t arrived_us)
{
	struct sender *d = s->priv;
	struct envelope_result r = envelope_open(&d->envelope, p, len, loop_now_us());

	if (r.answer_len)
		udp_answer(d->udp, r.answer, r.answer_len);
	switch (r.verdict) {
	case ENVELOPE_TAKEN:
		take(s, &r, arrived_us);
		break;
	case ENVELOPE_ANSWERED:
		break;
	case ENVELOPE_MALFORMED:
		drop(s, SOURCE_DROP_MALFORMED);
		break;
	case ENVELOPE_NO_KEY:
		drop(s, SOURCE_DROP_UNKNOWN_KEY);
		break;
	case ENVELOPE_FORGED:
		drop(s, SOURCE_DROP_FORGED);
		break;
	case ENVELOPE_OLD:
		drop(s, SOURCE_DROP_REPLAYED);
		break;
	case ENVELOPE_LATE:
		drop(s, SOURCE_DROP_LATE);
		break;
	}
}

static void envelope_close(struct source *s)
{
	struct sender *d = s->priv;

	if (!d)
		return;
	udp_close(d->udp);
	live_close(d->live);
	envelope_clear(&d->envelope);
	free(d);
	s->priv = NULL;
}

static int envelope_source_open(struct source *s)
{
	struct sender *d = calloc(1, sizeof(*d));
	int err;

	s->priv = d;
	snprintf(s->origin, sizeof(s->origin), "live");
	if (!d)
		return -ENOMEM;
	err = envelope_read_keys(&d->envelope, s->config->key_file, s->error);
	if (!err)
		err = live_open(&d->live, s, &format_csic_records, 0);
	return err ? err : udp_open(&d->udp, s, UDP_DATAGRAM_MAX, on_datagram);
}

const struct source_driver source_envelope = {
	.name  = "envelope",
	.no_radio = true,
	.help  = "signed datagrams of one sender (listen, key_file, senders): ESP32, adapters, other routers",
	.check = envelope_check,
	.open  = envelope_source_open,
	.close = envelope_close,
};
