/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <string.h>
#include "daemon/commands.h"
#include "daemon/messages.h"

static bool is_presentable(const char *id)
{
	size_t n = 0;

	for (; id[n]; n++)
		if (n == COMMAND_ID_MAX || id[n] < ' ' || id[n] > '~')
			return false;
	return n > 0;
}

static void add_id(struct json *answer, const struct json *command)
{
	const char *id = json_get_string(command, "id");
	double number;

	if (id && is_presentable(id))
		json_add_string(answer, "id", id);
	else if (json_get_number(command, "id", &number))
		json_add_number(answer, "id", number, 3);
}

/* No action is built yet, so none is looked at. */
static const char *carry_out(const struct command *c, const struct json *command)
{
	if (!command)
		return "not_json";
	return c->refusal ? c->refusal : "not_supported";
}

char *command_answer(const struct command *c, struct command_stats *stats)
{
	struct json *command = json_parse(c->text, c->len), *answer = json_object();
	char *text;

	stats->received++;
	stats->not_json += !command;
	message_envelope(answer, c->wall_us, c->origin);
	if (c->room)
		json_add_string(answer, "room", c->room);
	add_id(answer, command);
	json_add_bool(answer, "ok", false);
	json_add_string(answer, "error", carry_out(c, command));
	text = json_print(answer);
	json_free(answer);
	json_free(command);
	return text;
}
