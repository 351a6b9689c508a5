/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a question and its answer take of a channel's time. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "daemon/sounding_airtime.h"

static void assert_near(double value, double wanted, double tolerance)
{
	if (!(fabs(value - wanted) <= tolerance))
		fail_msg("%g is not %g +- %g", value, wanted, tolerance);
}

static void test_the_airtime_of_questions_is_that_of_the_standard(void **state)
{
	(void)state;
	assert_near(airtime_probe_us(6000), 172, 1);
	assert_near(airtime_probe_us(24000), 124, 1);
	assert_near(airtime_packet_us(84, 65000), 420, 5);
	assert_near(airtime_packet_us(84, 6500), 764, 5);
	assert_near(airtime_probe_us(1000), 16 + 18 + 13 + 192 + 240 + 10 + 192 + 112, 1);
	assert_int_equal(airtime_probe_us(0), airtime_probe_us(1000));
	assert_true(airtime_probe_us(4000000) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_airtime_of_questions_is_that_of_the_standard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
