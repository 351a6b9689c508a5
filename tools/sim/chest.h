/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * chest.h -- how a chest moves: breath and heart, as uneven as they are. */
#ifndef TOOLS_SIM_CHEST_H
#define TOOLS_SIM_CHEST_H

#include "tools/sim/rng.h"
#include "tools/sim/scene.h"

struct chest {
	int samples;		/* 100 a second */
	float *breath_mm;	/* 0: exhaled */
	float *heart_mm;
	float *breaths, *beats;	/* how many so far */
};

/* When somebody does not just breathe. */
enum episode_kind { EPISODE_HOLD, EPISODE_TALK, EPISODE_COUGH };

struct episode {
	double from_s, until_s;
	enum episode_kind kind;
};

/* Computes it for that long.  0 or -ENOMEM.  Free with chest_free(). */
int chest_make(struct chest *c, const struct person_setup *p, double duration_s,
	       const struct episode *episode, int episodes, struct rng *rng);
void chest_free(struct chest *c);

/* Memory that chest_make() takes for that long. */
double chest_bytes(double duration_s);

/* Displacement at a moment, smooth between the samples. */
double chest_breath_mm(const struct chest *c, double t_s);
double chest_heart_mm(const struct chest *c, double t_s);

/* Mean rates over a stretch, per minute. */
double chest_breath_rate(const struct chest *c, double from_s, double until_s);
double chest_heart_rate(const struct chest *c, double from_s, double until_s);

#endif
