/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/files.h"
#include "daemon/learned.h"
#include "daemon/log.h"
#include "daemon/loop.h"
#include "daemon/node_answers.h"
#include "daemon/node_learned.h"
#include "daemon/wallclock.h"

#define SOON_US  60000000u
#define AGAIN_US 60000000u	/* from a failed write to the next try */

struct node_learned {
	struct node_learned_options o;
	char path[FILES_PATH_LEN];
	struct sensing_memory_tally found;
	int      useless;		/* files, as a whole */
	uint64_t writes, failures;
	uint64_t forgotten;		/* commands that were done; */
	uint64_t handed;		/* and so many are in what was handed over, */
	uint64_t settled;		/* or on flash */
	uint32_t ticket;		/* 0: nothing is being written */
	uint32_t hash;			/* of what was handed over last; 0: nothing was to be kept */
	bool     known;			/* that is what the file has, or will have */
	uint64_t handed_us;		/* when that was looked at last */
	bool     soon, again, failing;
	int      left_out;
};

static struct alarm_clock clock_now(const struct node_learned *l)
{
	return wallclock_now(l->o.config->alarms.trust_clock);
}

static uint64_t rooms_of(const struct node_learned *l)
{
	uint64_t rooms = 0;

	for (int i = 0; i < sensing_rooms(l->o.sensing); i++)
		rooms |= (uint64_t)(l->o.all || !strcmp(l->o.room[i].origin, "live")) << i;
	return rooms;
}

/* --- reading ----------------------------------------------------------------------- */

static void tell_found(const struct node_learned *l)
{
	const struct sensing_memory_tally *t = &l->found;

	log_info("learned %s: taken over: %d rooms, %d links", l->path, t->rooms, t->links);
	if (t->unknown)
		log_info("learned %s: %d parts are of rooms, sources or a version that are not here: left out", l->path,
			 t->unknown);
	if (t->other)
		log_info("learned %s: %d links had other devices or another band of breathing: left out", l->path,
			 t->other);
	if (t->spoilt)
		log_error("learned %s: %d parts make no sense: left out", l->path, t->spoilt);
}

static int read_file(struct node_learned *l)
{
	struct alarm_clock now = clock_now(l);
	char *bytes = malloc(LEARNED_MAX + 1);
	const char *wrong = NULL;
	int len;

	if (!bytes)
		return -ENOMEM;
	len = files_read(l->path, bytes, LEARNED_MAX + 1);
	if (len >= 0)
		wrong = learned_unpack(l->o.sensing, rooms_of(l), &now, l->o.boot_id, (const uint8_t *)bytes,
				       (size_t)len, &l->found);
	else if (len != -ENOENT)
		wrong = strerror(-len);
	for (int i = 0; i < sensing_rooms(l->o.sensing); i++)
		if (sensing_is_paused(l->o.sensing, i))
			sensing_forget(l->o.sensing, i);	/* as it did when that began */
	if (wrong) {
		l->useless++;
		log_error("learned %s: %s; rooms learn anew, and replace it", l->path, wrong);
	} else if (len >= 0) {
		tell_found(l);
	}
	free(bytes);
	return 0;
}

/* --- writing ----------------------------------------------------------------------- */

static void settle(struct node_learned *l, uint64_t upto, int error)
{
	if (upto <= l->settled)
		return;
	l->settled = upto;
	l->o.settled(l->o.owner, upto | NODE_ANSWERS_OTHER, error);
}

static uint8_t *pack(struct node_learned *l, const struct alarm_clock *now, size_t *len)
{
	int left_out = 0;
	uint8_t *p = NULL;

	*len = 0;
	if (l->o.config->learned_s)
		p = learned_pack(l->o.sensing, rooms_of(l), now, l->o.boot_id, len, &left_out);
	if (left_out && left_out != l->left_out)
		log_error("learned %s: what %d rooms have learned has no place in it", l->path, left_out);
	l->left_out = left_out;
	return p;
}

