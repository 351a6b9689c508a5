/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * daemon/sequence.c: what is lost is told by numbers of the source as by those of each transmitter, and nobody's packets
 * are another's loss. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>
#include "daemon/sequence.h"
#include "dsp/csi.h"

static struct sequence sequence;

static int begin(void **state)
{
	(void)state;
	memset(&sequence, 0, sizeof(sequence));
	return 0;
}

/* A packet of that transmitter comes: how many are missing before it. */
static unsigned comes(uint8_t transmitter, uint32_t number)
{
	const struct csi_frame f = { .tx_mac = { 2, 0, 0, 0, 0, transmitter }, .sequence = number };

	return sequence_lost(&sequence, &f);
}

static void gaps_of_one_transmitter_are_losses(void **state)
{
	(void)state;
	assert_int_equal(comes(1, 500), 0);	/* what came before it nobody knows */
	assert_int_equal(comes(1, 501), 0);
	assert_int_equal(comes(1, 505), 3);
	assert_int_equal(comes(1, 505), 0);
}

static void a_source_that_numbers_all_loses_none_to_another_transmitter(void **state)
{
	uint32_t n = 100;

	(void)state;
	for (int i = 0; i < 50; i++)
		assert_int_equal(comes((uint8_t)(i % 3), n++), 0);
	n += 4;			/* nobody knows whose they were: told before who comes next */
	assert_int_equal(comes(2, n++), 4);
	assert_int_equal(comes(0, n++), 0);
	assert_int_equal(comes(1, n++), 0);
}

static void transmitters_that_number_their_own_lose_none_to_each_other(void **state)
{
	(void)state;
	comes(1, 100);
	comes(2, 3000);
	for (uint32_t i = 1; i < 50; i++) {
		assert_int_equal(comes(1, 100 + i), 0);
		assert_int_equal(comes(2, 3000 + i), 0);
	}
	assert_int_equal(comes(1, 152), 2);
	assert_int_equal(comes(2, 3050), 0);
}

static void a_restart_and_a_wrap_are_no_loss(void **state)
{
	(void)state;
	comes(1, 4095);
	assert_int_equal(comes(1, 0), 0);
	assert_int_equal(comes(1, 1), 0);
	assert_int_equal(comes(1, 1000000), 0);
	assert_int_equal(comes(1, 1000003), 2);
	comes(1, UINT32_MAX);
	assert_int_equal(comes(1, 2), 2);
}

static void packets_without_numbers_tell_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++)
		assert_int_equal(comes((uint8_t)(i % 2), 0), 0);
}

static void more_transmitters_than_are_known_lose_nothing(void **state)
{
	uint32_t n = 1;

	(void)state;
	for (int round = 0; round < 3; round++)
		for (int i = 0; i < 2 * SEQUENCE_TRANSMITTERS; i++)
			assert_int_equal(comes((uint8_t)i, n += 2), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(gaps_of_one_transmitter_are_losses, begin),
		cmocka_unit_test_setup(a_source_that_numbers_all_loses_none_to_another_transmitter, begin),
		cmocka_unit_test_setup(transmitters_that_number_their_own_lose_none_to_each_other, begin),
		cmocka_unit_test_setup(a_restart_and_a_wrap_are_no_loss, begin),
		cmocka_unit_test_setup(packets_without_numbers_tell_nothing, begin),
		cmocka_unit_test_setup(more_transmitters_than_are_known_lose_nothing, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
