/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/alias.c: a line that follows the packet rate is a machine's, one that does not is not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "models/alias.h"
#include "tests/support/synth.h"

#define DRAWS 8u

static struct alias alias;
static double now_s, next_s;		/* the next packet */

static int begin(void **state)
{
	(void)state;
	alias_reset(&alias);
	now_s = next_s = 0;
	synth_seed = 1;
	return 0;
}

static float noise(float most)
{
	return most * (2 * synth_uniform() - 1);
}

/* So many looks at packets of that rate and a line there; was it an alias in the last? */
static bool look(int looks, double rate_hz, float line_hz)
{
	bool is = false;

	for (int i = 0; i < looks; i++) {
		for (now_s++; next_s < now_s; next_s += 1 / rate_hz)
			alias_packet(&alias, (uint64_t)(next_s * 1e6 + 2000 + (double)noise(2000)));
		is = alias_look(&alias, line_hz + noise(0.004f));
	}
	return is;
}

static float folded(double hz, double rate_hz)
{
	return (float)fabs(hz - rate_hz * round(hz / rate_hz));
}

static void blades_are_told_after_a_few_changes_of_the_rate(void **state)
{
	static const double rates[] = { 20, 20.11, 19.92, 20.06, 19.95 };
	int in_time = 0;

	for (uint32_t draw = 1; draw <= DRAWS; draw++) {
		int told = 0;

		begin(state);
		synth_seed = draw;
		for (int i = 0; i < 5; i++)
			told += look(130, rates[i], folded(40.4, rates[i]));
		in_time += told >= 1 && told <= 3 && look(130, 20.1, folded(40.4, 20.1));
	}
	assert_int_equal(in_time, DRAWS);
}

static void a_chest_is_none_however_the_rate_changes(void **state)
{
	(void)state;
	for (int i = 0; i < 400; i++)
		assert_false(look(100, 20 + (double)noise(1), 0.25f + noise(0.04f)));
}

static void a_rate_that_stays_says_nothing(void **state)
{
	(void)state;
	assert_false(look(3600, 20, 0.2f));
	assert_false(look(3600, 20, 0.3f));
}

static void two_lines_in_turn_are_hardly_ever_one(void **state)
{
	int told = 0;

	(void)state;
	for (int i = 0; i < 400; i++)
		told += look(100, 20 + (double)noise(1), 0.35f + noise(0.25f));
	assert_in_range(told, 0, 4);
}

#define TEST(f) cmocka_unit_test_setup(f, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(blades_are_told_after_a_few_changes_of_the_rate),
		TEST(a_chest_is_none_however_the_rate_changes),
		TEST(a_rate_that_stays_says_nothing),
		TEST(two_lines_in_turn_are_hardly_ever_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
