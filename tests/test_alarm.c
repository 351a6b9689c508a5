/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The life of an alarm: what leads where, what is refused, who repeats, who stays. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "daemon/alarm.h"

#define SECOND 1000000u
#define BOOT   "3f2a9c1e-0011-2233-4455-66778899aabb"
#define SET_US 1760000000000000u	/* what the wall clock says once it is set */

static struct alarms *alarms;
static struct alarm_options options;
static struct alarm_clock now;
static struct alarm last;		/* of the last notice */
static enum alarm_notice last_what;
static int notices[4];

static void note(void *owner, const struct alarm *a, enum alarm_notice what)
{
	assert_ptr_equal(owner, &options);
	last = *a;
	last_what = what;
	notices[what]++;
}

static int begin(void **state)
{
	(void)state;
	alarm_options_default(&options);
	assert_true(alarm_boot_parse(options.boot, BOOT));
	options.random = 0x0123456789abcdefu;
	options.notify = note;
	options.owner = &options;
	alarms = alarms_create(&options);
	now = (struct alarm_clock){ 100 * SECOND, SET_US, true };
	memset(notices, 0, sizeof(notices));
	return alarms ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	alarms_free(alarms);
	return 0;
}

static void wait_s(int seconds)
{
	for (int i = 0; i < seconds; i++) {
		now.mono_us += SECOND;
		now.wall_us += SECOND;
		alarms_tick(alarms, &now);
	}
}

/* Opens one and returns its id; static, valid until the call after the next. */
static const char *open_one(const char *room, enum alarm_kind kind, enum alarm_event event)
{
	static char id[2][ALARM_ID_LEN];
	static int turn;

	turn ^= 1;
	assert_int_equal(alarms_open(alarms, &now, room, kind, event, false, NULL, id[turn], NULL), 0);
	return id[turn];
}

static int apply(const char *id, enum alarm_event event)
{
	return alarms_apply(alarms, &now, id, event, NULL, NULL);
}

/* Events that bring a new alarm into a state. */
static const struct {
	int count;
	enum alarm_event event[4];
} way[ALARM_STATES] = {
	[ALARM_SUSPECTED]    = { 1, { ALARM_SUSPECT } },
	[ALARM_CONFIRMED]    = { 2, { ALARM_SUSPECT, ALARM_CONFIRM } },
	[ALARM_ESCALATED]    = { 2, { ALARM_CONFIRM, ALARM_ESCALATE } },
	[ALARM_ACKNOWLEDGED] = { 2, { ALARM_CONFIRM, ALARM_ACKNOWLEDGE } },
	[ALARM_RECOVERED]    = { 2, { ALARM_CONFIRM, ALARM_RECOVER } },
	[ALARM_CLEARED]      = { 2, { ALARM_CONFIRM, ALARM_CLEAR } },
	[ALARM_CANCELLED]    = { 2, { ALARM_SUSPECT, ALARM_CANCEL } },
};

static const char *bring(enum alarm_state s)
{
	const char *id = open_one("bath", ALARM_FALL, way[s].event[0]);

	for (int i = 1; i < way[s].count; i++)
		assert_int_equal(apply(id, way[s].event[i]), 0);
	assert_int_equal(alarms_find(alarms, id)->state, s);
	return id;
}

/* The table of the design written down once more, as who wrote it would read it aloud. */
static const char *const expected[ALARM_STATES] = {
	/* suspect confirm escalate acknowledge recover clear cancel; '-' is refused */
	[ALARM_SUSPECTED]    = "-C--X-X",
	[ALARM_CONFIRMED]    = "--EARc-",
	[ALARM_ESCALATED]    = "--EARc-",
	[ALARM_ACKNOWLEDGED] = "----Ac-",
	[ALARM_RECOVERED]    = "-C-A-c-",
	[ALARM_CLEARED]      = "-------",
	[ALARM_CANCELLED]    = "-------",
};

static const char letter[ALARM_STATES] = "-SCEARcX";

