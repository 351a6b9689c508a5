/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where a recording's clock stands still, all its packets have one time: sums over them neither wrap nor change the mean. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "dsp/csi.h"
#include "dsp/decay.h"
#include "dsp/stir.h"
#include "models/breath_front.h"

#define STREAMS 16
#define PACKETS 200000		/* of POWER_MAX: more than 31 bits hold */

static void loudest(int16_t x[POWER_MAX_STREAMS])
{
	for (int k = 0; k < POWER_MAX_STREAMS; k++)
		x[k] = POWER_MAX;
}

static void rows_of_what_stirs_keep_their_mean(void **state)
{
	static struct stir s;
	int16_t x[POWER_MAX_STREAMS];

	(void)state;
	loudest(x);
	assert_int_equal(stir_init(&s, STREAMS), 0);
	for (int i = 0; i < PACKETS; i++)
		stir_push(&s, 1000000, x);
	for (int i = 1; i < 4; i++)
		stir_push(&s, 1000000 + i * STIR_ROW_US, x);
	assert_true(stir_rows(&s) > 0);
	for (int back = 0; back < stir_rows(&s); back++)
		assert_int_equal(stir_row(&s, back)[STREAMS - 1], POWER_MAX);
}

static void cells_of_a_decay_keep_their_mean(void **state)
{
	static struct decay d;
	int16_t x[POWER_MAX_STREAMS];

	(void)state;
	loudest(x);
	assert_int_equal(decay_init(&d, POWER_MAX_STREAMS, 2.4e9f), 0);
	for (int i = 0; i < PACKETS; i++)
		decay_push(&d, 1000000, x);
	decay_push(&d, 1000000 + DECAY_CELL_US, x);
	assert_int_equal(d.row[1000000 / DECAY_CELL_US % (DECAY_LAGS + 1)][DECAY_STREAMS - 1], POWER_MAX);
}

static void rows_of_breath_keep_their_mean(void **state)
{
	const struct link_format format = { .rx_count = 1, .tx_count = 1, .tones = STREAMS, .streams = STREAMS,
					    .per_pair = STREAMS, .amplitude_only = true };
	struct breath_front front = { .cell = 5 };
	int16_t x[POWER_MAX_STREAMS];
	const struct packet packet = { .verdict = POWER_OK, .power = x };

	(void)state;
	loudest(x);
	assert_int_equal(breath_front_init(&front, &format, 5, 0.6f), 0);
	for (int i = 0; i < PACKETS; i++)
		breath_front_push(&front, &packet);
	assert_true(breath_front_end_cell(&front));
	assert_non_null(slowgrid_row(&front.grid, 0));
	assert_float_equal(slowgrid_row(&front.grid, 0)[STREAMS - 1], POWER_MAX, 0.01);
	breath_front_free(&front);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_what_stirs_keep_their_mean),
		cmocka_unit_test(cells_of_a_decay_keep_their_mean),
		cmocka_unit_test(rows_of_breath_keep_their_mean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
