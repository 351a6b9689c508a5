/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_scene.c -- the text of a simulator's scene.  What is wrong is told with file and
 * line; what is accepted can be played, in time that does not stand still. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/fuzz/fuzz.h"
#include "tools/sim/world.h"

#define PACKETS  12
#define LENGTH_S 5.0	/* of a scene that is played */

#define MUST(condition) do {							\
	if (!(condition)) {							\
		fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #condition); \
		abort();							\
	}									\
} while (0)

static void play(struct scene *s)
{
	static struct world w;
	const struct csi_frame *f;
	uint64_t last_us = 0;

	s->room.duration_s = fmin(s->room.duration_s, LENGTH_S);
	if (world_open(&w, s, 1) == 0)
		for (int i = 0; i < PACKETS && (f = world_next(&w)); i++) {
			MUST(f->time_us >= last_us);
			MUST(f->rx_count >= 1 && f->tx_count >= 1 && csi_samples(f) <= CSI_MAX_SAMPLES);
			last_us = f->time_us;
		}
	world_close(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct scene scene;
	char error[SCENE_ERROR] = "";
	FILE *f = len ? fmemopen((void *)data, len, "r") : NULL;

	if (!f)
		return 0;
	if (scene_parse(&scene, f, "fuzzed", error) < 0)
		MUST(!strncmp(error, "fuzzed:", 7) && !strchr(error, '\n'));
	else
		play(&scene);
	fclose(f);
	return 0;
}
