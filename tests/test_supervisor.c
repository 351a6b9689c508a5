/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What systemd is told, over a real socket, and that it is the loop that feeds the watchdog. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "daemon/log.h"
#include "daemon/supervisor.h"
#include "tests/support/scratch.h"

static struct loop *loop;
static struct supervisor *supervisor;
static int listener = -1;

static int set_up(void **state)
{
	(void)state;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	unsetenv("SIXTH_PROCD_WATCHDOG");
	supervisor = NULL;
	loop = loop_create();
	return loop ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	supervisor_close(supervisor);
	loop_destroy(loop);
	if (listener >= 0)
		close(listener);
	listener = -1;
	return 0;
}

/* Listens where systemd would: at a path, or at an abstract name ("@..."). */
static void listen_at(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t len = strlen(path);

	memcpy(a.sun_path, path, len);
	if (*path == '@')
		a.sun_path[0] = 0;
	listener = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&a,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)), 0);
	setenv("NOTIFY_SOCKET", path, 1);
}

/* The next datagram, "" if there is none. */
static const char *heard(void)
{
	static char text[64];
	ssize_t n = recv(listener, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = 0;
	return text;
}

static void on_end(void *owner)
{
	loop_stop(owner);
}

static void run_for(double s)
{
	assert_non_null(loop_timer_add(loop, s, 0, on_end, loop));
	loop_run(loop);
}

static void systemd_hears_of_start_and_end(void **state)
{
	(void)state;
	listen_at(scratch_path("notify"));
	assert_int_equal(supervisor_open(&supervisor, loop), 0);
	assert_string_equal(heard(), "READY=1");
	run_for(0.05);
	assert_string_equal(heard(), "");		/* no watchdog was asked for */
	supervisor_close(supervisor);
	supervisor = NULL;
	assert_string_equal(heard(), "STOPPING=1");
}

static void the_watchdog_is_fed_by_the_loop_alone(void **state)
{
	int fed = 0;

	(void)state;
	listen_at("@sixth-test-notify");
	setenv("WATCHDOG_USEC", "40000", 1);
	assert_int_equal(supervisor_open(&supervisor, loop), 0);
	assert_string_equal(heard(), "READY=1");
	usleep(100000);				/* a loop that hangs */
	assert_string_equal(heard(), "");
	run_for(0.2);
	while (*heard())
		fed++;
	assert_true(fed >= 2);
}

static void a_watchdog_of_another_process_is_not_ours(void **state)
{
	(void)state;
	listen_at(scratch_path("other"));
	setenv("WATCHDOG_USEC", "10000", 1);
	setenv("WATCHDOG_PID", "1", 1);
	assert_int_equal(supervisor_open(&supervisor, loop), 0);
	assert_string_equal(heard(), "READY=1");
	run_for(0.05);
	assert_string_equal(heard(), "");
}

static void a_socket_that_is_not_there_stops_nobody(void **state)
{
	(void)state;
	log_open(-1);
	setenv("NOTIFY_SOCKET", "/no/such/socket", 1);
	assert_int_equal(supervisor_open(&supervisor, loop), 0);
	supervisor_close(supervisor);
	setenv("NOTIFY_SOCKET", "nonsense", 1);
	assert_int_equal(supervisor_open(&supervisor, loop), 0);
	log_open(LOG_LVL_ERROR);
}

/* A program of the name `ubus` that notes how it was called: what procd makes of the call
 * only OpenWrt can show. */
static void procd_is_fed_with_ubus(void **state)
{
	char script[4000], path[1200], log[600], *text;
	size_t len;
	FILE *f;

	(void)state;
	snprintf(log, sizeof(log), "%s", scratch_path("ubus.log"));
	snprintf(path, sizeof(path), "%s", scratch_path("ubus"));
	snprintf(script, sizeof(script), "#!/bin/sh\necho \"$@\" >>%s\n", log);
	f = fopen(path, "w");
	fputs(script, f);
	fclose(f);
	chmod(path, 0700);
	*strrchr(path, '/') = 0;
	snprintf(script, sizeof(script), "%s:%s", path, getenv("PATH"));
	setenv("PATH", script, 1);
	setenv("SIXTH_PROCD_WATCHDOG", "sixth 10", 1);
	assert_int_equal(supervisor_open(&supervisor, loop), 0);
	run_for(0.5);
	text = (char *)scratch_read(log, &len);
	assert_string_equal(text, "call service watchdog {\"name\":\"sixth\",\"instance\":\"instance1\"}\n");
	free(text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(systemd_hears_of_start_and_end),
		TEST(the_watchdog_is_fed_by_the_loop_alone),
		TEST(a_watchdog_of_another_process_is_not_ours),
		TEST(a_socket_that_is_not_there_stops_nobody),
		TEST(procd_is_fed_with_ubus),
	};

	log_open(LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
