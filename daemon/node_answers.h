/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * node_answers.h -- answers to commands that are done, and wait to be on flash before anybody
 * is told so. */
#ifndef DAEMON_NODE_ANSWERS_H
#define DAEMON_NODE_ANSWERS_H

#include "daemon/commands.h"
#include "daemon/mqtt.h"

#define NODE_ANSWERS_MAX 64	/* each room can be switched at once */
#define NODE_ANSWERS_OTHER (UINT64_C(1) << 63)	/* numbers that have this bit are settled apart */

/* Where an answer goes. */
struct node_answer_to {
	uint64_t client;		/* of the control socket; 0: the topic */
	char     topic[MQTT_TOPIC_MAX + 8];
	uint8_t  correlation[MQTT_CORRELATION_MAX];
	size_t   correlation_bytes;	/* 0: none */
};

struct node_answers {
	struct {
		struct command_unanswered wait;	/* answer NULL: free */
		struct node_answer_to to;
	} of[NODE_ANSWERS_MAX];
};

/* One more can wait. */
bool node_answers_have_place(const struct node_answers *a);

/* Takes over `wait`, of command_answer(); `to` is copied.  Nothing, where there is nothing
 * to wait for. */
void node_answers_add(struct node_answers *a, const struct command_unanswered *wait,
		      const struct node_answer_to *to);

/* All that wait for `later`, or for less of its sort, are answered, `send` says how: 0, or -errno, and
 * then what was done does not outlive a restart. */
void node_answers_settle(struct node_answers *a, struct commands *s, uint64_t later, int error,
			 void (*send)(void *owner, const struct node_answer_to *to, const char *payload),
			 void *owner);

/* Nobody is answered any more. */
void node_answers_clear(struct node_answers *a);

#endif
