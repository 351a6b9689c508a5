/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The user's program: what it is told, that nobody waits for it, and that it cannot stay;
 * and the line of a buzzer, as far as that can be shown without a chip. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "daemon/alarm_hook.h"
#include "daemon/gpio.h"
#include "daemon/log.h"
#include "tests/support/scratch.h"

static struct alarm_hook hook;
static char out[512];

/* A script that writes to `out` (%s in its text). */
static void use_script(const char *name, const char *text)
{
	static char path[512];
	char script[1024];
	FILE *f;

	snprintf(out, sizeof(out), "%s", scratch_path("out"));
	unlink(out);
	snprintf(path, sizeof(path), "%s", scratch_path(name));
	f = fopen(path, "w");
	fputs("#!/bin/sh\n", f);
	snprintf(script, sizeof(script), text, out);
	fputs(script, f);
	fclose(f);
	chmod(path, 0700);
	alarm_hook_init(&hook, path);
}

static struct alarm an_alarm(const char *room, uint32_t seq)
{
	struct alarm a = {
		.id = "1-2-3", .kind = ALARM_FALL, .state = ALARM_CONFIRMED, .event = ALARM_CONFIRM, .seq = seq,
	};

	snprintf(a.room, sizeof(a.room), "%s", room);
	return a;
}

static bool anybody_runs(void)
{
	for (int i = 0; i < HOOK_RUNNING_MAX; i++)
		if (hook.running[i].pid)
			return true;
	return hook.count > 0;
}

static void tick_until_done(uint64_t now_us)
{
	for (int i = 0; i < 500 && anybody_runs(); i++) {
		usleep(10000);
		alarm_hook_tick(&hook, now_us);
	}
	assert_false(anybody_runs());
}

static char *written(void)
{
	size_t len;

	return (char *)scratch_read(out, &len);
}

static void it_is_told_by_its_environment_and_by_nothing_else(void **state)
{
	struct alarm a = an_alarm("bath; rm -rf /", 2);
	char *text;

	(void)state;
	setenv("SECRET", "x", 1);
	use_script("env", "env | grep -v -e ^PWD -e ^_= -e ^PATH -e ^SHLVL -e ^OLDPWD | sort >%s\n");
	alarm_hook_add(&hook, &a, 0);
	tick_until_done(0);
	text = written();
	assert_string_equal(text, "SIXTH_CALLS=yes\nSIXTH_ID=1-2-3\nSIXTH_KIND=fall\nSIXTH_LEVEL=0\n"
			    "SIXTH_ROOM=bath; rm -rf /\nSIXTH_SEQ=2\nSIXTH_STATE=confirmed\nSIXTH_TEST=no\n");
	free(text);
	assert_int_equal(hook.runs, 1);
	assert_int_equal(hook.failures, 0);
	assert_false(hook.failing);
}

static void many_changes_run_a_few_at_a_time_and_all_of_them(void **state)
{
	char *text;
	int lines = 0;

	(void)state;
	use_script("many", "echo $SIXTH_SEQ >>%s\nsleep 0.05\n");
	for (uint32_t i = 1; i <= HOOK_RUNNING_MAX + 6; i++) {
		struct alarm a = an_alarm("hall", i);

		alarm_hook_add(&hook, &a, 0);
	}
	assert_int_equal(hook.runs, HOOK_RUNNING_MAX);
	tick_until_done(0);
	text = written();
	for (char *c = text; *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, HOOK_RUNNING_MAX + 6);
	free(text);
}

static void too_many_changes_lose_the_oldest(void **state)
{
	(void)state;
	use_script("slow", "sleep 1000; : %s\n");
	for (uint32_t i = 1; i <= HOOK_RUNNING_MAX + HOOK_WAITING_MAX + 2; i++) {
		struct alarm a = an_alarm("hall", i);

		alarm_hook_add(&hook, &a, 0);
	}
	assert_int_equal(hook.count, HOOK_WAITING_MAX);
	assert_int_equal(hook.dropped, 2);
	assert_int_equal(hook.waiting[hook.first].seq, HOOK_RUNNING_MAX + 3);
	alarm_hook_close(&hook);
	assert_false(anybody_runs());
}

static void what_takes_too_long_is_killed_with_all_it_started(void **state)
{
	struct alarm a = an_alarm("hall", 1);
	char *text;

	(void)state;
	use_script("hang", "sleep 1000 &\necho $! >%s\nwait\n");
	alarm_hook_add(&hook, &a, 0);
	for (int i = 0; i < 200 && access(out, R_OK); i++)
		usleep(10000);
	usleep(50000);
	alarm_hook_tick(&hook, HOOK_MAX_S * UINT64_C(1000000) - 1);
	assert_true(anybody_runs());
	tick_until_done(HOOK_MAX_S * UINT64_C(1000000));
	assert_true(hook.failing);
	text = written();
	for (int i = 0; i < 200; i++) {		/* its child, once its new parent has noticed */
		char path[64], stat[64] = "";
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%d/stat", atoi(text));
		f = fopen(path, "r");
		if (!f || !fgets(stat, sizeof(stat), f) || strstr(stat, ") Z"))
			i = 1000;
		if (f)
			fclose(f);
		usleep(10000);
		assert_int_not_equal(i, 199);
	}
	free(text);
}

static void a_program_that_fails_or_is_not_there_is_told(void **state)
{
	struct alarm a = an_alarm("hall", 1);

	(void)state;
	use_script("fail", "exit 3 %s\n");
	alarm_hook_add(&hook, &a, 0);
	tick_until_done(0);
	assert_int_equal(hook.failures, 1);
	assert_true(hook.failing);
	alarm_hook_init(&hook, "/no/such/program");
	assert_true(hook.failing);		/* before it is needed */
	alarm_hook_add(&hook, &a, 0);
	assert_int_equal(hook.failures, 1);
	assert_true(hook.failing);
	alarm_hook_init(&hook, "");
	alarm_hook_add(&hook, &a, 0);
	assert_int_equal(hook.runs + hook.failures, 0);
}

static void a_line_is_written_chip_slash_line(void **state)
{
	static const char *const bad[] = { "", "17", "gpiochip0", "gpiochip0/", "/17", "gpiochip0/x",
					   "gpiochip0/17x", "gpiochip0/99999", "../x/1", "gpiochip0/-1", "!!gpiochip0/1" };
	char error[GPIO_ERROR_LEN] = "";

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(gpio_is_line(bad[i]));
	assert_true(gpio_is_line("gpiochip0/17"));
	assert_true(gpio_is_line("!gpiochip12/1023"));
	assert_null(gpio_open("gpiochip99/1", error));
	assert_true(*error);
	gpio_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_told_by_its_environment_and_by_nothing_else),
		cmocka_unit_test(many_changes_run_a_few_at_a_time_and_all_of_them),
		cmocka_unit_test(too_many_changes_lose_the_oldest),
		cmocka_unit_test(what_takes_too_long_is_killed_with_all_it_started),
		cmocka_unit_test(a_program_that_fails_or_is_not_there_is_told),
		cmocka_unit_test(a_line_is_written_chip_slash_line),
	};

	log_open(getenv("VERBOSE") ? LOG_LVL_DEBUG : -1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
