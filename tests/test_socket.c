/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_socket.c -- adapters that write a .csic stream into a real Unix socket. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "daemon/formats/bytes.h"
#include "daemon/log.h"
#include "tests/support/csic_bytes.h"
#include "tests/support/listener.h"
#include "tests/support/scratch.h"

static struct listener l;
static char path[100];
static struct bytes file;

static int open_source(void)
{
	char lines[200];

	snprintf(path, sizeof(path), "%.99s", scratch_path("adapter.sock"));
	snprintf(lines, sizeof(lines), "driver = socket\nfile = %s\n", path);
	return listener_open(&l, lines);
}

static int setup(void **state)
{
	(void)state;
	csic_small_file(&file, 20);
	return open_source();
}

static int teardown(void **state)
{
	(void)state;
	listener_close(&l);
	free(file.p);
	memset(&file, 0, sizeof(file));
	unlink(path);
	return 0;
}

static int adapter(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

static void put(int fd, const void *p, size_t len)
{
	assert_int_equal(send(fd, p, len, MSG_NOSIGNAL), len);
}

static bool is_up(struct listener *x)
{
	return x->state == REASON_NONE;
}

static bool is_down(struct listener *x)
{
	return x->state == REASON_SOURCE_DOWN;
}

static int hung_up_fd;

static bool is_hung_up(struct listener *x)
{
	struct pollfd p = { .fd = hung_up_fd, .events = POLLIN };

	(void)x;
	return poll(&p, 1, 0) > 0 && p.revents & POLLHUP;
}

static uint64_t dropped(enum source_drop d)
{
	return l.source.counts.dropped[d];
}

static void frames_come_as_they_are_written(void **state)
{
	int fd;

	(void)state;
	assert_true(listener_until(&l, is_down));	/* nobody has connected */
	fd = adapter();
	assert_true(listener_until(&l, is_up));
	put(fd, file.p, file.len - CSIC_SMALL_FRAME / 2);
	assert_true(listener_frames(&l, 19));
	listener_run(&l, 0.05);
	assert_int_equal(l.frames, 19);			/* the last one is not whole */
	put(fd, file.p + file.len - CSIC_SMALL_FRAME / 2, CSIC_SMALL_FRAME / 2);
	assert_true(listener_frames(&l, 20));
	assert_int_equal(l.frame.samples[0].re, 20 - 1);
	assert_false(l.went_back);
	for (int d = 0; d < SOURCE_DROP_COUNT; d++)
		assert_int_equal(dropped((enum source_drop)d), 0);
	close(fd);
	assert_true(listener_until(&l, is_down));
}

static void an_adapter_may_come_again(void **state)
{
	int fd = adapter();

	(void)state;
	put(fd, file.p, file.len - 5);			/* dies within a record */
	close(fd);
	assert_true(listener_until(&l, is_down) && listener_dropped(&l, SOURCE_DROP_TORN, 1));
	fd = adapter();
	put(fd, file.p, file.len);
	assert_true(listener_frames(&l, 39));
	assert_false(l.went_back);			/* although its time began anew */
	close(fd);
}

static void there_is_one_at_a_time(void **state)
{
	int first = adapter(), second;

	(void)state;
	assert_true(listener_until(&l, is_up));
	second = adapter();
	assert_true(listener_dropped(&l, SOURCE_DROP_REFUSED, 1));
	hung_up_fd = second;
	assert_true(listener_until(&l, is_hung_up));
	put(first, file.p, file.len);
	assert_true(listener_frames(&l, 20));
	close(first);
	close(second);
}

static void what_is_no_such_stream_is_disconnected(void **state)
{
	int fd = adapter();

	(void)state;
	put(fd, "GET / HTTP/1.1\r\n\r\n", 18);
	assert_true(listener_dropped(&l, SOURCE_DROP_MALFORMED, 1));
	assert_non_null(strstr(l.source.error, "no .csic recording"));
	assert_true(listener_until(&l, is_down));
	close(fd);
}

static void a_record_without_end_is_disconnected(void **state)
{
	static uint8_t big[300 << 10];
	size_t head = 32 + get_le32(file.p + 12);
	int fd = adapter();

	(void)state;
	put_le32(big, 0x43495343u);
	put_le32(big + 4, 1 << 20);
	put(fd, file.p, head);
	for (size_t at = 0; at < sizeof(big) && dropped(SOURCE_DROP_TOO_LONG) == 0; at += 4096) {
		send(fd, big + at, 4096, MSG_NOSIGNAL | MSG_DONTWAIT);
		listener_run(&l, 0.001);
	}
	assert_int_equal(dropped(SOURCE_DROP_TOO_LONG), 1);
	close(fd);
	assert_true(listener_until(&l, is_down));
}

static void damage_costs_what_it_hit(void **state)
{
	int fd = adapter();

	(void)state;
	file.p[file.len - 10 * CSIC_SMALL_FRAME + 20] ^= 1;
	put(fd, file.p, file.len);
	assert_true(listener_frames(&l, 19));
	assert_int_equal(dropped(SOURCE_DROP_DAMAGED), 1);
	close(fd);
}

static void the_header_tells_where_it_comes_from(void **state)
{
	struct bytes b = { 0 };
	int fd = adapter();

	(void)state;
	csic_add_header(&b, "{\"driver\":\"x\",\"origin\":\"simulated\"}");
	put(fd, b.p, b.len);
	csic_add_tones(&b, 7, 1, 4, 312500);
	listener_run(&l, 0.05);
	assert_string_equal(l.source.origin, "simulated");
	free(b.p);
	close(fd);
}

static void only_owner_and_group_may_connect_and_names_are_respected(void **state)
{
	struct listener other;
	char lines[200];
	struct stat st;

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0660);
	snprintf(lines, sizeof(lines), "driver = socket\nfile = %s\n", path);
	assert_int_equal(listener_open(&other, lines), -EADDRINUSE);	/* ours is alive */
	listener_close(&other);
	assert_int_equal(stat(path, &st), 0);

	scratch_write("kept", "x", 1);
	snprintf(lines, sizeof(lines), "driver = socket\nfile = %s\n", scratch_path("kept"));
	assert_int_equal(listener_open(&other, lines), -EADDRINUSE);
	listener_close(&other);
	assert_int_equal(stat(scratch_path("kept"), &st), 0);
}

static void a_socket_that_was_left_behind_makes_room(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	listener_close(&l);
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	close(fd);					/* killed: the name stays */
	assert_int_equal(open_source(), 0);
	fd = adapter();
	put(fd, file.p, file.len);
	assert_true(listener_frames(&l, 20));
	close(fd);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(frames_come_as_they_are_written),
		TEST(an_adapter_may_come_again),
		TEST(there_is_one_at_a_time),
		TEST(what_is_no_such_stream_is_disconnected),
		TEST(a_record_without_end_is_disconnected),
		TEST(damage_costs_what_it_hit),
		TEST(the_header_tells_where_it_comes_from),
		TEST(only_owner_and_group_may_connect_and_names_are_respected),
		TEST(a_socket_that_was_left_behind_makes_room),
	};

	log_open(LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
