/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_command.c -- commands as they come from a broker: the first byte says for whom, the
 * rest is the payload.  Nothing is done that is not well formed, every command is counted
 * once, and what is answered is JSON that may be published. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/commands.h"
#include "daemon/json.h"
#include "tests/fuzz/fuzz.h"

#define MUST(condition) do {							\
	if (!(condition)) {							\
		fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #condition); \
		abort();							\
	}									\
} while (0)

static void touch(const char *text)
{
	MUST(!text || strlen(text) < COMMAND_BYTES_MAX);
}

static enum command_error act(void *owner, const struct command_request *r, struct command_reply *reply)
{
	MUST((int)r->action >= 0 && r->action < ACTION_COUNT);
	MUST(r->room == NULL || !strcmp(r->room, "hall"));
	MUST(isnan(r->for_s) || isfinite(r->for_s));
	touch(r->alarm);
	touch(r->kind);
	touch(r->by);
	touch(r->note);
	touch(r->verdict);
	touch(r->device);
	touch(r->state);
	touch(r->step);
	++*(int *)owner;
	snprintf(reply->detail, sizeof(reply->detail), "%s", r->by ? "by" : "");
	reply->later = r->note ? 7 : 0;
	return r->alarm ? COMMAND_UNKNOWN_ALARM : COMMAND_NONE;
}

static void check_answer(const char *text, bool done)
{
	struct json *j = json_parse(text, strlen(text));
	const char *error = json_get_string(j, "error");
	bool ok;

	MUST(j);
	MUST(json_get_bool(j, "ok", &ok) && ok == done);
	MUST(ok == !error);
	MUST(strlen(text) < 1024);
	json_free(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const topics[] = { "sixth/n/cmd", "sixth/n/hall/cmd", "sixth/n/attic/cmd" };
	int whom = size ? data[0] % 3 : 0, acted = 0;
	static struct commands commands;
	struct command_stats before;
	struct command c = {
		.topic = topics[whom], .room = whom == 1 ? "hall" : NULL, .unknown_room = whom == 2,
		.origin = "live", .wall_us = 1, .act = act, .owner = &acted,
	};
	const struct command_reply last = { .detail = "flash" };
	struct command_unanswered wait;
	char *text = size ? malloc(size) : NULL, *answer;	/* ends in a 0, as from mqtt.h */

	if (!text)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = 0;
	c.text = text;
	c.len = size - 1;
	memset(commands.seen, 0, sizeof(commands.seen));
	before = commands.stats;
	answer = command_answer(&commands, &c, &wait);
	if (wait.answer) {
		MUST(!answer && wait.later == 7);
		answer = command_finish(&commands, &wait, data[0] & 0x80 ? COMMAND_NOT_KEPT : COMMAND_NONE, &last);
	}
	MUST(commands.stats.received == before.received + 1);
	MUST(acted <= 1 && (whom != 2 || !acted));
	MUST(commands.stats.done - before.done <= (uint64_t)acted);
	if (answer)
		check_answer(answer, commands.stats.done != before.done);
	free(answer);
	free(text);
	return 0;
}
