/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * node_privacy.h -- what a node owes the people in its rooms: pauses (privacy.h), and raw CSI
 * that nobody gets unless it is switched on (raw_csi.h). */
#ifndef DAEMON_NODE_PRIVACY_H
#define DAEMON_NODE_PRIVACY_H

#include "daemon/privacy.h"
#include "daemon/raw_csi.h"

struct node_privacy;

/* All borrowed for the life of it. */
struct node_privacy_options {
	const struct config *config;
	struct loop *loop;
	struct sensing *sensing;
	const struct sensing_room_options *room;	/* those of sensing */
	const char *boot_id;
	void (*raw_csi)(void *owner, bool on);		/* it was switched */
	uint32_t (*write)(void *owner, char *text);	/* these two as in privacy.h */
	void (*settled)(void *owner, uint64_t later, int error);
	void *owner;
};

/* Before any frame comes.  0 or -ENOMEM. */
int node_privacy_open(struct node_privacy **out, const struct node_privacy_options *o);
void node_privacy_close(struct node_privacy *p);	/* NULL is fine */

/* Pause, resume, raw_csi. */
bool node_privacy_means(enum command_action a);
enum command_error node_privacy_command(struct node_privacy *p, const struct command_request *r,
					struct command_reply *reply);

/* Its answer waits for flash. */
bool node_privacy_waits(enum command_action a);

/* The file that options.write() is for, valid as long as p; and as privacy_written(). */
const char *node_privacy_file(const struct node_privacy *p);
void node_privacy_written(struct node_privacy *p, uint32_t ticket, int error);

/* A frame of a source, on its own clock. */
void node_privacy_frame(struct node_privacy *p, const struct source *s, const struct csi_frame *f);

/* A few times a second. */
void node_privacy_tick(struct node_privacy *p);

/* Bits of trouble.h. */
unsigned node_privacy_trouble(const struct node_privacy *p);

/* For `info`.  Borrowed. */
const struct raw_csi *node_privacy_raw_csi(const struct node_privacy *p);

#endif
