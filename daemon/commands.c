/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "daemon/commands.h"
#include "daemon/messages.h"

static const char *const actions[ACTION_COUNT] = {
	[ACTION_ACKNOWLEDGE] = "acknowledge", [ACTION_CLEAR] = "clear", [ACTION_TEST] = "test",
	[ACTION_PAUSE] = "pause", [ACTION_RESUME] = "resume", [ACTION_DEVICE_STATE] = "device_state",
	[ACTION_WAVE] = "wave", [ACTION_CALIBRATE] = "calibrate", [ACTION_RAW_CSI] = "raw_csi",
	[ACTION_FORGET] = "forget",
};

static const char *const errors[COMMAND_ERROR_COUNT] = {
#define X(id, name, help) [COMMAND_##id] = name,
	COMMAND_ERRORS(X)
#undef X
};

const char *command_action_name(enum command_action a)
{
	return actions[a];
}

const char *command_error_name(enum command_error e)
{
	return errors[e];
}

static bool is_presentable(const char *id)
{
	size_t n = 0;

	for (; id[n]; n++)
		if (n == COMMAND_ID_MAX || id[n] < ' ' || id[n] > '~')
			return false;
	return n > 0;
}

/* --- ids -------------------------------------------------------------------------- */

static void add_id(struct json *answer, const struct json *command)
{
	const char *id = json_get_string(command, "id");
	double number;

	if (id && is_presentable(id))
		json_add_string(answer, "id", id);
	else if (json_get_number(command, "id", &number))
		json_add_number(answer, "id", number, 3);
}

/* FNV-1a over both, 64 bits: two of 64 ids that meet by accident are one in 10^16. */
static uint64_t hash_of(const char *topic, const char *id)
{
	uint64_t h = 14695981039346656037u;

	for (; *topic; topic++)
		h = (h ^ (uint8_t)*topic) * 1099511628211u;
	h *= 1099511628211u;
	for (; *id; id++)
		h = (h ^ (uint8_t)*id) * 1099511628211u;
	return h ? h : 1;
}

/* True if this id came before; else it is remembered. */
static bool is_replayed(struct commands *s, const char *topic, const struct json *command)
{
	const char *id = json_get_string(command, "id");
	char number[40];
	double value;
	uint64_t hash;

	if (!id && json_get_number(command, "id", &value)) {
		snprintf(number, sizeof(number), "%.17g", value);
		id = number;
	}
	if (!id)
		return false;
	hash = hash_of(topic, id);
	for (unsigned i = 0; i < COMMAND_MEMORY; i++)
		if (s->seen[i] == hash)
			return true;
	s->seen[s->next++ % COMMAND_MEMORY] = hash;
	return false;
}

/* --- what was sent ---------------------------------------------------------------- */

/* A text that may be missing. */
static bool get_text(const struct json *command, const char *name, const char **value,
		     struct command_reply *reply)
{
	*value = json_get_string(command, name);
	if (*value || !json_has(command, name))
		return true;
	reply->field = name;
	return false;
}

static enum command_error read_action(const struct json *command, struct command_request *r,
				      struct command_reply *reply)
{
	const char *action = json_get_string(command, "action");
	int i = 0;

	if (!action) {
		reply->field = "action";
		return COMMAND_INVALID;
	}
	while (i < ACTION_COUNT && strcmp(actions[i], action))
		i++;
	if (i == ACTION_COUNT)
		return COMMAND_UNKNOWN_ACTION;
	r->action = (enum command_action)i;
	return COMMAND_NONE;
}

static enum command_error read_request(const struct json *command, struct command_request *r,
				       struct command_reply *reply)
{
	const char *id = json_get_string(command, "id");
	double number;

	if (id ? !is_presentable(id) : json_has(command, "id") && !json_get_number(command, "id", &number)) {
		reply->field = "id";
		return COMMAND_INVALID;
	}
	if (!get_text(command, "alarm", &r->alarm, reply) || !get_text(command, "kind", &r->kind, reply) ||
	    !get_text(command, "by", &r->by, reply) || !get_text(command, "note", &r->note, reply) ||
	    !get_text(command, "verdict", &r->verdict, reply) ||
	    !get_text(command, "device", &r->device, reply) ||
	    !get_text(command, "state", &r->state, reply) ||
	    !get_text(command, "source", &r->source, reply) || !get_text(command, "step", &r->step, reply))
		return COMMAND_INVALID;
	r->for_s = NAN;
	if (!json_get_number(command, "for_s", &r->for_s) && json_has(command, "for_s")) {
		reply->field = "for_s";
		return COMMAND_INVALID;
	}
	return read_action(command, r, reply);
}

static enum command_error carry_out(struct commands *s, const struct command *c,
				    const struct json *command, struct command_reply *reply)
{
	struct command_request r = { .room = c->room, .local = c->local };
	enum command_error err;

	if (c->len > COMMAND_BYTES_MAX)
		return COMMAND_TOO_LARGE;
	if (!command)
		return COMMAND_NOT_JSON;
	if (c->unknown_room)
		return COMMAND_UNKNOWN_ROOM;
	err = read_request(command, &r, reply);
	if (err)
		return err;
	if (is_replayed(s, c->topic, command))
		return COMMAND_REPLAYED;
	return c->act(c->owner, &r, reply);
}

static void count(struct command_stats *s, enum command_error e)
{
	s->received++;
	s->not_json += e == COMMAND_NOT_JSON;
	s->done += e == COMMAND_NONE;
	s->refused[e] += e != COMMAND_NONE;
}

char *command_finish(struct commands *s, struct command_unanswered *wait, enum command_error err,
		     const struct command_reply *reply)
{
	struct json *answer = wait->answer;
	char *text;

	count(&s->stats, err);
	json_add_bool(answer, "ok", err == COMMAND_NONE);
	json_add_string(answer, "error", errors[err]);
	if (reply->field)
		json_add_string(answer, "field", reply->field);
	if (*reply->alarm)
		json_add_string(answer, "alarm", reply->alarm);
	if (*reply->detail)
		json_add_string(answer, "detail", reply->detail);
	text = json_print(answer);
	json_free(answer);
	wait->answer = NULL;
	return text;
}

char *command_answer(struct commands *s, const struct command *c, struct command_unanswered *wait)
{
	struct json *command = c->len <= COMMAND_BYTES_MAX ? json_parse(c->text, c->len) : NULL;
	struct command_reply reply = { .field = NULL };
	enum command_error err;

	*wait = (struct command_unanswered){ .answer = json_object() };
	err = carry_out(s, c, command, &reply);
	message_envelope(wait->answer, c->wall_us, c->origin);
	if (c->room)
		json_add_string(wait->answer, "room", c->room);
	add_id(wait->answer, command);
	json_free(command);
	wait->later = err == COMMAND_NONE ? reply.later : 0;
	return wait->later ? NULL : command_finish(s, wait, err, &reply);
}
