/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "daemon/json.h"
#include "daemon/pauses.h"

#define WALL_MAX_MS 4e15	/* beyond it a double does not tell a number from the next */
#define STEP_US     60000000u	/* the clock on the wall was set by more than that */

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static struct pause *find(const struct pauses *p, const char *room)
{
	for (int i = 0; i < p->count; i++)
		if (!strcmp(p->of[i].room, room))
			return (struct pause *)&p->of[i];
	return NULL;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static void take_out(struct pauses *p, struct pause *one)
{
	*one = p->of[--p->count];
}

bool pauses_set(struct pauses *p, const char *room, uint64_t for_us, const struct alarm_clock *now)
{
	struct pause *one = find(p, room);

	if (!for_us) {
		if (one)
			take_out(p, one);
		return true;
	}
	if (!one && p->count == PAUSES_MAX)
		return false;
	if (!one)
		one = &p->of[p->count++];
	for_us = least(for_us, PAUSES_MAX_US);
	*one = (struct pause){
		.until_us = now->mono_us + for_us, .until_wall_us = now->synced ? now->wall_us + for_us : 0,
	};
	snprintf(one->room, sizeof(one->room), "%s", room);
	return true;
}

static uint64_t left_of(const struct pause *one, const struct alarm_clock *now)
{
	return one->until_us > now->mono_us ? one->until_us - now->mono_us : 0;
}

uint64_t pauses_left_us(const struct pauses *p, const char *room, const struct alarm_clock *now)
{
	const struct pause *one = find(p, room);

	return one ? left_of(one, now) : 0;
}

bool pauses_drop(struct pauses *p, const struct alarm_clock *now)
{
	int before = p->count;

	for (int i = p->count - 1; i >= 0; i--)
		if (!left_of(&p->of[i], now))
			take_out(p, &p->of[i]);
	return p->count != before;
}

bool pauses_correct(struct pauses *p, const struct alarm_clock *now)
{
	bool changed = false;

	for (int i = 0; i < p->count && now->synced; i++) {
		struct pause *one = &p->of[i];
		uint64_t by_wall_us = one->until_wall_us > now->wall_us ? one->until_wall_us - now->wall_us : 0;
		uint64_t left_us = left_of(one, now);

		if (one->unsure && one->until_wall_us && by_wall_us < left_us)
			one->until_us = now->mono_us + by_wall_us;
		left_us = left_of(one, now);
		changed |= one->unsure || distance(one->until_wall_us, now->wall_us + left_us) > STEP_US;
		one->unsure = false;
		one->until_wall_us = now->wall_us + left_us;
	}
	return changed;
}

char *pauses_text(const struct pauses *p, const struct alarm_clock *now, const char *boot_id)
{
	struct json *j = json_object(), *list;
	char *text;

	json_add_string(j, "boot_id", boot_id);
	json_add_number(j, "uptime_ms", (double)(now->mono_us / 1000), 0);
	list = json_add_array(j, "pauses");
	for (int i = 0; i < p->count; i++) {
		const struct pause *one = &p->of[i];
		struct json *row = json_push_object(list);

		json_add_string(row, "room", one->room);
		json_add_number(row, "left_ms", (double)(left_of(one, now) / 1000), 0);
		json_add_number(row, "until_unix_ms",
				one->until_wall_us ? (double)(one->until_wall_us / 1000) : NAN, 0);
		json_add_bool(row, "unsure", one->unsure);
	}
	text = json_print(j);
	json_free(j);
	return text;
}

/* Whole milliseconds, as microseconds. */
static bool get_ms(const struct json *j, const char *key, double max_ms, uint64_t *us)
{
	double ms;

	if (!json_get_number(j, key, &ms) || !(ms >= 0 && ms <= max_ms))
		return false;
	*us = (uint64_t)ms * 1000;
	return true;
}

/* When it was written, and whether in this boot. */
struct writing {
	uint64_t mono_us;
	bool same_boot;
};

static bool parse_row(struct pauses *p, const struct json *row, const struct writing *w,
		      const struct alarm_clock *now)
{
	struct pause *one = &p->of[p->count];
	const char *room = json_get_string(row, "room");
	uint64_t left_us, wall_us = 0, gone_us = now->mono_us;
	bool unsure;

	if (!room || !*room || strlen(room) >= sizeof(one->room) || find(p, room) ||
	    !get_ms(row, "left_ms", (double)(PAUSES_MAX_US / 1000), &left_us) ||
	    !json_get_bool(row, "unsure", &unsure) ||
	    (json_has(row, "until_unix_ms") && !get_ms(row, "until_unix_ms", WALL_MAX_MS, &wall_us)))
		return false;
	if (w->same_boot && w->mono_us <= now->mono_us)
		gone_us = now->mono_us - w->mono_us;
	left_us -= least(left_us, gone_us);
	*one = (struct pause){ .until_us = now->mono_us + left_us, .until_wall_us = wall_us,
			       .unsure = unsure || !w->same_boot };
	snprintf(one->room, sizeof(one->room), "%s", room);
	p->count++;
	return true;
}

bool pauses_parse(struct pauses *p, const char *text, size_t len, const struct alarm_clock *now,
		  const char *boot_id)
{
	struct json *j = json_parse(text, len);
	const char *boot = json_get_string(j, "boot_id");
	const struct json *list = json_get(j, "pauses");
	struct writing w = { .same_boot = boot && *boot && !strcmp(boot, boot_id) };
	bool ok = get_ms(j, "uptime_ms", WALL_MAX_MS, &w.mono_us) && boot && json_count(list) <= PAUSES_MAX &&
		  list;

	*p = (struct pauses){ .count = 0 };
	for (int i = 0; i < json_count(list) && ok; i++)
		ok = parse_row(p, json_at(list, i), &w, now);
	json_free(j);
	if (!ok) {
		p->count = 0;
		return false;
	}
	pauses_correct(p, now);
	pauses_drop(p, now);
	return true;
}
