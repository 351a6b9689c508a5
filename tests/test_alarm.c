/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The life of an alarm: what leads where, what is refused, who repeats.
 * (What is kept of it: test_alarm_kept.c.) */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include "tests/support/alarm_alone.h"

/* The table of the design written down once more, as who wrote it would read it aloud. */
static const char *const expected[ALARM_STATES] = {
	/* suspect confirm escalate acknowledge recover clear cancel; '-' is refused */
	[ALARM_SUSPECTED]    = "-C--X-X",
	[ALARM_CONFIRMED]    = "--EARc-",
	[ALARM_ESCALATED]    = "--EARc-",
	[ALARM_ACKNOWLEDGED] = "-C--Ac-",
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
	assert_int_equal(refused, 32);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