static void every_event_in_every_state_leads_where_it_should(void **state)
{
	uint64_t refused = 0;

	for (int s = ALARM_SUSPECTED; s < ALARM_STATES; s++) {
		for (int e = 0; e < ALARM_EVENTS; e++) {
			const char *id;
			uint32_t seq;
			int before;

			end(state);
			begin(state);
			id = bring((enum alarm_state)s);
			seq = alarms_find(alarms, id)->seq;
			before = notices[ALARM_CHANGED];
			if (expected[s][e] == '-') {
				char why[ALARM_WHY_LEN] = "";

				assert_int_equal(alarms_apply(alarms, &now, id, (enum alarm_event)e,
							      NULL, why), -EPROTO);
				assert_non_null(strstr(why, alarm_event_name((enum alarm_event)e)));
				assert_non_null(strstr(why, alarm_state_name((enum alarm_state)s)));
				assert_int_equal(alarms_find(alarms, id)->state, s);
				assert_int_equal(alarms_find(alarms, id)->seq, seq);
				assert_int_equal(notices[ALARM_CHANGED], before);
				assert_int_equal(alarms_stats(alarms).refused, 1);
				refused++;
				continue;
			}
			assert_int_equal(apply(id, (enum alarm_event)e), 0);
			assert_int_equal(letter[alarms_find(alarms, id)->state], expected[s][e]);
			assert_int_equal(alarms_find(alarms, id)->seq, seq + 1);
			assert_int_equal(notices[ALARM_CHANGED], before + 1);
			assert_string_equal(last.id, id);
		}
	}
	assert_int_equal(refused, 33);
}

static void only_a_suspicion_or_a_confirmation_opens_an_alarm(void **state)
{
	char why[ALARM_WHY_LEN];

	(void)state;
	for (int e = ALARM_ESCALATE; e < ALARM_EVENTS + 2; e++)
		assert_int_equal(alarms_open(alarms, &now, "bath", ALARM_FALL, (enum alarm_event)e,
					     false, NULL, NULL, why), -EINVAL);
	assert_string_equal(why, "unknown event refused: alarm fall is not open");
	assert_int_equal(alarms_open(alarms, &now, "bath", ALARM_KINDS, ALARM_CONFIRM, false, NULL,
				     NULL, why), -EINVAL);
	assert_int_equal(alarms_open(alarms, &now, "", ALARM_FALL, ALARM_CONFIRM, false, NULL, NULL,
				     why), -EINVAL);
	assert_int_equal(alarms_apply(alarms, &now, "no-such-id", ALARM_CLEAR, NULL, why), -ENOENT);
	assert_int_equal(alarms_stats(alarms).unknown, 1);
	assert_int_equal(alarms_stats(alarms).opened, 0);
	assert_int_equal(notices[ALARM_CHANGED], 0);
}

static void what_is_confirmed_is_repeated_until_a_person_answers(void **state)
{
	const char *id = open_one("bath", ALARM_FALL, ALARM_SUSPECT);

	(void)state;
	wait_s(100);
	assert_int_equal(notices[ALARM_REPEATED], 0);		/* a suspicion calls nobody */
	assert_int_equal(apply(id, ALARM_CONFIRM), 0);
	wait_s(29);
	assert_int_equal(notices[ALARM_REPEATED], 0);
	wait_s(1);
	assert_int_equal(notices[ALARM_REPEATED], 1);
	assert_int_equal(last.retry, 1);
	assert_int_equal(last.seq, 2);
	assert_string_equal(last.id, id);
	wait_s(60);
	assert_int_equal(last.retry, 3);
	assert_int_equal(last.seq, 2);
	assert_int_equal(apply(id, ALARM_RECOVER), 0);
	assert_int_equal(last.retry, 0);			/* it begins again with each seq */
	wait_s(3600);
	assert_int_equal(last.retry, 120);			/* nobody has looked yet */
	assert_int_equal(apply(id, ALARM_ACKNOWLEDGE), 0);
	notices[ALARM_REPEATED] = 0;
	wait_s(3600);
	assert_int_equal(notices[ALARM_REPEATED], 0);
	assert_int_equal(last.state, ALARM_ACKNOWLEDGED);
}

