/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What reaches stderr: one clean line, at the right level, and not too often. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "daemon/log.h"
#include "tests/support/scratch.h"

#define MINUTE_US 60000000u

static int saved = -1;

static int begin(void **state)
{
	int fd = open(scratch_path("stderr"), O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);

	(void)state;
	saved = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
	unsetenv("JOURNAL_STREAM");
	log_open(LOG_LVL_INFO);
	return 0;
}

static int end(void **state)
{
	(void)state;
	dup2(saved, STDERR_FILENO);
	close(saved);
	return 0;
}

/* Exactly this was written. */
static void expect(const char *text)
{
	size_t len;
	uint8_t *got = scratch_read(scratch_path("stderr"), &len);

	assert_string_equal((char *)got, text);
	free(got);
}

static void a_line_says_its_level(void **state)
{
	(void)state;
	log_error("a %d", 1);
	log_warn("b");
	log_info("c");
	log_debug("d");
	log_open(LOG_LVL_DEBUG);
	log_debug("e");
	expect("error: a 1\nwarn: b\ninfo: c\ndebug: e\n");
}

static void the_journal_gets_its_prefix_and_nobody_else(void **state)
{
	char stream[64];
	struct stat st;

	(void)state;
	fstat(STDERR_FILENO, &st);
	snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_open(LOG_LVL_INFO);
	log_error("a");
	log_info("b");
	setenv("JOURNAL_STREAM", "8:1", 1);	/* inherited, but stderr goes elsewhere */
	log_open(LOG_LVL_INFO);
	log_info("c");
	expect("<3>a\n<6>b\ninfo: c\n");
}

static void a_line_stays_one_line(void **state)
{
	char longer[3000], *line;
	size_t len;

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = 0;
	log_info("a\nb\x1b[31m");
	log_info("%s", longer);
	line = (char *)scratch_read(scratch_path("stderr"), &len);
	assert_memory_equal(line, "info: a?b?[31m\ninfo: xxx", 24);
	assert_true(len < 1100 && len > 900);
	assert_int_equal(line[len - 1], '\n');
	free(line);
}

static void repeated_events_are_counted(void **state)
{
	struct log_every e = { 0 }, other = { 0 };

	(void)state;
	for (uint64_t t = 1; t <= MINUTE_US; t += MINUTE_US / 10)
		log_every(&e, t, LOG_LVL_WARN, "x %d", 1);
	log_every(&other, MINUTE_US / 2, LOG_LVL_WARN, "y");
	log_every(&e, MINUTE_US + 1, LOG_LVL_WARN, "x %d", 2);
	log_every(&e, 3 * MINUTE_US, LOG_LVL_WARN, "x %d", 3);
	expect("warn: x 1\nwarn: y\nwarn: x 2 (and 9 times since the last line)\nwarn: x 3\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_line_says_its_level, begin, end),
		cmocka_unit_test_setup_teardown(the_journal_gets_its_prefix_and_nobody_else, begin, end),
		cmocka_unit_test_setup_teardown(a_line_stays_one_line, begin, end),
		cmocka_unit_test_setup_teardown(repeated_events_are_counted, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
