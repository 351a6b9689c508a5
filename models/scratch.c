/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include "models/scratch.h"

#define SLOW_HZ 5.0f

struct scratch *scratch_create(void)
{
	struct scratch *s = calloc(1, sizeof(*s));

	if (s && (pilot_init(&s->pilot) || apart_init(&s->apart, SLOW_HZ))) {
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
	apart_free(&s->apart);
	free(s);
}
