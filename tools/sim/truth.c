/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "tools/sim/truth.h"
#include "tools/sim/visible.h"

#define STEP_S 0.02
#define HEART_S 20	/* a stretch shorter than this has no heart rate to speak of */
#define SEEN_S 30	/* ... and its breath no power */
#define RATES  48	/* of a stretch, at most */
#define RATE_S 10	/* each of so long at least */

/* Of several people the one who does the most is what the recording shows. */
static const char *const by_weight[] = {
	"fall", "jump", "walk", "moving", "squat", "get_up", "sit_down", "lie_down", "turn", "cough", "talk",
	"breath_hold", "breathing", "sitting", "lying", "stand", NULL
};

static const char *const motion_names[] = {
	[MOTION_TOPPLE] = "topple", [MOTION_BUCKLE] = "buckle", [MOTION_SLIP] = "slip", [MOTION_SLUMP] = "slump",
	[MOTION_OUT_OF_BED] = "bed",
};

static int weight(const char *label)
{
	int i = 0;

	while (by_weight[i] && strcmp(by_weight[i], label))
		i++;
	return i;
}

/* What a moment shows; *person: who alone is there, -1 for several, -2 for nobody. */
static const char *label_at(struct world *w, double t_s, int *person)
{
	const char *best = NULL;

	*person = -2;
	for (int i = 0; i < w->scene->persons; i++) {
		const struct stretch *s = person_stretch(&w->person[i], t_s);

		if (s->motion == MOTION_ABSENT || w->scene->person[i].elsewhere > 0)
			continue;
		*person = *person == -2 ? i : -1;
		if (s->label && (!best || weight(s->label) < weight(best)))
			best = s->label;
	}
	if (best && *person == -1 && weight(best) >= weight("breath_hold"))
		return "occupied_still";
	for (int i = 0; !best && i < w->scene->things; i++)
		if (thing_moves(&w->thing[i], t_s))
			return "other_motion";
	return best ? best : "empty";
}

static const char *task_of(const struct world *w)
{
	bool breathes = false;

	for (int i = 0; i < w->scene->persons; i++) {
		for (int k = 0; k < w->scene->person[i].steps; k++)
			if (w->scene->person[i].step[k].kind >= STEP_TOPPLE)
				return "falls";
		breathes |= w->scene->person[i].breaths_per_min > 0;
	}
	return breathes ? "respiration" : "presence";
}

/* When it hits the floor, and how; rates of everybody. */
static void write_note(struct world *w, FILE *f, int person, double from_s, double until_s)
{
	const char *between = "";
	const struct stretch *s = person >= 0 ? person_stretch(&w->person[person], from_s) : NULL;

	if (s && isfinite(s->impact_s))
		fprintf(f, "%s impact %.3f; ", motion_names[s->motion], world_clock_s(w, s->impact_s));
	for (int i = 0; i < w->scene->persons; i++) {
		if (person_stretch(&w->person[i], (from_s + until_s) / 2)->motion == MOTION_ABSENT)
			continue;
		fprintf(f, "%s%s%s breath %.2f heart %.2f", between, w->scene->person[i].name,
			w->scene->person[i].elsewhere > 0 ? " (elsewhere)" : "",
			chest_breath_rate(&w->person[i].chest, from_s, until_s),
			chest_heart_rate(&w->person[i].chest, from_s, until_s));
		between = "; ";
	}
	fputc('\n', f);
}

struct row {
	const char *file, *set, *label;
	int person;
	double from_s, until_s;
};

/* How the rate went. */
static void write_rates(struct world *w, FILE *f, const struct row *r, bool breath)
{
	double length_s = r->until_s - r->from_s;
	int n = (int)fmin(RATES, length_s / RATE_S);

	for (int i = 0; r->person >= 0 && breath && i < n; i++)
		fprintf(f, "%s%.2f", i ? " " : "",
			chest_breath_rate(&w->person[r->person].chest, r->from_s + i * length_s / n,
					  r->from_s + (i + 1) * length_s / n));
	fputc(',', f);
}

/* Who of those who are there breathe, *first and *second: if just two do. */
static bool two_breathe(struct world *w, const struct row *r, int *first, int *second)
{
	int n = 0, *const to[] = { first, second };

	for (int i = 0; i < w->scene->persons; i++) {
		if (person_stretch(&w->person[i], (r->from_s + r->until_s) / 2)->motion == MOTION_ABSENT ||
		    w->scene->person[i].elsewhere > 0 || !(w->scene->person[i].breaths_per_min > 0))
			continue;
		if (n < 2)
			*to[n] = i;
		n++;
	}
	return r->person == -1 && n == 2 && !strcmp(r->label, "occupied_still");
}

/* The columns that tell how well a breath can be seen. */
static void write_visible(struct world *w, FILE *f, const struct row *r, bool breath)
{
	struct visible v = { NAN, NAN, NAN, NAN };

	if (r->person >= 0 && breath && r->until_s - r->from_s >= SEEN_S)
		visible_breath(w, r->person, r->from_s, r->until_s, &v);
	if (isfinite(v.ssnr_db))
		fprintf(f, "%.2f,%.2f,%.2f,%.2f,", v.ssnr_db, v.left_db, v.limit_db, v.distance_m);
	else
		fprintf(f, ",,,,");
	write_rates(w, f, r, breath);
}