static void without_an_answer_it_climbs_to_the_highest_level_and_stays_there(void **state)
{
	(void)state;
	open_one("bath", ALARM_FALL, ALARM_CONFIRM);
	wait_s(119);
	assert_int_equal(last.state, ALARM_CONFIRMED);
	wait_s(1);
	assert_int_equal(last.state, ALARM_ESCALATED);
	assert_int_equal(last.level, 1);
	wait_s(120);
	assert_int_equal(last.level, 2);
	wait_s(24 * 3600);
	assert_int_equal(last.level, 3);
	assert_int_equal(last.seq, 4);
	assert_int_equal(last_what, ALARM_REPEATED);		/* and it never stops calling */
	assert_true(last.retry > 2000);
}

static void who_moves_again_is_not_escalated_but_the_call_goes_on(void **state)
{
	const char *id = open_one("bath", ALARM_FALL, ALARM_CONFIRM);

	(void)state;
	assert_int_equal(apply(id, ALARM_RECOVER), 0);
	assert_true(last.recovered);
	wait_s(1000);
	assert_int_equal(last.state, ALARM_RECOVERED);
	assert_int_equal(last.level, 0);
	assert_int_equal(apply(id, ALARM_CONFIRM), 0);		/* down again */
	assert_false(last.recovered);
	wait_s(120);
	assert_int_equal(last.state, ALARM_ESCALATED);
}

static void moving_again_does_not_undo_an_acknowledgement(void **state)
{
	const char *id = bring(ALARM_ACKNOWLEDGED);

	(void)state;
	assert_string_equal(alarm_event_type(&last), "acknowledged");
	assert_int_equal(apply(id, ALARM_RECOVER), 0);
	assert_int_equal(last.state, ALARM_ACKNOWLEDGED);
	assert_string_equal(alarm_event_type(&last), "recovered");
	assert_true(last.recovered);
}

static void a_long_pause_is_not_made_up_for(void **state)
{
	(void)state;
	open_one("bath", ALARM_FALL, ALARM_CONFIRM);
	now.mono_us += 86400ull * SECOND;
	alarms_tick(alarms, &now);
	alarms_tick(alarms, &now);
	assert_int_equal(notices[ALARM_CHANGED], 2);
	assert_int_equal(last.level, 1);
	assert_int_equal(notices[ALARM_REPEATED], 0);
}

static void a_suspicion_that_nobody_settles_lapses(void **state)
{
	(void)state;
	open_one("bath", ALARM_FALL, ALARM_SUSPECT);
	wait_s(1199);
	assert_int_equal(last.state, ALARM_SUSPECTED);
	wait_s(1);
	assert_int_equal(last.state, ALARM_CANCELLED);
	assert_int_equal(alarms_stats(alarms).lapsed, 1);
}

static void an_answer_says_who_and_when_and_why(void **state)
{
	struct alarm_report r = { .confidence = NAN, .by = "anna", .note = "on my way" };
	const char *id = bring(ALARM_CONFIRMED);

	(void)state;
	wait_s(5);
	assert_int_equal(alarms_apply(alarms, &now, id, ALARM_ACKNOWLEDGE, &r, NULL), 0);
	assert_true(last.acked);
	assert_string_equal(last.by, "anna");
	assert_string_equal(last.note, "on my way");
	assert_int_equal(last.acked_at.wall_us, SET_US + 5 * SECOND);
	assert_int_equal(last.since.wall_us, SET_US);
	r = (struct alarm_report){ .confidence = NAN, .by = "bert", .verdict = ALARM_FALSE_ALARM };
	wait_s(5);
	assert_int_equal(alarms_apply(alarms, &now, id, ALARM_CLEAR, &r, NULL), 0);
	assert_string_equal(last.by, "anna");			/* who took it, not who closed it */
	assert_string_equal(last.note, "on my way");
	assert_int_equal(last.acked_at.wall_us, SET_US + 5 * SECOND);
	assert_int_equal(last.updated.wall_us, SET_US + 10 * SECOND);
	assert_int_equal(last.verdict, ALARM_FALSE_ALARM);

	id = bring(ALARM_CONFIRMED);
	assert_int_equal(alarms_apply(alarms, &now, id, ALARM_CLEAR, &r, NULL), 0);
	assert_true(last.acked);				/* clearing is an answer too */
	assert_string_equal(last.by, "bert");
}

