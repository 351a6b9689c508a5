/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/support/listener.h"

#define PATIENCE_S 5
#define LOOK_S     0.005

static enum source_drop looked_at;

static void on_frame(struct source *s, const struct csi_frame *f)
{
	struct listener *l = s->owner;

	if (l->frames && f->time_us < l->frame.time_us)
		l->went_back = true;
	l->frames++;
	l->frame = *f;
	l->tones = *f->tones;
	l->frame.tones = &l->tones;
	memcpy(l->samples, f->samples, sizeof(*f->samples) * (size_t)csi_samples(f));
	l->frame.samples = l->samples;
}

static void on_clock(struct source *s, uint64_t now_us)
{
	((struct listener *)s->owner)->clock_us = now_us;
}

static void on_state(struct source *s, enum reason why)
{
	((struct listener *)s->owner)->state = why;
}

static void on_lost(struct source *s)
{
	((struct listener *)s->owner)->lost = true;
}

static const struct source_sink sink = {
	.frame = on_frame, .clock = on_clock, .state = on_state, .lost = on_lost,
};

static void on_look(void *owner)
{
	struct listener *l = owner;

	if (l->until && l->until(l))
		loop_stop(l->loop);
}

static void on_patience(void *owner)
{
	struct listener *l = owner;

	l->late = true;
	loop_stop(l->loop);
}

int listener_reopen(struct listener *l)
{
	if (l->open)
		l->source.driver->close(&l->source);
	l->lost = false;
	l->err = l->source.driver->open(&l->source);
	l->open = !l->err;
	if (l->err)
		l->source.driver->close(&l->source);
	return l->err;
}

int listener_open(struct listener *l, const char *lines)
{
	char text[4096];

	memset(l, 0, sizeof(*l));
	snprintf(text, sizeof(text), "[source s]\n%s\n[room r]\n", lines);
	if (config_parse(&l->config, text, strlen(text), "listener.conf", stderr))
		abort();
	l->loop = loop_create();
	l->patience = loop_timer_add(l->loop, 1e6, 0, on_patience, l);
	l->look = loop_timer_add(l->loop, LOOK_S, LOOK_S, on_look, l);
	l->source = (struct source){
		.driver = source_driver_find(l->config.source[0].driver),
		.config = &l->config.source[0], .loop = l->loop, .sink = &sink, .owner = l,
	};
	return listener_reopen(l);
}

void listener_close(struct listener *l)
{
	if (l->open)
		l->source.driver->close(&l->source);
	loop_destroy(l->loop);
	memset(l, 0, sizeof(*l));
}

bool listener_until(struct listener *l, bool (*until)(struct listener *l))
{
	l->late = false;
	l->until = until;
	loop_timer_set(l->patience, PATIENCE_S);
	if (!until || !until(l))
		loop_run(l->loop);
	l->until = NULL;
	return !l->late;
}

void listener_run(struct listener *l, double s)
{
	l->until = NULL;
	loop_timer_set(l->patience, s);
	loop_run(l->loop);
}

static bool has_frames(struct listener *l)
{
	return l->frames >= l->wanted;
}

bool listener_frames(struct listener *l, int frames)
{
	l->wanted = frames;
	return listener_until(l, has_frames);
}

static bool has_dropped(struct listener *l)
{
	return l->source.counts.dropped[looked_at] >= (uint64_t)l->wanted;
}

bool listener_dropped(struct listener *l, enum source_drop d, int n)
{
	looked_at = d;
	l->wanted = n;
	return listener_until(l, has_dropped);
}

static bool is_lost(struct listener *l)
{
	return l->lost;
}

bool listener_lost(struct listener *l)
{
	return listener_until(l, is_lost);
}