/* As a configuration has them, where there is more than one room. */
static void write_links(const struct world *w, FILE *f)
{
	bool beyond = false;

	for (int i = 0; i < w->scene->senders; i++)
		beyond |= w->scene->sender[i].elsewhere > 0;
	for (int i = 0; i < w->scene->senders && beyond; i++) {
		uint8_t mac[6];

		world_mac(i, mac);
		fprintf(f, "%s%sreplay/%02x:%02x:%02x:%02x:%02x:%02x", i ? " " : "",
			w->scene->sender[i].elsewhere > 0 ? "!" : "", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	}
	fputc(',', f);
}

static void write_row(struct world *w, FILE *f, const struct row *r, const char *task, const char *label)
{
	bool breath = !strcmp(label, "breathing"), heart = !strcmp(label, "heart");
	int first, second;
	bool two = two_breathe(w, r, &first, &second);

	fprintf(f, "%s,%s,%s,,%s,,%.3f,%.3f,%s,", r->file, task, r->set,
		r->person >= 0 ? w->scene->person[r->person].name : "", world_clock_s(w, r->from_s),
		world_clock_s(w, r->until_s), label);
	if (r->person >= 0 && breath)
		fprintf(f, "%.3f", chest_breath_rate(&w->person[r->person].chest, r->from_s, r->until_s));
	if (two)
		fprintf(f, "%.3f", chest_breath_rate(&w->person[first].chest, r->from_s, r->until_s));
	if (heart)
		fprintf(f, "%.3f", chest_heart_rate(&w->person[r->person].chest, r->from_s, r->until_s));
	fprintf(f, ",exact,");
	write_visible(w, f, r, breath);
	if (two)
		fprintf(f, "%.3f", chest_breath_rate(&w->person[second].chest, r->from_s, r->until_s));
	fputc(',', f);
	write_links(w, f);
	write_note(w, f, r->person, r->from_s, r->until_s);
}

static void write_rows(struct world *w, FILE *f, const struct row *r, const char *task)
{
	bool still = r->person >= 0 && weight(r->label) >= weight("breath_hold");

	write_row(w, f, r, task, r->label);
	if (still && r->until_s - r->from_s >= HEART_S)
		write_row(w, f, r, "heart", "heart");
}

void truth_header(FILE *f)
{
	fprintf(f, "file,task,set,licence,subject,room,start_s,end_s,label,bpm,quality,ssnr_db,left_db,limit_db,distance_m,rates,second_bpm,links,note\n");
}

void truth_rows(struct world *w, FILE *f, const char *recording, const char *set, const char *task)
{
	double until_s = w->scene->room.duration_s;
	struct row r = { .file = recording, .set = set };
	int person;

	if (!task)
		task = task_of(w);
	r.label = label_at(w, 0, &r.person);
	for (int i = 1; i * STEP_S < until_s; i++) {
		const char *now = label_at(w, i * STEP_S, &person);

		if (!strcmp(now, r.label) && person == r.person)
			continue;
		r.until_s = i * STEP_S;
		write_rows(w, f, &r, task);
		r.from_s = i * STEP_S;
		r.label = now;
		r.person = person;
	}
	r.until_s = until_s;
	write_rows(w, f, &r, task);
}

static double speed_at(struct person *p, double t_s)
{
	struct pose a, b;

	if (!person_pose(p, fmax(0, t_s - STEP_S / 2), &a) || !person_pose(p, t_s + STEP_S / 2, &b))
		return 0;
	return hypot(hypot(b.x - a.x, b.y - a.y), b.z - a.z) / STEP_S;
}

static void write_motion(struct world *w, FILE *f)
{
	fprintf(f, "t_s\tperson\tlabel\tx_m\ty_m\tz_m\tspeed_m_s\tbreath_mm\theart_mm\tbreath_per_min"
		"\theart_per_min\n");
	for (int i = 0; i * STEP_S < w->scene->room.duration_s; i++)
		for (int k = 0; k < w->scene->persons; k++) {
			struct person *p = &w->person[k];
			double t = i * STEP_S, from = fmax(0, t - 10);
			const char *label = person_stretch(p, t)->label;
			struct pose q;

			if (!person_pose(p, t, &q))
				continue;
			fprintf(f, "%.3f\t%s\t%s\t%.4f\t%.4f\t%.4f\t%.3f\t%.4f\t%.4f\t%.2f\t%.2f\n",
				world_clock_s(w, t), p->setup->name, label ? label : "", q.x, q.y, q.z,
				speed_at(p, t), chest_breath_mm(&p->chest, t), chest_heart_mm(&p->chest, t),
				chest_breath_rate(&p->chest, from, t), chest_heart_rate(&p->chest, from, t));
		}
}

static int finish(FILE *f, const char *path)
{
	int err = 0;

	errno = 0;
	if (ferror(f))
		err = -EIO;
	if (fclose(f) && !err)
		err = errno ? -errno : -EIO;
	if (err)
		unlink(path);
	return err;
}

int truth_labels(struct world *w, const char *path, const char *recording)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return -errno;
	truth_header(f);
	truth_rows(w, f, recording, "simulated", NULL);
	return finish(f, path);
}

int truth_motion(struct world *w, const char *path)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return -errno;
	write_motion(w, f);
	return finish(f, path);
}