static void evidence_is_kept_until_there_is_newer(void **state)
{
	const struct alarm_evidence seen[8] = { { "speed_m_s", 2.5f }, { "drop", 0.8f } };
	struct alarm_report r = { .confidence = 0.75f, .evidence = seen, .evidence_count = 2 };
	const char *id = open_one("bath", ALARM_FALL, ALARM_SUSPECT);

	(void)state;
	assert_true(isnan(last.confidence));
	assert_int_equal(alarms_apply(alarms, &now, id, ALARM_CONFIRM, &r, NULL), 0);
	assert_int_equal(apply(id, ALARM_ESCALATE), 0);
	assert_true(last.confidence == 0.75f);
	assert_int_equal(last.evidence_count, 2);
	assert_string_equal(last.evidence[1].name, "drop");
	r.confidence = 1.5f;					/* is none, and is not made 1 */
	r.evidence_count = 8;
	assert_int_equal(alarms_apply(alarms, &now, id, ALARM_RECOVER, &r, NULL), 0);
	assert_true(isnan(last.confidence));
	assert_int_equal(last.evidence_count, ALARM_EVIDENCE_MAX);
}

static void a_test_is_marked_alone_and_ends_as_a_test(void **state)
{
	const struct alarm_report fall = { .confidence = NAN, .verdict = ALARM_CONFIRMED_FALL };
	const char *id = open_one("bath", ALARM_TEST, ALARM_CONFIRM);
	char why[ALARM_WHY_LEN];

	(void)state;
	assert_true(last.test);
	assert_int_equal(alarms_open(alarms, &now, "bath", ALARM_TEST, ALARM_CONFIRM, true, NULL,
				     NULL, why), -EEXIST);
	open_one("hall", ALARM_TEST, ALARM_CONFIRM);
	wait_s(3600);
	assert_int_equal(last.state, ALARM_CONFIRMED);		/* repeated, not escalated */
	assert_int_equal(last.retry, 120);
	assert_int_equal(alarms_apply(alarms, &now, id, ALARM_CLEAR, &fall, NULL), 0);
	assert_int_equal(last.verdict, ALARM_TEST_VERDICT);
	open_one("bath", ALARM_TEST, ALARM_CONFIRM);
	assert_int_equal(alarms_open(alarms, &now, "bath", ALARM_FALL, ALARM_CONFIRM, true, NULL,
				     NULL, NULL), 0);
	assert_true(last.test);					/* a fall, played through */
}

static void the_oldest_open_one_speaks_for_its_kind(void **state)
{
	char first[ALARM_ID_LEN];
	const char *suspected, *second;

	(void)state;
	assert_null(alarms_oldest_open(alarms, "bath", ALARM_FALL));
	suspected = open_one("bath", ALARM_FALL, ALARM_SUSPECT);
	assert_string_equal(alarms_oldest_open(alarms, "bath", ALARM_FALL)->id, suspected);
	wait_s(1);
	strcpy(first, open_one("bath", ALARM_FALL, ALARM_CONFIRM));
	open_one("hall", ALARM_FALL, ALARM_CONFIRM);
	second = open_one("bath", ALARM_FALL, ALARM_CONFIRM);
	open_one("bath", ALARM_LONG_LIE, ALARM_CONFIRM);
	assert_int_equal(alarms_open_count(alarms, "bath", ALARM_FALL), 3);
	assert_string_equal(alarms_oldest_open(alarms, "bath", ALARM_FALL)->id, first);
	assert_string_equal(alarms_newest_open(alarms, "bath", ALARM_FALL)->id, second);
	assert_int_equal(apply(first, ALARM_ACKNOWLEDGE), 0);
	assert_string_equal(alarms_oldest_open(alarms, "bath", ALARM_FALL)->id, first);
	assert_int_equal(apply(first, ALARM_CLEAR), 0);
	assert_string_equal(alarms_oldest_open(alarms, "bath", ALARM_FALL)->id, second);
	assert_int_equal(alarms_open_count(alarms, "bath", ALARM_FALL), 2);
	assert_null(alarms_oldest_open(alarms, "bath", ALARM_NO_BREATHING));
}

