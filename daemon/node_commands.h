/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * node_commands.h -- a command that arrived: for which room, and where the answer goes. */
#ifndef DAEMON_NODE_COMMANDS_H
#define DAEMON_NODE_COMMANDS_H

#include "daemon/commands.h"
#include "daemon/node_answers.h"
#include "daemon/sensing.h"

/* All borrowed. */
struct node_commands {
	struct mqtt *mqtt;
	const char  *base;
	const struct sensing_room_options *room;
	int          rooms;
	const char  *origin;		/* of commands for the node */
	uint64_t     wall_us;
	struct node_answers *answers;
	enum command_error (*act)(void *owner, const struct command_request *r,
				  struct command_reply *reply);
	void        *owner;
};

/* Carries out what is on one of our command topics, and answers it.  A retained one is
 * only counted; other topics are ignored. */
void node_commands_event(struct commands *s, const struct node_commands *n, const struct mqtt_event *e);

/* Carries out a line of the control socket, where the member `room` says for which.  The
 * answer as JSON text (free() it), NULL if memory ran out or the answer comes later: then
 * `*later`. */
char *node_commands_line(struct commands *s, const struct node_commands *n, uint64_t client,
			 const char *text, size_t len, bool *later);

/* Answers by MQTT. */
void node_commands_send(struct mqtt *m, const struct node_answer_to *to, const char *payload);

/* By name, NULL if there is none. */
const struct sensing_room_options *node_find_room(const struct sensing_room_options *room, int rooms,
						  const char *name, size_t len);

#endif
