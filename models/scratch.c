/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include "models/scratch.h"

struct scratch *scratch_create(void)
{
	struct scratch *s = calloc(1, sizeof(*s));

	if (s && pilot_init(&s->pilot)) {
		scratch_free(s);
		return NULL;
	}
	return s;
}

void scratch_free(struct scratch *s)
{
	if (!s)
		return;
	pilot_free(&s->pilot);
	free(s);
}