static void ids_differ_also_without_a_clock_and_without_randomness(void **state)
{
	char id[ALARM_ID_LEN];
	struct alarm restored;

	(void)state;
	now = (struct alarm_clock){ 0, 0, false };
	strcpy(id, open_one("bath", ALARM_FALL, ALARM_CONFIRM));
	assert_string_equal(id, "3f2a9c1e-0123456789abcdef-1");
	assert_string_equal(open_one("bath", ALARM_FALL, ALARM_CONFIRM), "3f2a9c1e-0123456789abcdef-2");
	restored = *alarms_find(alarms, id);

	/* the next start draws the same random number, and the journal brings back */
	end(state);
	alarms = alarms_create(&options);
	assert_int_equal(alarms_restore(alarms, &now, &restored), 0);
	assert_int_equal(alarms_restore(alarms, &now, &restored), -EEXIST);
	assert_string_equal(open_one("bath", ALARM_FALL, ALARM_CONFIRM), "3f2a9c1e-0123456789abcdef-2");

	/* another boot */
	end(state);
	options.boot[0] = 0x40;
	alarms = alarms_create(&options);
	assert_string_equal(open_one("bath", ALARM_FALL, ALARM_CONFIRM), "402a9c1e-0123456789abcdef-1");
}

static void times_are_put_right_once_the_clock_is_set(void **state)
{
	const char *id;

	(void)state;
	now = (struct alarm_clock){ 100 * SECOND, 7 * SECOND, false };
	id = open_one("bath", ALARM_FALL, ALARM_CONFIRM);
	assert_true(last.since.unsynced);
	assert_int_equal(last.since.wall_us, 7 * SECOND);
	wait_s(10);
	assert_int_equal(apply(id, ALARM_ACKNOWLEDGE), 0);
	wait_s(10);
	assert_int_equal(notices[ALARM_CORRECTED], 0);
	now = (struct alarm_clock){ 121 * SECOND, SET_US, true };
	alarms_tick(alarms, &now);
	assert_int_equal(notices[ALARM_CORRECTED], 1);
	assert_int_equal(last.since.wall_us, SET_US - 21 * SECOND);
	assert_int_equal(last.updated.wall_us, SET_US - 11 * SECOND);
	assert_int_equal(last.acked_at.wall_us, SET_US - 11 * SECOND);
	assert_false(last.since.unsynced || last.updated.unsynced || last.acked_at.unsynced);
	assert_int_equal(last.seq, 2);				/* nothing has happened */
	wait_s(10);
	assert_int_equal(notices[ALARM_CORRECTED], 1);
}

static void times_of_another_boot_stay_marked(void **state)
{
	struct alarm old;

	(void)state;
	now = (struct alarm_clock){ 100 * SECOND, 7 * SECOND, false };
	old = *alarms_find(alarms, open_one("bath", ALARM_FALL, ALARM_CONFIRM));
	end(state);
	options.boot[3] ^= 1;
	alarms = alarms_create(&options);
	now = (struct alarm_clock){ 200 * SECOND, SET_US, true };
	assert_int_equal(alarms_restore(alarms, &now, &old), 0);
	notices[ALARM_CORRECTED] = 0;
	wait_s(1);
	assert_int_equal(notices[ALARM_CORRECTED], 0);
	assert_true(alarms_find(alarms, old.id)->since.unsynced);
}

