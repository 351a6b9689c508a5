/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is said of an alarm in JSON, and what the journal keeps of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/alarm_message.h"
#include "daemon/alarm_record.h"
#include "daemon/journal.h"
#include "daemon/json.h"

_Static_assert(ALARM_ID_LEN <= JOURNAL_KEY_LEN, "an id is a key");
_Static_assert(ALARM_RECORD_BYTES <= JOURNAL_RECORD_MAX, "an alarm fits in a slot");

#define SINCE_US 1764042142345000u	/* 2025-11-25T03:42:22.345Z */

static const uint8_t boot[ALARM_BOOT_BYTES] = {
	0x3f, 0x2a, 0x9c, 0x1e, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb,
};

static struct alarm_time at(uint64_t seconds)
{
	struct alarm_time t = {
		.wall_us = SINCE_US + seconds * 1000000, .mono_us = (60 + seconds) * 1000000 + 999,
	};

	memcpy(t.boot, boot, sizeof(boot));
	return t;
}

static struct alarm confirmed(void)
{
	return (struct alarm){
		.id = "3f2a9c1e-0123456789abcdef-1", .room = "bath", .kind = ALARM_FALL,
		.state = ALARM_CONFIRMED, .event = ALARM_CONFIRM, .seq = 2, .since = at(0),
		.updated = at(20), .confidence = 0.87654f, .evidence_count = 2,
		.evidence = { { "speed_m_s", 2.5f }, { "drop", NAN } },
	};
}

static struct alarm cleared(void)
{
	struct alarm a = confirmed();

	a.state = ALARM_CLEARED;
	a.event = ALARM_CLEAR;
	a.verdict = ALARM_CONFIRMED_FALL;
	a.seq = 4;
	a.level = 2;
	a.updated = at(90);
	a.acked = true;
	a.acked_at = at(60);
	strcpy(a.by, "anna");
	strcpy(a.note, "hip; ambulance \"112\"");
	return a;
}

static const struct alarm_message_context live = {
	.origin = "live", .boot = boot, .open_count = 1,
	.now = { 1000 * 1000000u, SINCE_US + 940 * 1000000u, true },
};

static void expect(char *got, const char *text)
{
	assert_non_null(got);
	assert_string_equal(got, text);
	free(got);
}

static void a_confirmed_alarm_says_everything_that_is_known(void **state)
{
	struct alarm a = confirmed();

	(void)state;
	expect(alarm_message(&a, &live),
	       "{\"schema\":1,\"time\":\"2025-11-25T03:42:42.345Z\",\"origin\":\"live\","
	       "\"room\":\"bath\",\"kind\":\"fall\",\"id\":\"3f2a9c1e-0123456789abcdef-1\",\"seq\":2,"
	       "\"event_type\":\"confirmed\",\"state\":\"confirmed\","
	       "\"since\":\"2025-11-25T03:42:22.345Z\",\"confidence\":0.877,"
	       "\"evidence\":{\"speed_m_s\":2.5,\"drop\":null},\"recovered\":false,\"test\":false,"
	       "\"delayed\":false,\"ack\":null,\"verdict\":null,\"escalation_level\":0,\"retry\":0,"
	       "\"open_count\":1,\"boot_id\":\"3f2a9c1e-0011-2233-4455-66778899aabb\","
	       "\"uptime_ms\":80000,\"clock_unsynced\":false}");
}

static void a_cleared_alarm_says_who_came_and_what_it_was(void **state)
{
	struct alarm_message_context c = live;
	struct alarm a = cleared();

	(void)state;
	c.delayed = true;
	c.open_count = 0;
	expect(alarm_message(&a, &c),
	       "{\"schema\":1,\"time\":\"2025-11-25T03:43:52.345Z\",\"origin\":\"live\","
	       "\"room\":\"bath\",\"kind\":\"fall\",\"id\":\"3f2a9c1e-0123456789abcdef-1\",\"seq\":4,"
	       "\"event_type\":\"cleared\",\"state\":\"cleared\","
	       "\"since\":\"2025-11-25T03:42:22.345Z\",\"confidence\":0.877,"
	       "\"evidence\":{\"speed_m_s\":2.5,\"drop\":null},\"recovered\":false,\"test\":false,"
	       "\"delayed\":true,\"ack\":{\"by\":\"anna\",\"at\":\"2025-11-25T03:43:22.345Z\","
	       "\"note\":\"hip; ambulance \\\"112\\\"\"},\"verdict\":\"confirmed_fall\","
	       "\"escalation_level\":2,\"retry\":0,\"open_count\":0,"
	       "\"boot_id\":\"3f2a9c1e-0011-2233-4455-66778899aabb\",\"uptime_ms\":150000,"
	       "\"clock_unsynced\":false}");
}

static void no_alarm_is_a_message_too(void **state)
{
	(void)state;
	expect(alarm_message_none("bath", ALARM_NO_BREATHING, &live),
	       "{\"schema\":1,\"time\":\"2025-11-25T03:58:02.345Z\",\"origin\":\"live\","
	       "\"room\":\"bath\",\"kind\":\"no_breathing\",\"state\":\"none\",\"open_count\":0,"
	       "\"boot_id\":\"3f2a9c1e-0011-2233-4455-66778899aabb\",\"uptime_ms\":1000000,"
	       "\"clock_unsynced\":false}");
}

