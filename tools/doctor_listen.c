/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * doctor_listen.c -- opens sources as sixthd does, and counts what comes. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "daemon/loop.h"
#include "daemon/source.h"
#include "dsp/repeat.h"
#include "tools/doctor.h"

struct ear {
	struct source source;
	struct doctor_source *into;
	struct repeat repeat[DOCTOR_HEARD_MAX];
	bool open;
};

static struct doctor_transmitter *find(struct doctor_source *s, const uint8_t mac[6])
{
	struct doctor_transmitter *t = s->heard;

	for (; t < s->heard + s->transmitters; t++)
		if (!memcmp(t->mac, mac, 6))
			return t;
	if (s->transmitters == DOCTOR_HEARD_MAX)
		return NULL;
	s->transmitters++;
	memcpy(t->mac, mac, 6);
	return t;
}

static void on_frame(struct source *source, const struct csi_frame *f)
{
	struct ear *e = source->owner;
	struct doctor_source *s = e->into;
	struct doctor_transmitter *t = find(s, f->tx_mac);

	s->frames++;
	if (!t) {
		s->frames_more++;
		return;
	}
	t->frames++;
	s->old += !repeat_push(&e->repeat[t - s->heard], f);
}

static void on_clock(struct source *source, uint64_t now_us)
{
	(void)source;
	(void)now_us;
}

static void on_state(struct source *source, enum reason why)
{
	struct doctor_source *s = ((struct ear *)source->owner)->into;

	s->state = why;
	memcpy(s->error, source->error, sizeof(s->error));
}

/* What it read from is gone; the end closes it. */
static void on_lost(struct source *source)
{
	struct doctor_source *s = ((struct ear *)source->owner)->into;

	s->state = REASON_SOURCE_DOWN;
	memcpy(s->error, source->error, sizeof(s->error));
}

static void on_over(void *owner)
{
	loop_stop(owner);
}

static const struct source_sink sink = {
	.frame = on_frame, .clock = on_clock, .state = on_state, .lost = on_lost,
};

static void open_ear(struct ear *e, const struct config_source *c, int number, struct loop *loop)
{
	struct doctor_source *s = e->into;
	int err;

	snprintf(s->name, sizeof(s->name), "%s", c->name);
	snprintf(s->driver, sizeof(s->driver), "%s", c->driver);
	snprintf(s->interface, sizeof(s->interface), "%s", c->interface);
	e->source = (struct source){
		.driver = source_driver_find(c->driver), .config = c, .number = number,
		.loop = loop, .sink = &sink, .owner = e, .origin = "live",
	};
	err = e->source.driver->open(&e->source);
	e->open = s->opened = !err;
	snprintf(s->origin, sizeof(s->origin), "%s", e->source.origin);
	if (!err)
		return;
	s->state = REASON_SOURCE_DOWN;
	memcpy(s->error, e->source.error, sizeof(s->error));
	if (!*s->error)
		snprintf(s->error, sizeof(s->error), "%s", strerror(-err));
	e->source.driver->close(&e->source);
}

int doctor_listen(struct doctor_hearing *h, const struct config *c, double seconds)
{
	static struct ear ear[CONFIG_SOURCES_MAX];
	struct loop *loop = loop_create();
	uint64_t begun_us;

	memset(h, 0, sizeof(*h));
	if (!loop || !loop_timer_add(loop, seconds, 0, on_over, loop)) {
		loop_destroy(loop);
		return -ENOMEM;
	}
	loop_stop_on_signals(loop);
	for (; h->sources < c->sources; h->sources++) {
		ear[h->sources] = (struct ear){ .into = &h->source[h->sources] };
		open_ear(&ear[h->sources], &c->source[h->sources], h->sources, loop);
	}
	begun_us = loop_now_us();
	loop_run(loop);
	h->seconds = (double)(loop_now_us() - begun_us) / 1e6;
	for (int i = 0; i < h->sources; i++) {
		h->source[i].seconds = h->seconds;
		if (ear[i].open)
			ear[i].source.driver->close(&ear[i].source);
		h->source[i].counts = ear[i].source.counts;
	}
	loop_destroy(loop);
	return 0;
}

double doctor_station_hz(const struct wifi_facts_interface *before, const struct wifi_station *now,
			 double seconds)
{
	for (int i = 0; before && seconds > 0 && i < before->stations; i++)
		if (!memcmp(before->station[i].mac, now->mac, 6))
			return (double)(now->rx_packets - before->station[i].rx_packets) / seconds;
	return NAN;
}
