/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * config_rig.h -- a configuration from text, and what was said of its mistakes. */
#ifndef TESTS_SUPPORT_CONFIG_RIG_H
#define TESTS_SUPPORT_CONFIG_RIG_H

#include <stdio.h>
#include <string.h>
#include "daemon/config.h"

/* What each file has to have. */
#define SOURCE "[source s]\ndriver = replay\nfile = a\n"
#define ROOM   "[room r]\n"
#define REST   SOURCE ROOM

static struct config config;
static char told[65536];

static inline int parse_bytes(const char *text, size_t len)
{
	FILE *f = fmemopen(told, sizeof(told), "w");
	int mistakes;

	assert_non_null(f);
	told[0] = 0;
	mistakes = config_parse(&config, text, len, "dir/f.conf", f);
	fclose(f);
	return mistakes;
}

static inline int parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

/* Exactly this one mistake. */
static inline void expect(const char *text, const char *mistake)
{
	char line[1024];
	int mistakes = parse(text);

	snprintf(line, sizeof(line), "dir/f.conf:%s\n", mistake);
	assert_string_equal(told, line);
	assert_int_equal(mistakes, 1);
}

#endif
