/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/files.h"
#include "daemon/log.h"
#include "daemon/pauses.h"
#include "daemon/privacy.h"
#include "daemon/wallclock.h"

#define AGAIN_US  10000000u	/* from a failed write to the next try */
/* Who commands a thousand times must not wear flash out: so many writes at once, then one a second. */
#define BURST     10
#define CREDIT_US 1000000u
#define LATEST_US 600000000u	/* without a clock: what is left is written so often */

struct privacy {
	struct privacy_options o;
	struct pauses pauses;
	char path[FILES_PATH_LEN];
	uint64_t changes;		/* so many there have been; */
	uint64_t handed;		/* to the writer, of these; */
	uint64_t settled;		/* and so many are on flash, or were said not to be */
	uint32_t ticket;		/* what was handed over last; 0: nothing is being written */
	int      error;			/* 0 or -errno of the last write */
	uint64_t kept_us;		/* when it was handed over last */
	uint64_t waits_us;		/* when the oldest change that is not settled came */
	bool dirty;			/* something is to be handed over */
	int  credit;			/* writes that may follow at once */
	uint64_t credit_us;		/* when it grew last */
	bool failing;
};

static struct alarm_clock clock_now(const struct privacy *p)
{
	return wallclock_now(p->o.trust_clock);
}

/* --- the file ----------------------------------------------------------------------- */

/* Where it cannot be handed over, the next tick tries again. */
static void keep(struct privacy *p, const struct alarm_clock *now)
{
	char *text = p->pauses.count ? pauses_text(&p->pauses, now, p->o.boot_id) : NULL;
	uint32_t ticket = text || !p->pauses.count ? p->o.write(p->o.owner, text) : 0;

	p->kept_us = now->mono_us;
	p->dirty = !ticket;
	if (!ticket)
		return;
	p->ticket = ticket;
	p->handed = p->changes;
}

static void keep_soon(struct privacy *p, const struct alarm_clock *now)
{
	uint64_t more = (now->mono_us - p->credit_us) / CREDIT_US;

	if (more) {
		p->credit = more < BURST && p->credit + (int)more < BURST ? p->credit + (int)more : BURST;
		p->credit_us = now->mono_us;
	}
	p->dirty = true;
	if (!p->credit)
		return;
	p->credit--;
	keep(p, now);
}

static void settle(struct privacy *p, uint64_t upto, int error)
{
	if (upto <= p->settled)
		return;
	p->settled = upto;
	p->waits_us = clock_now(p).mono_us;
	p->o.settled(p->o.owner, upto, error);
}

void privacy_written(struct privacy *p, uint32_t ticket, int error)
{
	if (ticket != p->ticket)
		return;			/* a newer one is on its way, and tells more */
	p->ticket = 0;
	p->error = error;
	settle(p, p->handed, error);
}

static void look_for_failure(struct privacy *p, const struct alarm_clock *now)
{
	bool slow = p->settled != p->changes && now->mono_us - p->waits_us >= PRIVACY_PATIENCE_S * UINT64_C(1000000);
	int err = slow ? -ETIMEDOUT : p->error;

	if (slow)
		settle(p, p->changes, err);
	if (err && !p->failing)
		log_error("privacy %s: cannot be written: %s; a pause ends with a restart", p->path, strerror(-err));
	else if (!err && p->failing)
		log_info("privacy %s: is written again", p->path);
	p->failing = err != 0;
	if (err)
		p->error = err;
	if (err && now->mono_us - p->kept_us >= AGAIN_US)
		keep(p, now);
}

/* The time is lost, so the usual one is taken. */
static void pause_all(struct privacy *p, const struct alarm_clock *now, const char *why)
{
	log_error("privacy %s: %s; who was paused is not known, so every room is, for %d s, or until `resume`", p->path, why,
		  PRIVACY_PAUSE_S);
	for (int i = 0; i < sensing_rooms(p->o.sensing); i++)
		pauses_set(&p->pauses, sensing_room_name(p->o.sensing, i), UINT64_C(1000000) * PRIVACY_PAUSE_S, now);
}

/* False: there is none. */
static bool read_file(struct privacy *p, const struct alarm_clock *now)
{
	char text[PAUSES_TEXT_MAX];
	int len = files_read(p->path, text, sizeof(text));

	if (len == -ENOENT)
		return false;
	if (len < 0)
		pause_all(p, now, len == -EACCES ? "permission denied: its folder (`state`) has to belong to the user that sixthd "
			  "runs as" : strerror(-len));
	else if (!pauses_parse(&p->pauses, text, (size_t)len, now, p->o.boot_id))
		pause_all(p, now, "is not what was written there");
	return true;
}

/* --- rooms -------------------------------------------------------------------------- */