/* A member of the message as text; static. */
static const char *member(const struct alarm *a, const struct alarm_message_context *c,
			  const char *key)
{
	static char text[64];
	char *message = alarm_message(a, c), search[32], *found;

	assert_non_null(message);
	snprintf(search, sizeof(search), "\"%s\":", key);
	found = strstr(message, search);
	assert_non_null(found);
	found += strlen(search);
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(found, ",}"), found);
	free(message);
	return text;
}

static void a_repeat_is_of_now_and_a_delayed_one_of_then(void **state)
{
	struct alarm_message_context c = live;
	struct alarm a = confirmed();

	(void)state;
	a.retry = 7;
	assert_string_equal(member(&a, &c, "time"), "\"2025-11-25T03:58:02.345Z\"");
	assert_string_equal(member(&a, &c, "uptime_ms"), "1000000");
	assert_string_equal(member(&a, &c, "retry"), "7");
	c.delayed = true;
	assert_string_equal(member(&a, &c, "time"), "\"2025-11-25T03:42:42.345Z\"");
	assert_string_equal(member(&a, &c, "uptime_ms"), "80000");
}

static void a_time_that_may_be_wrong_is_marked(void **state)
{
	struct alarm_message_context c = live;
	struct alarm a = cleared();

	(void)state;
	assert_string_equal(member(&a, &c, "clock_unsynced"), "false");
	a.since.unsynced = true;
	assert_string_equal(member(&a, &c, "clock_unsynced"), "true");
	a = cleared();
	a.acked_at.unsynced = true;
	assert_string_equal(member(&a, &c, "clock_unsynced"), "true");
	a = confirmed();
	a.retry = 1;
	c.now.synced = false;
	assert_string_equal(member(&a, &c, "clock_unsynced"), "true");
}

static void what_is_not_known_is_null(void **state)
{
	struct alarm a = cleared();

	(void)state;
	a.confidence = NAN;
	a.by[0] = 0;
	memset(a.updated.boot, 0, ALARM_BOOT_BYTES);
	assert_string_equal(member(&a, &live, "confidence"), "null");
	assert_string_equal(member(&a, &live, "by"), "null");
	assert_string_equal(member(&a, &live, "boot_id"), "null");
}

static void names_go_there_and_back(void **state)
{
	enum alarm_kind kind = ALARM_KINDS;
	enum alarm_verdict verdict = ALARM_VERDICTS;

	(void)state;
	for (int k = 0; k < ALARM_KINDS; k++) {
		assert_true(alarm_kind_parse(&kind, alarm_kind_name((enum alarm_kind)k)));
		assert_int_equal(kind, k);
	}
	for (int v = ALARM_VERDICT_NONE + 1; v < ALARM_VERDICTS; v++) {
		assert_true(alarm_verdict_parse(&verdict, alarm_verdict_name((enum alarm_verdict)v)));
		assert_int_equal(verdict, v);
	}
	for (int s = 0; s < ALARM_STATES; s++)
		assert_non_null(alarm_state_name((enum alarm_state)s));
	for (int e = 0; e < ALARM_EVENTS; e++)
		assert_non_null(alarm_event_name((enum alarm_event)e));
	assert_false(alarm_kind_parse(&kind, "Fall"));
	assert_false(alarm_kind_parse(&kind, NULL));
	assert_false(alarm_verdict_parse(&verdict, ""));
	assert_null(alarm_verdict_name(ALARM_VERDICT_NONE));
}

static void text(const char *from, size_t size, const char *expected)
{
	char to[64];

	memset(to, 'z', sizeof(to));
	alarm_text(to, size, from);
	assert_string_equal(to, expected);
}

static void text_of_others_becomes_fit_to_publish(void **state)
{
	(void)state;
	text(NULL, 8, "");
	text("anna", 5, "anna");
	text("anna", 4, "ann");
	text("", 1, "");
	text("gr\xc3\xbc\xc3\x9f", 64, "gr\xc3\xbc\xc3\x9f");
	text("gr\xc3\xbc\xc3\x9f", 6, "gr\xc3\xbc");	/* not half a character */
	text("\xe2\x82\xac", 3, "");
	text("\xf0\x9f\x98\x80!", 64, "\xf0\x9f\x98\x80!");
	text("a\nb\x7f\x1b[0m", 64, "a?b??[0m");
	text("\xc2\x85", 64, "?");			/* a control character of two bytes */
	text("\xff\xfe", 64, "??");
	text("\xc0\xaf", 64, "??");			/* '/' in two bytes */
	text("\xe0\x80\xaf", 64, "???");
	text("\xed\xa0\x80", 64, "???");		/* half of a pair */
	text("\xf4\x90\x80\x80", 64, "????");		/* beyond the last one */
	text("a\xe2\x82", 64, "a??");			/* cut short */
	text("\xc3(", 64, "?(");
}

