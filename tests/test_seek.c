/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_seek.c -- finding on after damage: what is passed over is told right, in one go or
 * byte by byte. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "daemon/formats/seek.h"

/* A record is "<>" and the number of bytes that follow, as a digit. */
static enum seek_verdict starts(const void *arg, const uint8_t *p, size_t len, bool last)
{
	(void)arg;
	if (len < 3)
		return last ? SEEK_NO : SEEK_UNSURE;
	if (p[0] != '<' || p[1] != '>' || p[2] < '0' || p[2] > '9')
		return SEEK_NO;
	if (len >= 3u + (unsigned)(p[2] - '0'))
		return SEEK_YES;
	return last ? SEEK_NO : SEEK_UNSURE;
}

struct outcome {
	size_t records;
	struct stream_info info;
};

/* A parser of such records, as the real ones use the search. */
static struct parsed parse(struct seek *s, struct stream_info *info, const uint8_t *p, size_t len, bool last)
{
	struct parsed parsed;

	if (s->active && !seek_on(s, info, p, len, last, starts, NULL, &parsed))
		return parsed;
	switch (starts(NULL, p, len, last)) {
	case SEEK_UNSURE:
		return (struct parsed){ PARSE_MORE, 0 };
	case SEEK_NO:
		return seek_from(s, info, p, len, last, starts, NULL);
	default:
		return (struct parsed){ PARSE_RECORD, 3u + (unsigned)(p[2] - '0') };
	}
}

static struct outcome run(const char *text, size_t piece)
{
	const uint8_t *p = (const uint8_t *)text;
	size_t len = strlen(text), at = 0, got = piece < len ? piece : len;
	struct outcome o = { 0 };
	struct seek s = { 0 };

	while (at < len) {
		struct parsed parsed = parse(&s, &o.info, p + at, got - at, got == len);

		assert_true(parsed.used <= got - at);
		assert_true(parsed.used || parsed.status == PARSE_MORE);
		at += parsed.used;
		o.records += parsed.status == PARSE_RECORD;
		if (parsed.status == PARSE_MORE) {
			assert_true(got < len);
			got = got + piece < len ? got + piece : len;
		}
	}
	return o;
}

static void expect(const char *text, size_t records, size_t damaged, size_t torn)
{
	for (size_t piece = 1; piece <= strlen(text); piece++) {
		struct outcome o = run(text, piece);

		assert_int_equal(o.records, records);
		assert_int_equal(o.info.damaged, damaged);
		assert_int_equal(o.info.torn_bytes, torn);
		assert_true(!(damaged + torn) || o.info.why);
	}
}

static void without_damage_nothing_is_counted(void **state)
{
	(void)state;
	expect("<>2ab<>0<>3xyz", 3, 0, 0);
}

static void a_stretch_of_damage_is_counted_once(void **state)
{
	(void)state;
	expect("<>2abJUNK AND <JUNK<>3xyz", 2, 1, 0);
	expect("JUNK<>1aJUNK<>1b", 2, 2, 0);
	expect("x<>0", 1, 1, 0);
}

static void a_torn_end_is_told_from_damage(void **state)
{
	(void)state;
	expect("<>2ab<>9cd", 1, 0, 5);
	expect("<>2ab<", 1, 0, 1);
	expect("JUNK", 0, 0, 4);
	expect("<>2abJUNK<>", 1, 0, 6);
}

static void a_length_that_lies_is_damage_if_a_record_follows(void **state)
{
	(void)state;
	expect("<>2ab<>9cd<>1x", 2, 1, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_damage_nothing_is_counted),
		cmocka_unit_test(a_stretch_of_damage_is_counted_once),
		cmocka_unit_test(a_torn_end_is_told_from_damage),
		cmocka_unit_test(a_length_that_lies_is_damage_if_a_record_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