static int room_of(const struct privacy *p, const char *name)
{
	for (int i = 0; i < sensing_rooms(p->o.sensing); i++)
		if (!strcmp(sensing_room_name(p->o.sensing, i), name))
			return i;
	return -1;
}

static void forget_unknown_rooms(struct privacy *p, const struct alarm_clock *now)
{
	for (int i = p->pauses.count - 1; i >= 0; i--)
		if (room_of(p, p->pauses.of[i].room) < 0)
			pauses_set(&p->pauses, p->pauses.of[i].room, 0, now);
}

static int pause_again(struct privacy *p, const struct alarm_clock *now)
{
	int err = 0;

	for (int i = 0; i < p->pauses.count && !err; i++) {
		const char *room = p->pauses.of[i].room;

		err = sensing_pause(p->o.sensing, room_of(p, room), SENSING_UNTIL_RESUMED);
		log_info("room %s: still paused, for another %.0f s: nothing is sensed there", room,
			 (double)pauses_left_us(&p->pauses, room, now) / 1e6);
	}
	return err;
}

int privacy_open(struct privacy **out, const struct privacy_options *o)
{
	struct privacy *p = calloc(1, sizeof(*p));
	struct alarm_clock now;
	int err;

	if (!p)
		return -ENOMEM;
	p->o = *o;
	p->credit = BURST;
	now = clock_now(p);
	snprintf(p->path, sizeof(p->path), "%s/%s", o->folder, PAUSES_FILE);
	p->dirty = read_file(p, &now);		/* with this boot's clock, by the first tick */
	forget_unknown_rooms(p, &now);
	err = pause_again(p, &now);
	if (err) {
		free(p);
		return err;
	}
	*out = p;
	return 0;
}

void privacy_close(struct privacy *p)
{
	struct alarm_clock now;

	if (!p)
		return;
	now = clock_now(p);
	if (p->dirty)
		keep(p, &now);
	free(p);
}

static enum command_error set(struct privacy *p, int room, double for_s, const char *by)
{
	const char *name = sensing_room_name(p->o.sensing, room);
	struct alarm_clock now = clock_now(p);

	if (sensing_pause(p->o.sensing, room, for_s > 0 ? SENSING_UNTIL_RESUMED : 0))
		return COMMAND_TOO_MANY;	/* no memory: it goes on sensing, and says so */
	pauses_set(&p->pauses, name, (uint64_t)(for_s * 1e6), &now);
	if (for_s > 0)
		log_info("room %s: paused for %.0f s by %.64s: nothing is sensed there", name, for_s,
			 by ? by : "somebody");
	else
		log_info("room %s: sensed again, says %.64s", name, by ? by : "somebody");
	return COMMAND_NONE;
}
_Static_assert(PAUSES_MAX >= SENSING_ROOMS_MAX && ALARM_ROOM_LEN >= SENSING_NAME_LEN, "there is a place for every room");

enum command_error privacy_command(struct privacy *p, const struct command_request *r,
				   struct command_reply *reply)
{
	bool pause = r->action == ACTION_PAUSE;
	double for_s = !pause ? 0 : isnan(r->for_s) ? PRIVACY_PAUSE_S : r->for_s;
	enum command_error err = COMMAND_NONE;
	struct alarm_clock now = clock_now(p);

	if (pause && !(for_s >= 1 && for_s <= PRIVACY_PAUSE_MAX_S)) {
		reply->field = "for_s";
		snprintf(reply->detail, sizeof(reply->detail), "1 to %d seconds", PRIVACY_PAUSE_MAX_S);
		return COMMAND_INVALID;
	}
	for (int i = 0; i < sensing_rooms(p->o.sensing) && !err; i++)
		if (!r->room || !strcmp(sensing_room_name(p->o.sensing, i), r->room))
			err = set(p, i, for_s, r->by);
	if (p->settled == p->changes)
		p->waits_us = now.mono_us;
	reply->later = ++p->changes;
	keep_soon(p, &now);
	return err;
}

void privacy_tick(struct privacy *p)
{
	struct alarm_clock now = clock_now(p);
	bool changed = pauses_correct(&p->pauses, &now);

	for (int i = 0; i < sensing_rooms(p->o.sensing); i++) {
		const char *name = sensing_room_name(p->o.sensing, i);

		if (!sensing_is_paused(p->o.sensing, i) || pauses_left_us(&p->pauses, name, &now))
			continue;
		sensing_pause(p->o.sensing, i, 0);
		log_info("room %s: the pause is over: it is sensed again", name);
	}
	changed |= pauses_drop(&p->pauses, &now);
	if (changed || p->dirty || (p->pauses.count && !now.synced && now.mono_us - p->kept_us >= LATEST_US))
		keep_soon(p, &now);
	look_for_failure(p, &now);
}

const char *privacy_file(const struct privacy *p)
{
	return p->path;
}

bool privacy_failing(const struct privacy *p)
{
	return p->failing;
}
