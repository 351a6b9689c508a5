/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/json.h"
#include "daemon/log.h"
#include "daemon/node_answers.h"

static int find_place(const struct node_answers *a)
{
	for (int i = 0; i < NODE_ANSWERS_MAX; i++)
		if (!a->of[i].wait.answer)
			return i;
	return -1;
}

bool node_answers_have_place(const struct node_answers *a)
{
	return find_place(a) >= 0;
}

void node_answers_add(struct node_answers *a, const struct command_unanswered *wait,
		      const struct node_answer_to *to)
{
	int i = find_place(a);

	if (!wait->answer)
		return;
	if (i < 0) {
		log_error("commands: an answer is lost: more wait than there can be");
		json_free(wait->answer);
		return;
	}
	a->of[i].wait = *wait;
	a->of[i].to = *to;
}

void node_answers_settle(struct node_answers *a, struct commands *s, uint64_t later, int error,
			 void (*send)(void *owner, const struct node_answer_to *to, const char *payload),
			 void *owner)
{
	struct command_reply reply = { .field = NULL };

	if (error)
		snprintf(reply.detail, sizeof(reply.detail), "it is so now, but not kept on flash (%s): a restart "
			 "undoes it; see that the state folder can be written", strerror(-error));
	for (int i = 0; i < NODE_ANSWERS_MAX; i++) {
		char *payload;

		if (!a->of[i].wait.answer || a->of[i].wait.later > later ||
		    (a->of[i].wait.later ^ later) & NODE_ANSWERS_OTHER)
			continue;
		payload = command_finish(s, &a->of[i].wait, error ? COMMAND_NOT_KEPT : COMMAND_NONE, &reply);
		if (payload)
			send(owner, &a->of[i].to, payload);
		free(payload);
	}
}

void node_answers_clear(struct node_answers *a)
{
	for (int i = 0; i < NODE_ANSWERS_MAX; i++) {
		json_free(a->of[i].wait.answer);
		a->of[i].wait.answer = NULL;
	}
}
