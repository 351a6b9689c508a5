/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sources.c -- the table of sources: a new one is one file and one line here. */
#include <string.h>
#include "daemon/source.h"

extern const struct source_driver source_replay;

const struct source_driver *const source_drivers[] = {
	&source_replay,
	NULL
};

const struct source_driver *source_driver_find(const char *name)
{
	for (int i = 0; source_drivers[i]; i++)
		if (!strcmp(source_drivers[i]->name, name))
			return source_drivers[i];
	return NULL;
}