static void same_alarm(const struct alarm *a, const struct alarm *b)
{
	char *one = alarm_message(a, &live), *two = alarm_message(b, &live);

	assert_string_equal(one, two);
	free(one);
	free(two);
}

static void an_alarm_comes_back_from_its_record(void **state)
{
	uint8_t record[ALARM_RECORD_BYTES], again[ALARM_RECORD_BYTES];
	struct alarm in[6] = { confirmed(), cleared(), cleared(), confirmed(), confirmed(), cleared() }, out;

	(void)state;
	in[2].test = in[2].recovered = true;
	in[2].since.unsynced = true;
	in[2].retry = 0xdeadbeef;
	in[3].kind = ALARM_TEST;
	in[3].test = true;
	in[4].state = ALARM_SUSPECTED;
	in[5].state = ALARM_CANCELLED;
	for (int i = 0; i < 6; i++) {
		alarm_pack(record, &in[i]);
		assert_true(alarm_unpack(&out, in[i].id, record, sizeof(record)));
		same_alarm(&in[i], &out);
		assert_int_equal(out.since.mono_us, in[i].since.mono_us);
		assert_int_equal(out.acked_at.wall_us, in[i].acked_at.wall_us);
		alarm_pack(again, &out);
		assert_memory_equal(record, again, sizeof(record));
	}
}

/* A record of version 1, byte by byte, so that a later build still reads it. */
static void the_layout_of_a_record_is_what_it_was(void **state)
{
	uint8_t record[ALARM_RECORD_BYTES];
	struct alarm a = cleared();

	(void)state;
	alarm_pack(record, &a);
	assert_memory_equal(record, "\x01\x00\x06\x05\x01\x04\x02\x02\x04\0\0\0\0\0\0\0", 16);
	assert_memory_equal(record + 20 + 16, boot, ALARM_BOOT_BYTES);
	assert_string_equal((char *)record + 119, "bath");
	assert_string_equal((char *)record + 151, "anna");
	assert_string_equal((char *)record + 191, a.note);
	assert_string_equal((char *)record + 271, "speed_m_s");
	assert_memory_equal(record + 287, "\x00\x00\x20\x40", 4);	/* 2.5 */
}

static void a_record_that_is_no_alarm_is_refused(void **state)
{
	static const struct { int at; uint8_t value; } wrong[] = {
		{ 0, 0 }, { 0, 2 }, { 1, ALARM_KINDS }, { 2, ALARM_STATES }, { 2, ALARM_NONE },
		{ 3, ALARM_EVENTS },
		{ 4, ALARM_VERDICTS }, { 7, ALARM_EVIDENCE_MAX + 1 }, { 8, 0 }, { 119, 0 },
	};
	uint8_t good[ALARM_RECORD_BYTES], record[ALARM_RECORD_BYTES];
	struct alarm a = cleared(), out;

	(void)state;
	alarm_pack(good, &a);
	assert_true(alarm_unpack(&out, a.id, good, sizeof(good)));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		memcpy(record, good, sizeof(good));
		record[wrong[i].at] = wrong[i].value;
		assert_false(alarm_unpack(&out, a.id, record, sizeof(record)));
	}
	assert_false(alarm_unpack(&out, a.id, good, sizeof(good) - 1));
	assert_false(alarm_unpack(&out, "", good, sizeof(good)));
	assert_false(alarm_unpack(&out, "id\n", good, sizeof(good)));
}

/* Every byte of a record set to anything: refused, or an alarm that can be published. */
static void any_bytes_make_a_publishable_alarm_or_none(void **state)
{
	uint8_t good[ALARM_RECORD_BYTES];
	struct alarm a = cleared(), out;
	int taken = 0;

	(void)state;
	alarm_pack(good, &a);
	for (size_t i = 0; i < sizeof(good); i++) {
		for (int v = 0; v < 256; v += 5) {
			uint8_t was = good[i];
			char *message;
			struct json *j;

			good[i] = (uint8_t)v;
			if (alarm_unpack(&out, a.id, good, sizeof(good))) {
				message = alarm_message(&out, &live);
				j = json_parse(message, strlen(message));
				assert_non_null(j);
				assert_string_equal(json_get_string(j, "id"), a.id);
				json_free(j);
				free(message);
				taken++;
			}
			good[i] = was;
		}
	}
	assert_true(taken > 15000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_confirmed_alarm_says_everything_that_is_known),
		cmocka_unit_test(a_cleared_alarm_says_who_came_and_what_it_was),
		cmocka_unit_test(no_alarm_is_a_message_too),
		cmocka_unit_test(a_repeat_is_of_now_and_a_delayed_one_of_then),
		cmocka_unit_test(a_time_that_may_be_wrong_is_marked),
		cmocka_unit_test(what_is_not_known_is_null),
		cmocka_unit_test(names_go_there_and_back),
		cmocka_unit_test(text_of_others_becomes_fit_to_publish),
		cmocka_unit_test(an_alarm_comes_back_from_its_record),
		cmocka_unit_test(the_layout_of_a_record_is_what_it_was),
		cmocka_unit_test(a_record_that_is_no_alarm_is_refused),
		cmocka_unit_test(any_bytes_make_a_publishable_alarm_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
