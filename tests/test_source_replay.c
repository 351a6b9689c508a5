/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * daemon/source_replay.c: a recording that is played over and over, and is not there at the next round. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "tests/support/listener.h"
#include "tests/support/scratch.h"

#define RECORDING "tests/fixtures/walking.csic.gz"

static struct listener l;

static const char *bring(void)
{
	size_t len;
	uint8_t *bytes = scratch_read(RECORDING, &len);
	const char *path = scratch_write("play.csic.gz", bytes, len);

	free(bytes);
	return path;
}

static void a_recording_that_is_gone_at_the_next_round_is_opened_again(void **state)
{
	char lines[400];
	int frames;

	(void)state;
	snprintf(lines, sizeof(lines), "driver = replay\nfile = %s\nspeed = 1000\nloop = yes\n", bring());
	assert_int_equal(listener_open(&l, lines), 0);
	assert_true(listener_frames(&l, 1));
	assert_int_equal(unlink(scratch_path("play.csic.gz")), 0);
	assert_true(listener_lost(&l));
	frames = l.frames;
	assert_true(listener_reopen(&l) < 0);	/* a node tries for ever */
	bring();
	assert_int_equal(listener_reopen(&l), 0);
	assert_true(listener_frames(&l, frames + 1));
	listener_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recording_that_is_gone_at_the_next_round_is_opened_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
