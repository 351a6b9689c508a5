/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * node_learned.h -- what a node has learned outlives a restart: when its file is read, written
 * and erased.
 *
 * It is written every `learned` seconds if there is something new, a minute after somebody has said something of
 * a device, and at the end; so kill -9 costs as much at most.  Flash is written by the journal's
 * thread.  Where `learned` is 0 there is no file, and one that is there is removed. */
#ifndef DAEMON_NODE_LEARNED_H
#define DAEMON_NODE_LEARNED_H

#include "daemon/commands.h"
#include "daemon/config.h"
#include "daemon/json.h"
#include "daemon/sensing.h"


struct node_learned;

/* All borrowed for the life of it. */
struct node_learned_options {
	const struct config *config;
	struct sensing *sensing;	/* with all its rooms */
	const struct sensing_room_options *room;	/* theirs: what is no room of a live source has no memory, */
	bool all;			/* unless this is set */
	const char *boot_id;
	/* As in privacy.h, but for p and bytes, which are as of journal_writer_write(). */
	uint32_t (*write)(void *owner, void *p, size_t bytes);
	void (*settled)(void *owner, uint64_t later, int error);
	void *owner;
};

/* Reads what an earlier run left: may wait for flash, so before the loop runs, and before any frame comes.
 * 0 or -ENOMEM; a file that is of no use is told of, counted and left alone until there is a better one. */
int node_learned_open(struct node_learned **out, const struct node_learned_options *o);

/* Hands over what is new.  NULL is fine. */
void node_learned_close(struct node_learned *l);

/* Where its file is, valid as long as l. */
const char *node_learned_file(const struct node_learned *l);

/* forget: what was learned, of the topic's room or of all of them.  Done at once; `later` is settled once the file
 * has nothing of it any more. */
enum command_error node_learned_command(struct node_learned *l, const struct command_request *r,
					struct command_reply *reply);

/* Somebody has said something that should not be lost, or is not to be kept. */
void node_learned_soon(struct node_learned *l);

/* A few times a second. */
void node_learned_tick(struct node_learned *l);

/* The write of this ticket is done: 0 or -errno. */
void node_learned_written(struct node_learned *l, uint32_t ticket, int error);

/* For `info`: what was taken over, and how often it was written; null where there is no file. */
void node_learned_write(const struct node_learned *l, struct json *j);

#endif
