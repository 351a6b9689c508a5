/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/json.h"
#include "daemon/log.h"
#include "daemon/node_commands.h"

const struct sensing_room_options *node_find_room(const struct sensing_room_options *room, int rooms,
						  const char *name, size_t len)
{
	for (int i = 0; i < rooms; i++)
		if (strlen(room[i].name) == len && !memcmp(room[i].name, name, len))
			return &room[i];
	return NULL;
}

/* An answer goes to the command's own topic plus "/result".  Where a sender (MQTT 5) asks
 * for it elsewhere, that has to lie below: we may write to topics that it may not. */
static void set_address(struct node_answer_to *to, const struct mqtt_event *e)
{
	size_t len;

	*to = (struct node_answer_to){ .client = 0 };
	len = (size_t)snprintf(to->topic, sizeof(to->topic), "%s/result", e->topic);
	if (e->response_topic && !strncmp(e->response_topic, to->topic, len) && e->response_topic[len] == '/')
		snprintf(to->topic, sizeof(to->topic), "%s", e->response_topic);
	if (e->correlation && e->correlation_bytes <= sizeof(to->correlation)) {
		memcpy(to->correlation, e->correlation, e->correlation_bytes);
		to->correlation_bytes = e->correlation_bytes;
	}
}

void node_commands_send(struct mqtt *m, const struct node_answer_to *to, const char *payload)
{
	log_debug("%s: %s", to->topic, payload);
	mqtt_send(m, &(struct mqtt_message){
		.topic = to->topic, .payload = payload, .qos = 1,
		.correlation = to->correlation_bytes ? to->correlation : NULL,
		.correlation_bytes = to->correlation_bytes });
}

/* The part of the topic behind the base and its '/', NULL if it is not ours. */
static const char *level_of(const char *base, const char *topic)
{
	size_t len = strlen(base);

	return strncmp(topic, base, len) || topic[len] != '/' ? NULL : topic + len + 1;
}

static bool is_for_commands(const char *level)
{
	const char *slash = strchr(level, '/');

	return !strcmp(slash ? slash + 1 : level, "cmd");
}

void node_commands_event(struct commands *s, const struct node_commands *n, const struct mqtt_event *e)
{
	const char *level = level_of(n->base, e->topic);
	const struct sensing_room_options *room;
	struct command command = {
		.text = e->payload, .len = e->payload_bytes, .topic = e->topic,
		.act = n->act, .owner = n->owner, .origin = n->origin, .wall_us = n->wall_us,
	};
	struct command_unanswered wait;
	struct node_answer_to to;
	char *payload;

	if (!level || !is_for_commands(level))
		return;
	if (e->retained) {
		s->stats.retained++;
		return;
	}
	if (strcmp(level, "cmd")) {
		room = node_find_room(n->room, n->rooms, level, strcspn(level, "/"));
		command.room = room ? room->name : NULL;
		command.origin = room ? room->origin : command.origin;
		command.unknown_room = !room;
	}
	set_address(&to, e);
	payload = command_answer(s, &command, &wait);
	if (payload)
		node_commands_send(n->mqtt, &to, payload);
	else
		node_answers_add(n->answers, &wait, &to);
	free(payload);
}

char *node_commands_line(struct commands *s, const struct node_commands *n, uint64_t client,
			 const char *text, size_t len, bool *later)
{
	struct json *j = len <= COMMAND_BYTES_MAX ? json_parse(text, len) : NULL;
	const char *name = json_get_string(j, "room");
	const struct sensing_room_options *room =
		name ? node_find_room(n->room, n->rooms, name, strlen(name)) : NULL;
	const struct command command = {
		.text = text, .len = len, .topic = "control", .act = n->act, .owner = n->owner,
		.local = true,
		.room = room ? room->name : NULL, .unknown_room = json_has(j, "room") && !room,
		.origin = room ? room->origin : n->origin, .wall_us = n->wall_us,
	};
	const struct node_answer_to to = { .client = client };
	struct command_unanswered wait;
	char *answer;

	json_free(j);
	answer = command_answer(s, &command, &wait);
	*later = wait.answer != NULL;
	node_answers_add(n->answers, &wait, &to);
	return answer;
}
