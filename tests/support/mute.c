/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/mute.h"

static void on_publish(void *owner, uint64_t now_us, const struct message *m)
{
	(void)owner;
	(void)now_us;
	(void)m;
}

static uint64_t on_wall(void *owner, uint64_t now_us)
{
	(void)owner;
	return now_us;
}

static const char *on_source_name(void *owner, int source)
{
	(void)owner;
	(void)source;
	return "air";
}

struct sensing_output mute(void)
{
	return (struct sensing_output){ .publish = on_publish, .wall_us = on_wall, .source_name = on_source_name };
}
