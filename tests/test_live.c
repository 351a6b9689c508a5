/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_live.c -- the clock of live sources, and the serial source on a real terminal. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "daemon/live_clock.h"
#include "daemon/log.h"
#include "tests/support/listener.h"
#include "tests/support/scratch.h"

static struct listener l;

/* --- the clock -------------------------------------------------------------------- */

#define STEP_US 10000

/* The radio's clock runs `ppm` fast and wraps early; deliveries take 3 ms, some 40 ms.
 * Returns the largest error of the last half, against a steady 3 ms. */
static uint64_t clock_error_us(int ppm)
{
	struct live_clock c = { 0 };
	uint64_t last_us = 0, worst_us = 0;

	for (uint64_t i = 0; i < 30000; i++) {
		uint64_t sent_us = 1000000 + i * STEP_US;
		uint64_t host_us = sent_us + (i % 7 ? 3000 : 40000);
		uint64_t raw = (0xfff00000u + sent_us + (uint64_t)((int64_t)sent_us * ppm / 1000000)) & 0xffffffff;
		uint64_t at_us, error_us;

		if (host_us < last_us)
			host_us = last_us;	/* a burst after the slow one */
		last_us = host_us;
		at_us = live_clock_us(&c, raw, 32, host_us);
		error_us = at_us > sent_us + 3000 ? at_us - sent_us - 3000 : sent_us + 3000 - at_us;
		if (i > 15000 && error_us > worst_us)
			worst_us = error_us;
		assert_true(at_us <= host_us);
	}
	assert_int_equal(c.resets, 0);
	return worst_us;
}

static void jitter_of_delivery_is_taken_out(void **state)
{
	(void)state;
	assert_true(clock_error_us(0) <= 20);
	assert_true(clock_error_us(50) <= 20);
	assert_true(clock_error_us(-50) <= 20);
}

static void a_clock_that_was_set_is_placed_anew(void **state)
{
	struct live_clock c = { 0 };
	uint64_t at_us;

	(void)state;
	assert_int_equal(live_clock_us(&c, 500, 32, 10000000), 10000000);
	assert_int_equal(live_clock_us(&c, 20500, 32, 10020000), 10020000);
	at_us = live_clock_us(&c, 3000000000u, 32, 10040000);	/* ahead by more than half of it: back */
	assert_int_equal(at_us, 10040000);
	assert_int_equal(c.resets, 1);
	assert_int_equal(live_clock_us(&c, 3000020000u, 32, 10060000), 10060000);
	at_us = live_clock_us(&c, 3005020000u, 32, 10080000);	/* five seconds ahead at once */
	assert_int_equal(at_us, 10080000);
	assert_int_equal(c.resets, 2);
	assert_int_equal(live_clock_us(&c, UINT64_MAX, 64, 10090000), 10090000);
	assert_int_equal(live_clock_us(&c, 0, 64, 10100000), 10100000);
}

static void a_packet_that_was_overtaken_does_not_turn_time_back(void **state)
{
	struct live_clock c = { 0 };

	(void)state;
	live_clock_us(&c, 1000000, 63, 5000000);
	assert_int_equal(live_clock_us(&c, 1010000, 63, 5010000), 5010000);
	assert_int_equal(live_clock_us(&c, 1005000, 63, 5011000), 5010000);
	assert_int_equal(live_clock_us(&c, 1020000, 63, 5020000), 5020000);
	assert_int_equal(c.resets, 0);
}

/* --- a serial line ----------------------------------------------------------------- */

static int master = -1;
static uint32_t stamp;

/* One more terminal; its name. */
static const char *new_terminal(void)
{
	static char name[64];

	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	assert_int_equal(ptsname_r(master, name, sizeof(name)), 0);
	return name;
}

/* A terminal holds little, and on a busy machine its reader may be late: who waits for room lets it read. */
static void send_bytes(const char *text, size_t len)
{
	for (size_t sent = 0; sent < len;) {
		ssize_t n = write(master, text + sent, len - sent);

		if (n > 0)
			sent += (size_t)n;
		else if (errno == EAGAIN)
			listener_run(&l, 0.001);
		else
			fail_msg("terminal: %s", strerror(errno));
	}
}

