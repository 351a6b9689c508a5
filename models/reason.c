/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include "models/reason.h"

static const struct {
	const char *name, *help;
} reasons[] = {
#define X(id, name, help) { name, help },
	REASONS(X)
#undef X
};

const char *reason_name(enum reason r)
{
	return r < REASON_COUNT ? reasons[r].name : NULL;
}

const char *reason_help(enum reason r)
{
	return r < REASON_COUNT ? reasons[r].help : NULL;
}