/* What cannot be handed over now is, a moment later. */
static void keep(struct node_learned *l)
{
	struct alarm_clock now = clock_now(l);
	uint32_t hash, ticket;
	uint8_t *p;
	size_t len;

	l->handed_us = now.mono_us;
	l->soon = l->again = false;
	if (l->o.config->learned_s && !rooms_of(l) && l->settled == l->forgotten)
		return;			/* recordings: what is there is not theirs */
	p = pack(l, &now, &len);
	hash = learned_hash(p, len);
	if (l->known && hash == l->hash) {
		free(p);
		if (l->ticket)
			l->handed = l->forgotten;
		else
			settle(l, l->forgotten, 0);
		return;
	}
	ticket = l->o.write(l->o.owner, p, len);
	l->again = !ticket;
	if (!ticket)
		return;
	l->ticket = ticket;
	l->hash = hash;
	l->known = true;
	l->handed = l->forgotten;
}

void node_learned_written(struct node_learned *l, uint32_t ticket, int error)
{
	if (ticket != l->ticket)
		return;
	l->ticket = 0;
	l->known = !error;
	l->writes += !error;
	l->failures += error != 0;
	if (error && !l->failing)
		log_error("learned %s: cannot be written: %s; a restart forgets what is learned", l->path, strerror(-error));
	else if (!error && l->failing)
		log_info("learned %s: is written again", l->path);
	l->failing = error != 0;
	settle(l, l->handed, error);
}

void node_learned_tick(struct node_learned *l)
{
	uint64_t every_us = (uint64_t)l->o.config->learned_s * 1000000, passed_us = loop_now_us() - l->handed_us;

	if (l->again || (l->soon && passed_us >= SOON_US) || (every_us && passed_us >= every_us) ||
	    (l->failing && passed_us >= AGAIN_US))
		keep(l);
}

void node_learned_soon(struct node_learned *l)
{
	l->soon = true;
}

enum command_error node_learned_command(struct node_learned *l, const struct command_request *r,
					struct command_reply *reply)
{
	for (int i = 0; i < sensing_rooms(l->o.sensing); i++) {
		const char *name = sensing_room_name(l->o.sensing, i);

		if (r->room && strcmp(name, r->room))
			continue;
		sensing_forget(l->o.sensing, i);
		log_info("room %s: has learned nothing, as %.64s wishes", name, r->by ? r->by : "somebody");
	}
	reply->later = ++l->forgotten | NODE_ANSWERS_OTHER;
	l->again = true;		/* by the next tick: who asks waits by then */
	return COMMAND_NONE;
}

/* --- all of it --------------------------------------------------------------------- */

int node_learned_open(struct node_learned **out, const struct node_learned_options *o)
{
	struct node_learned *l = calloc(1, sizeof(*l));
	int err = 0;

	if (!l)
		return -ENOMEM;
	l->o = *o;
	snprintf(l->path, sizeof(l->path), "%s/%s", o->config->state, LEARNED_FILE);
	l->handed_us = loop_now_us();
	if (o->config->learned_s)
		err = read_file(l);
	else
		l->again = true;	/* what an earlier run has left goes */
	if (err) {
		free(l);
		return err;
	}
	*out = l;
	return 0;
}

void node_learned_close(struct node_learned *l)
{
	if (!l)
		return;
	keep(l);
	free(l);
}

const char *node_learned_file(const struct node_learned *l)
{
	return l->path;
}

void node_learned_write(const struct node_learned *l, struct json *j)
{
	int left_out = l->useless + l->found.unknown + l->found.other + l->found.spoilt;
	struct json *one;

	for (int i = 0; i < sensing_rooms(l->o.sensing); i++)
		left_out += sensing_room_wiring(l->o.sensing, i)->memory.spoilt;
	if (!l->o.config->learned_s) {
		json_add_string(j, "learned", NULL);
		return;
	}
	one = json_add_object(j, "learned");
	json_add_number(one, "rooms", l->found.rooms, 0);
	json_add_number(one, "links", l->found.links, 0);
	json_add_number(one, "left_out", left_out, 0);
	json_add_number(one, "writes", (double)l->writes, 0);
	json_add_number(one, "failures", (double)l->failures, 0);
}