static void what_a_restart_brings_back_calls_at_once_and_is_the_oldest(void **state)
{
	struct alarm old;
	const char *id;

	(void)state;
	old = *alarms_find(alarms, bring(ALARM_ESCALATED));
	end(state);
	options.boot[3] ^= 1;
	alarms = alarms_create(&options);
	now.mono_us = 3 * SECOND;				/* shorter than before */
	id = open_one("bath", ALARM_FALL, ALARM_CONFIRM);
	memset(notices, 0, sizeof(notices));
	assert_int_equal(alarms_restore(alarms, &now, &old), 0);
	assert_int_equal(notices[ALARM_CHANGED], 0);
	alarms_tick(alarms, &now);
	assert_int_equal(notices[ALARM_REPEATED], 1);
	assert_string_equal(last.id, old.id);
	assert_int_equal(last.seq, old.seq);
	assert_string_equal(alarms_oldest_open(alarms, "bath", ALARM_FALL)->id, old.id);
	assert_string_equal(alarms_newest_open(alarms, "bath", ALARM_FALL)->id, id);
	wait_s(120);
	assert_int_equal(alarms_find(alarms, old.id)->level, 2);
	old.state = ALARM_NONE;
	assert_int_equal(alarms_restore(alarms, &now, &old), -EINVAL);
}

/* Whether somebody got up while nothing was watching, nobody knows. */
static void a_suspicion_that_a_restart_brings_back_is_confirmed_unless_it_recovers(void **state)
{
	const char *ids[2] = { open_one("bath", ALARM_FALL, ALARM_SUSPECT), open_one("hall", ALARM_FALL, ALARM_SUSPECT) };
	struct alarm old[2] = { *alarms_find(alarms, ids[0]), *alarms_find(alarms, ids[1]) };

	end(state);
	alarms = alarms_create(&options);
	now.mono_us = 3 * SECOND;
	for (int i = 0; i < 2; i++)
		assert_int_equal(alarms_restore(alarms, &now, &old[i]), 0);
	wait_s(1);
	assert_int_equal(alarms_find(alarms, old[0].id)->state, ALARM_SUSPECTED);
	assert_int_equal(alarms_apply(alarms, &now, old[1].id, ALARM_RECOVER, NULL, NULL), 0);
	wait_s(ALARM_DOUBT_S - 2);
	assert_int_equal(alarms_find(alarms, old[0].id)->state, ALARM_SUSPECTED);
	wait_s(1);
	assert_int_equal(alarms_find(alarms, old[0].id)->state, ALARM_CONFIRMED);
	assert_int_equal(alarms_find(alarms, old[0].id)->seq, 2);
	assert_int_equal(alarms_find(alarms, old[1].id)->state, ALARM_CANCELLED);
	assert_int_equal(alarms_stats(alarms).lapsed, 0);
}

static void only_the_last_word_of_a_closed_alarm_frees_its_slot(void **state)
{
	const char *id = bring(ALARM_CONFIRMED);

	(void)state;
	assert_false(alarms_delivered(alarms, id, 2));		/* it is open */
	assert_int_equal(apply(id, ALARM_CLEAR), 0);
	assert_false(alarms_delivered(alarms, id, 2));		/* that was "confirmed" */
	assert_true(alarms_delivered(alarms, id, 3));
	assert_false(alarms_delivered(alarms, "no-such-id", 3));
}

static void fill(int rooms)
{
	char room[16];

	for (int r = 0; r < rooms; r++)
		for (int i = 0; i < ALARM_OPEN_MAX; i++) {
			snprintf(room, sizeof(room), "room%d", r);
			open_one(room, ALARM_FALL, ALARM_CONFIRM);
		}
}

