/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * source_replay.c -- a recording as a source, at its own speed or faster.
 *
 * The source's clock runs `speed` times as fast as the real one and starts at 0
 * with the first frame.  Where the machine cannot keep up the clock waits for the
 * frames, never the other way round. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/recording.h"
#include "daemon/log.h"
#include "daemon/source.h"

#define STEP_S     0.02
#define BUDGET_US  50000	/* the loop is ours for so long at a time */
#define LOOP_GAP_US 20000	/* between the last frame of one round and the first of the next */

struct replay {
	struct recording *recording;
	struct loop_timer *timer;
	const struct csi_frame *next;	/* read, not yet due */
	uint64_t begun_us;		/* real clock at time 0 */
	uint64_t first_us;		/* of the recording */
	uint64_t base_us;		/* our clock when this round began */
	uint64_t now_us;
};

static const char *replay_check(const struct config_source *c)
{
	return *c->file ? NULL : "driver replay needs `file = RECORDING`";
}

/* Opens the recording for one more round.  0 or -errno. */
static int start_round(struct source *s)
{
	struct replay *r = s->priv;
	int got = recording_open(&r->recording, s->config->file, s->error);

	if (got < 0)
		return got;
	got = recording_frame(r->recording, &r->next, s->error);
	if (got < 0)
		return got;
	if (got == 0) {
		snprintf(s->error, sizeof(s->error), "%.200s: no frame in it", s->config->file);
		return -ENODATA;
	}
	r->first_us = r->next->time_us;
	return 0;
}

static void end(struct source *s, enum reason why)
{
	struct replay *r = s->priv;

	r->next = NULL;
	s->sink->state(s, why);
}

/* Reads the next frame; at the end begins the next round, if there is to be one. */
static void advance(struct source *s)
{
	struct replay *r = s->priv;
	uint64_t length_us = r->next->time_us - r->first_us;
	int got = recording_frame(r->recording, &r->next, s->error);

	if (got == 1)
		return;
	if (recording_damage(r->recording))
		log_warn("source %s: %s: %s; the recording ends there", s->config->name, s->config->file,
			 recording_damage(r->recording));
	if (got < 0)
		log_error("source %s: %s", s->config->name, s->error);
	recording_close(r->recording);
	r->recording = NULL;
	if (got < 0 || !s->config->loop) {
		if (got == 0)
			log_info("source %s: the recording is over", s->config->name);
		end(s, REASON_SOURCE_DOWN);
		return;
	}
	r->base_us += length_us + LOOP_GAP_US;
	if (start_round(s) < 0) {	/* somebody took the file away, and may bring it back */
		r->next = NULL;
		s->sink->lost(s);
	}
}

static void on_timer(void *owner)
{
	struct source *s = owner;
	struct replay *r = s->priv;
	uint64_t begun_us = loop_now_us();
	uint64_t target_us = (uint64_t)((double)(begun_us - r->begun_us) * (double)s->config->speed);

	while (r->next) {
		struct csi_frame f = *r->next;

		f.time_us = r->base_us + r->next->time_us - r->first_us;
		if (f.time_us > target_us)
			break;
		s->sink->frame(s, &f);
		r->now_us = f.time_us;
		advance(s);
		if (loop_now_us() - begun_us > BUDGET_US)
			return;
	}
	r->now_us = target_us;
	s->sink->clock(s, r->now_us);
}

static void replay_close(struct source *s)
{
	struct replay *r = s->priv;

	if (!r)
		return;
	loop_timer_remove(r->timer);
	recording_close(r->recording);
	free(r);
	s->priv = NULL;
}

static int replay_open(struct source *s)
{
	struct replay *r = calloc(1, sizeof(*r));
	int err;

	s->priv = r;
	snprintf(s->origin, sizeof(s->origin), "replay");
	if (!r) {
		snprintf(s->error, sizeof(s->error), "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	err = start_round(s);
	if (err)
		return err;
	if (!strcmp(recording_info(r->recording)->origin, "simulated"))
		snprintf(s->origin, sizeof(s->origin), "simulated");
	r->begun_us = loop_now_us();
	r->timer = loop_timer_add(s->loop, 0, STEP_S, on_timer, s);
	return r->timer ? 0 : -ENOMEM;
}

const struct source_driver source_replay = {
	.name  = "replay",
	.no_radio = true,
	.help  = "a recording (file), at speed times its own pace, once or in a loop",
	.check = replay_check,
	.open  = replay_open,
	.close = replay_close,
};