/* Writes a line of 64 pairs, or its first `bytes` only. */
static void send_line(size_t bytes)
{
	char text[1024];
	size_t n;

	stamp += 10000;
	n = (size_t)snprintf(text, sizeof(text), "CSI_DATA,%u,1a:00:00:00:00:01,-52,11,1,4,0,1,1,1,1,0,0,-95,0,6,"
			     "0,%u,0,128,0,128,0,\"[", stamp / 10000, stamp);
	for (int i = 0; i < 128; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%d", i ? "," : "", i / 2 + 1);
	n += (size_t)snprintf(text + n, sizeof(text) - n, "]\"\r\n");
	n = bytes < n ? bytes : n;
	send_bytes(text, n);
}

static void send_text(const char *text)
{
	send_bytes(text, strlen(text));
}

static int open_serial(const char *device)
{
	char lines[1024];

	snprintf(lines, sizeof(lines), "driver = esp32_serial\nfile = %s\n", device);
	return listener_open(&l, lines);
}

static void end_serial(void)
{
	listener_close(&l);
	if (master >= 0)
		close(master);
	master = -1;
}

static uint64_t dropped(enum source_drop d)
{
	return l.source.counts.dropped[d];
}

static void lines_become_frames_as_they_come(void **state)
{
	(void)state;
	assert_int_equal(open_serial(new_terminal()), 0);
	send_text("I (312) main: hello\r\n");
	for (int i = 0; i < 50; i++) {		/* a terminal holds 4 KiB */
		send_line(SIZE_MAX);
		assert_true(listener_frames(&l, i + 1));
	}
	assert_int_equal(l.frame.sequence, stamp / 10000);
	assert_int_equal(l.frame.tx_mac[0], 0x1a);
	assert_int_equal(l.frame.tones->count, 52);
	assert_false(l.went_back);
	assert_true(l.frame.time_us <= loop_now_us());
	listener_run(&l, 0.2);
	assert_true(loop_now_us() - l.clock_us < 1000000);	/* the clock goes on without frames */
	assert_true(l.clock_us > l.frame.time_us);
	for (int d = 0; d < SOURCE_DROP_COUNT; d++)
		assert_int_equal(dropped((enum source_drop)d), 0);
	end_serial();
}

static void a_line_may_come_in_pieces_or_broken(void **state)
{
	(void)state;
	assert_int_equal(open_serial(new_terminal()), 0);
	send_line(60);
	listener_run(&l, 0.05);
	assert_int_equal(l.frames, 0);
	send_line(SIZE_MAX);			/* the rest of the first was lost: the mark tells */
	assert_true(listener_frames(&l, 1));
	assert_int_equal(dropped(SOURCE_DROP_MALFORMED), 1);
	send_text("CSI_DATA,garbage\n\xff\xfe\n");
	send_line(SIZE_MAX);
	assert_true(listener_frames(&l, 2));
	assert_int_equal(dropped(SOURCE_DROP_MALFORMED), 2);
	end_serial();
}

static void endless_garbage_is_survived(void **state)
{
	static char noise[2048];

	(void)state;
	assert_int_equal(open_serial(new_terminal()), 0);
	memset(noise, 'x', sizeof(noise) - 1);
	for (int i = 0; i < 100; i++) {
		send_text(noise);
		listener_run(&l, 0.001);
	}
	send_text("\n");
	send_line(SIZE_MAX);
	assert_true(listener_frames(&l, 1));
	end_serial();
}

static void a_line_that_hangs_up_is_lost_and_can_be_opened_again(void **state)
{
	char link[512];

	(void)state;
	snprintf(link, sizeof(link), "%s", scratch_path("tty"));
	assert_int_equal(symlink(new_terminal(), link), 0);
	assert_int_equal(open_serial(link), 0);
	send_line(SIZE_MAX);
	assert_true(listener_frames(&l, 1));
	send_line(100);				/* unplugged within a line */
	listener_run(&l, 0.05);
	close(master);
	master = -1;
	assert_true(listener_lost(&l));
	assert_non_null(strstr(l.source.error, "hung up"));
	assert_int_equal(dropped(SOURCE_DROP_TORN), 1);

	unlink(link);
	assert_true(listener_reopen(&l) < 0);
	assert_non_null(strstr(l.source.error, "is it plugged in"));
	assert_int_equal(symlink(new_terminal(), link), 0);
	assert_int_equal(listener_reopen(&l), 0);
	send_line(SIZE_MAX);
	assert_true(listener_frames(&l, 2));
	assert_false(l.went_back);
	assert_int_equal(dropped(SOURCE_DROP_TORN), 1);	/* counts live on */
	unlink(link);
	end_serial();
}

static void a_file_is_no_serial_line(void **state)
{
	(void)state;
	assert_int_equal(open_serial(scratch_write("lines.csv", "x", 1)), -ENOTTY);
	assert_non_null(strstr(l.source.error, "the driver replay plays files"));
	end_serial();
}

static void a_pipe_will_do(void **state)
{
	char path[512];

	(void)state;
	snprintf(path, sizeof(path), "%s", scratch_path("pipe"));
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(open_serial(path), 0);
	master = open(path, O_WRONLY);
	assert_true(master >= 0);
	send_line(SIZE_MAX);
	assert_true(listener_frames(&l, 1));
	close(master);
	master = -1;
	assert_true(listener_lost(&l));
	end_serial();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jitter_of_delivery_is_taken_out),
		cmocka_unit_test(a_clock_that_was_set_is_placed_anew),
		cmocka_unit_test(a_packet_that_was_overtaken_does_not_turn_time_back),
		cmocka_unit_test(lines_become_frames_as_they_come),
		cmocka_unit_test(a_line_may_come_in_pieces_or_broken),
		cmocka_unit_test(endless_garbage_is_survived),
		cmocka_unit_test(a_line_that_hangs_up_is_lost_and_can_be_opened_again),
		cmocka_unit_test(a_file_is_no_serial_line),
		cmocka_unit_test(a_pipe_will_do),
	};

	log_open(LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