static void an_open_alarm_never_makes_room(void **state)
{
	char why[ALARM_WHY_LEN], id[ALARM_ID_LEN];

	(void)state;
	fill(ALARM_MAX / ALARM_OPEN_MAX);
	assert_int_equal(alarms_open(alarms, &now, "room0", ALARM_FALL, ALARM_CONFIRM, false, NULL,
				     NULL, why), -EDQUOT);
	assert_int_equal(alarms_open(alarms, &now, "other", ALARM_FALL, ALARM_CONFIRM, false, NULL,
				     NULL, why), -ENOSPC);
	assert_int_equal(alarms_stats(alarms).full, 2);
	for (int i = 0; i < ALARM_MAX; i++)
		assert_true(alarm_is_open(alarms_at(alarms, i)));
	assert_null(alarms_at(alarms, ALARM_MAX));
	strcpy(id, alarms_at(alarms, 50)->id);
	assert_int_equal(apply(id, ALARM_CLEAR), 0);
	open_one("other", ALARM_FALL, ALARM_CONFIRM);
	assert_null(alarms_find(alarms, id));
}

static void the_alarm_closed_first_makes_room_and_delivered_ones_before_others(void **state)
{
	char id[3][ALARM_ID_LEN];

	(void)state;
	fill(ALARM_MAX / ALARM_OPEN_MAX);
	for (int i = 0; i < 3; i++) {
		strcpy(id[i], alarms_at(alarms, 70 - 10 * i)->id);
		assert_int_equal(apply(id[i], ALARM_CLEAR), 0);
	}
	assert_true(alarms_delivered(alarms, id[1], 2));
	open_one("other", ALARM_FALL, ALARM_CONFIRM);
	assert_null(alarms_find(alarms, id[1]));
	assert_int_equal(notices[ALARM_DROPPED], 0);
	open_one("other", ALARM_FALL, ALARM_CONFIRM);
	assert_null(alarms_find(alarms, id[0]));
	assert_non_null(alarms_find(alarms, id[2]));
	assert_int_equal(notices[ALARM_DROPPED], 1);		/* its slot is to be freed */
	assert_int_equal(alarms_stats(alarms).dropped, 1);
}

static void a_boot_id_is_32_hex_digits_or_none(void **state)
{
	const uint8_t none[ALARM_BOOT_BYTES] = { 0 };
	uint8_t boot[ALARM_BOOT_BYTES];

	(void)state;
	assert_true(alarm_boot_parse(boot, BOOT));
	assert_int_equal(boot[0], 0x3f);
	assert_int_equal(boot[15], 0xbb);
	assert_false(alarm_boot_parse(boot, ""));
	assert_false(alarm_boot_parse(boot, BOOT "0"));
	assert_false(alarm_boot_parse(boot, "3f2a9c1e-0011-2233-4455-66778899aab"));
	assert_false(alarm_boot_parse(boot, "3f2a9c1e-0011-2233-4455-66778899aabg"));
	assert_memory_equal(boot, none, sizeof(boot));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(every_event_in_every_state_leads_where_it_should),
		TEST(only_a_suspicion_or_a_confirmation_opens_an_alarm),
		TEST(what_is_confirmed_is_repeated_until_a_person_answers),
		TEST(without_an_answer_it_climbs_to_the_highest_level_and_stays_there),
		TEST(who_moves_again_is_not_escalated_but_the_call_goes_on),
		TEST(moving_again_does_not_undo_an_acknowledgement),
		TEST(a_long_pause_is_not_made_up_for),
		TEST(a_suspicion_that_nobody_settles_lapses),
		TEST(an_answer_says_who_and_when_and_why),
		TEST(evidence_is_kept_until_there_is_newer),
		TEST(a_test_is_marked_alone_and_ends_as_a_test),
		TEST(the_oldest_open_one_speaks_for_its_kind),
		TEST(ids_differ_also_without_a_clock_and_without_randomness),
		TEST(times_are_put_right_once_the_clock_is_set),
		TEST(times_of_another_boot_stay_marked),
		TEST(what_a_restart_brings_back_calls_at_once_and_is_the_oldest),
		TEST(a_suspicion_that_a_restart_brings_back_is_confirmed_unless_it_recovers),
		TEST(only_the_last_word_of_a_closed_alarm_frees_its_slot),
		TEST(an_open_alarm_never_makes_room),
		TEST(the_alarm_closed_first_makes_room_and_delivered_ones_before_others),
		TEST(a_boot_id_is_32_hex_digits_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
