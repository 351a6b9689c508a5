/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * eval.c -- `sixth eval`: replays every file of a label table and scores what the
 * room said against what was so. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "daemon/json.h"
#include "tools/child_score.h"
#include "tools/command.h"
#include "tools/disturb.h"
#include "tools/eval_options.h"
#include "tools/eval_report.h"
#include "tools/explain.h"
#include "tools/fall_score.h"
#include "tools/labels.h"
#include "tools/people.h"
#include "tools/player.h"
#include "tools/sim/render.h"

extern const struct command command_eval;

#define SETS_MAX 64
#define WITHIN   1.0	/* a file's median rate is right within this, per minute */

struct evaluation {
	const struct eval_options *options;
	struct labels labels;
	struct eval_set set[SETS_MAX + 1];	/* and their total */
	int sets, failures;
	struct json *json, *json_files;
	struct file_score file;		/* the one being scored */
	struct player_loop loop;	/* the same */
	const struct label *rows;
	int row_count;
	struct player player;
	struct explain *explain;	/* NULL: no picture is wanted */
	struct explain_fall *explain_fall;	/* the same */
	struct fall_table falls;
	struct child_table children;
	struct people people;
	struct disturb *disturb;	/* NULL: not asked for */
	struct doing_times does;	/* what people do in a scene that was made; else labels tell */
	double length_s;		/* of the file */
};

static enum doing what_they_do(struct evaluation *e, double t_s)
{
	return e->does.count && !(e->loop.total_s > 0) ? doing_at(&e->does, t_s) :
		activity_score_label(e->rows, e->row_count, t_s);
}

static void on_tick(void *owner, uint64_t now_us)
{
	struct evaluation *e = owner;

	const struct room_state *state = sensing_room_state(e->player.sensing, 0);
	const struct wiring *w = sensing_room_wiring(e->player.sensing, 0);
	int link = 0;

	double counted_s = e->file.s.rate_s;

	score_tick(&e->file, e->rows, e->row_count, (double)now_us / 1e6, state);
	activity_score_tick(&e->file.s.activity, what_they_do(e, (double)now_us / 1e6), SCORE_STEP_S, state->activity);
	people_tick(&e->people, (double)now_us / 1e6, state);
	e->length_s = (double)now_us / 1e6;
	if (e->disturb)
		disturb_tick(e->disturb, now_us, e->file.s.rate_s > counted_s, &state->breath);
	if (e->explain)
		explain_tick(e->explain, (double)now_us / 1e6, state);
	for (int i = 0; i < WIRING_LINKS_MAX; i++)
		if (w->link[i].counts && w->link[i].evidence) {
			fall_table_evidence(&e->falls, w->link[i].evidence->path, &w->link[i].evidence->fall);
			if (e->explain_fall)
				explain_fall_tick(e->explain_fall, (double)now_us / 1e6, link++, &w->link[i].evidence->fall,
						  state ? state->speed_m_s : NAN);
		}
}

static void on_incident(void *owner, uint64_t now_us, const struct incident *i)
{
	struct evaluation *e = owner;

	fall_table_incident(&e->falls, now_us, i);
	child_table_incident(&e->children, now_us, i);
	if (e->explain_fall)
		explain_fall_incident(e->explain_fall, (double)now_us / 1e6, i);
}

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Labels are relative to their table. */
static void file_path(char *out, size_t size, const char *table, const char *file)
{
	const char *slash = strrchr(table, '/');

	if (slash && *file != '/')
		snprintf(out, size, "%.*s/%s", (int)(slash - table), table, file);
	else
		snprintf(out, size, "%s", file);
}

static int play_once(struct evaluation *e, const char *path, char error[RECORDING_ERROR_LEN])
{
	struct player *p = &e->player;
	int err = player_open(p, path, error);

	if (err)
		return err;
	err = player_add_linked(p, "room", e->options->profile, e->rows->links);
	if (err)
		snprintf(error, RECORDING_ERROR_LEN, "%.200s: %s", path, strerror(-err));
	else
		err = player_run(p, error);
	if (recording_damage(p->recording))
		fprintf(stderr, "sixth eval: %s: %s; the recording ends there\n", path, recording_damage(p->recording));
	player_close(p);
	return err;
}

static int play_existing(struct evaluation *e, const char *path, char error[RECORDING_ERROR_LEN])
{
	struct player *p = &e->player;
	double begun_s = cpu_s();
	int err;

	*p = (struct player){ .tick = on_tick, .incident = on_incident, .owner = e, .loop = e->loop, .lived_in = e->options->lived_in };
	if (e->falls.weights_size) {
		p->fall_weights = e->falls.weights;
		p->fall_weights_size = e->falls.weights_size;
	}
	err = play_once(e, path, error);
	e->file.s.frames = (long long)p->frames;
	e->file.s.cpu_s = cpu_s() - begun_s;
	return err;
}

static void on_disturbed_tick(void *owner, uint64_t now_us)
{
	struct evaluation *e = owner;
	const struct room_state *state = sensing_room_state(e->player.sensing, 0);

	if (state)
		disturb_tick(e->disturb, now_us, false, &state->breath);
}

static bool on_disturbed_frame(void *owner, const struct csi_frame *f, struct csi_frame *out)
{
	struct evaluation *e = owner;

	return disturb_frame(e->disturb, f, out);
}

/* Plays what has rates again, disturbed in each way. */
static int play_disturbed(struct evaluation *e, const char *path, char error[RECORDING_ERROR_LEN])
{
	int err = 0;

	while (!err && e->disturb && e->file.s.rate_s > 0 &&
	       disturb_next(e->disturb, (double)e->file.s.frames, e->length_s)) {
		e->player = (struct player){ .tick = on_disturbed_tick, .spoil = on_disturbed_frame, .owner = e,
					     .loop = e->loop };
		err = play_once(e, path, error);
	}
	return err;
}

/* A recording that is there, or one that is made from its scene and removed again. */
static int play(struct evaluation *e, const char *path, char error[RECORDING_ERROR_LEN])
{
	char why[RENDER_ERROR], made[RENDER_PATH] = "";
	int err = e->options->simulate ? render_missing(path, made, &e->does, why) : 0;

	if (made[0])
		path = made;
	if (err)
		snprintf(error, RECORDING_ERROR_LEN, "%.*s", RECORDING_ERROR_LEN - 1, why);
	else
		err = play_existing(e, path, error);
	if (!err)
		err = play_disturbed(e, path, error);
	if (made[0])
		unlink(made);
	doing_free(&e->does);
	return err;
}

/* NULL: there are too many. */
static struct eval_set *find_set(struct evaluation *e, const char *name)
{
	for (int i = 0; i < e->sets; i++)
		if (!strcmp(e->set[i].name, name))
			return &e->set[i];
	if (e->sets == SETS_MAX)
		return NULL;
	snprintf(e->set[e->sets].name, LABEL_TEXT, "%s", name);
	e->set[e->sets].worst_recall = e->set[e->sets].worst_false = NAN;
	return &e->set[e->sets++];
}

static void add_to_set(struct evaluation *e, const char *name)
{
	struct eval_set *set = find_set(e, name);
	struct score *s = &e->file.s;

	if (!set) {
		failed("eval", "%s: more than %d sets; divide the table, or use --set", name, SETS_MAX);
		e->failures++;
		return;
	}
	s->files = 1;
	s->rate_files = s->rate_s > 0;
	s->rate_files_within1 = s->rate_s > 0 &&
		fabs(score_median_rate(&e->file) - e->file.true_rate_per_min) <= WITHIN;
	score_add(&set->score, s);
	if (s->moving_s > 0 && !(score_recall(s) >= set->worst_recall)) {
		set->worst_recall = score_recall(s);
		memcpy(set->worst_recall_file, e->rows->file, LABEL_FILE);
	}
	if (s->quiet_s > 0 && !(score_false_share(s) <= set->worst_false)) {
		set->worst_false = score_false_share(s);
		memcpy(set->worst_false_file, e->rows->file, LABEL_FILE);
	}
}

static void write_file(struct evaluation *e, const struct label *l)
{
	struct json *j = json_push_object(e->json_files);

	json_add_string(j, "file", l->file);
	json_add_string(j, "set", l->set);
	json_add_string(j, "subject", l->subject);
	json_add_number(j, "true_rate_per_min", e->file.true_rate_per_min, 2);
	json_add_number(j, "median_rate_per_min", score_median_rate(&e->file), 2);
	json_add_number(j, "onset_s", e->file.onset_s, 1);
	fall_table_file_json(&e->falls, j);
	eval_score_json(j, &e->file.s);
}

static void print_file(struct evaluation *e, const struct label *l)
{
	const struct score *s = &e->file.s;

	printf("%-32s %-22s %-10s", l->file, l->set, e->rows[0].label);
	if (s->rate_s > 0)
		printf("  true %5.1f median %5.1f coverage %5.1f %% within 2 %5.1f %%", e->file.true_rate_per_min,
		       score_median_rate(&e->file), 100 * eval_ratio(s->rate_shown_s, s->rate_s),
		       100 * eval_ratio(s->rate_within2_s, s->rate_shown_s));
	if (s->silence_s > 0)
		printf("  rate shown %5.1f %%", 100 * eval_ratio(s->silence_shown_s, s->silence_s));
	if (s->moving_s > 0)
		printf("  recall %5.1f %% onset %.1f s", 100 * score_recall(s), e->file.onset_s);
	if (s->quiet_s > 0)
		printf("  false motion %5.1f %%", 100 * score_false_share(s));
	if (s->empty_s > 0)
		printf("  occupied %5.1f %%", 100 * eval_ratio(s->empty_occupied_s, s->empty_s));
	if (e->loop.total_s > 0)
		printf("  %.0f to %.0f s over and over", e->loop.from_s, e->loop.to_s);
	if (s->person_s > 0)
		printf("  present %5.1f %%", 100 * eval_ratio(s->person_occupied_s, s->person_s));
	fall_table_file_print(&e->falls);
	if (e->options->profile && e->options->profile->child_left_s > 0)
		child_table_file_print(&e->children);
	printf("\n");
}

static void write_picture(struct evaluation *e)
{
	const char *picture = e->options->picture;
	bool tell = explain_fall_any(e->explain_fall) || !strcmp(e->rows->task, "falls");
	char title[512];
	int err;

	snprintf(title, sizeof(title), "%s (%s)", e->rows->file, e->rows->set);
	err = explain_write(e->explain, picture, title, e->rows, e->row_count, tell ? e->explain_fall : NULL);
	if (err) {
		failed("eval", "%s: %s", picture, strerror(-err));
		e->failures++;
	}
}

/* All rows of one file, which are neighbours in the table. */
static void evaluate_file(struct evaluation *e, const struct label *rows, int count)
{
	char path[4096], error[RECORDING_ERROR_LEN];

	memset(&e->file, 0, sizeof(e->file));
	e->file.onset_s = e->file.true_rate_per_min = NAN;
	e->rows = rows;
	e->row_count = count;
	fall_table_begin(&e->falls, rows, count);
	child_table_begin(&e->children, rows, count);
	people_begin(&e->people, rows, count);
	if (e->disturb)
		disturb_begin(e->disturb);
	file_path(path, sizeof(path), e->options->table, rows->file);
	if (play(e, path, error) < 0) {
		failed("eval", "%s", error);
		e->failures++;
		return;
	}
	score_end(&e->file, INFINITY);
	fall_table_end(&e->falls);
	if (e->options->profile && e->options->profile->child_left_s > 0)
		child_table_end(&e->children);
	add_to_set(e, rows->set);
	people_end(&e->people, &e->file.s);
	if (e->explain)
		write_picture(e);
	if (e->json)
		write_file(e, rows);
	else if (e->options->files)
		print_file(e, rows);
}

#define LOOP_LEAST_S 20		/* what repeats faster is a rhythm in the band of breathing */

/* Every piece of a stretch in which nobody is there, or nobody moves, for longer than it was recorded. */
static void evaluate_loops(struct evaluation *e, const struct label *row)
{
	double length_s = row->end_s - row->start_s, step_s = e->options->piece_s;
	struct label looped = *row;

	if (step_s <= 0 || step_s > length_s)
		step_s = length_s;
	if (!score_is_at_rest(row->label) || step_s < LOOP_LEAST_S)
		return;
	looped.start_s = 0;
	looped.end_s = e->options->loop_s;
	for (int i = 0; (i + 1) * step_s <= length_s + 1e-3; i++) {
		e->loop = (struct player_loop){
			.from_s = row->start_s + i * step_s, .to_s = row->start_s + (i + 1) * step_s,
			.total_s = e->options->loop_s,
		};
		evaluate_file(e, &looped, 1);
	}
}

static bool is_wanted(const struct eval_options *o, const struct label *row)
{
	return (!o->only_set || !strcmp(o->only_set, row->set)) && (!o->only_file || !strcmp(o->only_file, row->file));
}

static void evaluate_all(struct evaluation *e)
{
	const struct label *row = e->labels.row;

	for (int i = 0, n; i < e->labels.count; i += n) {
		for (n = 1; i + n < e->labels.count && !strcmp(row[i].file, row[i + n].file) &&
		     !strcmp(row[i].set, row[i + n].set); n++)
			;
		if (!is_wanted(e->options, &row[i]))
			continue;
		if (e->options->loop_s <= 0)
			evaluate_file(e, row + i, n);
		for (int k = 0; k < n && e->options->loop_s > 0; k++)
			evaluate_loops(e, row + i + k);
	}
}

static int print_json(struct evaluation *e)
{
	struct json *sets = json_add_array(e->json, "sets");
	char *text;

	for (int i = 0; i < e->sets - 1; i++) {
		struct json *j = json_push_object(sets);

		json_add_string(j, "set", e->set[i].name);
		eval_set_json(j, &e->set[i]);
	}
	eval_set_json(json_add_object(e->json, "total"), &e->set[e->sets - 1]);
	people_json(&e->people, e->json);
	fall_table_json(&e->falls, e->json);
	child_table_json(&e->children, e->json);
	json_add_number(e->json, "failed_files", e->failures, 0);
	text = json_print(e->json);
	if (!text)
		return failed("eval", "%s", strerror(ENOMEM));
	puts(text);
	free(text);
	return EXIT_DONE;
}

static int report(struct evaluation *e)
{
	eval_total(&e->set[e->sets], e->set, e->sets);
	e->sets++;
	if (e->json)
		return print_json(e);
	eval_print_scores(e->set, e->sets);
	people_print(&e->people, e->options->people);
	fall_table_print(&e->falls);
	child_table_print(&e->children);
	if (e->disturb)
		disturb_print(e->disturb);
	eval_print_quality(&e->set[e->sets - 1].score);
	eval_print_cost(e->set, e->sets);
	return EXIT_DONE;
}

static int eval_run(int argc, char **argv)
{
	struct eval_options o = { .profile = &profiles[0] };
	struct evaluation *e;
	char error[256];
	int code = eval_options_parse(&o, &command_eval, argc, argv);

	if (code != EXIT_DONE)
		return code;
	e = calloc(1, sizeof(*e));
	if (!e)
		return failed("eval", "%s", strerror(ENOMEM));
	e->options = &o;
	if (!fall_table_open(&e->falls, o.events, o.weights)) {
		fall_table_close(&e->falls);
		free(e);
		return EXIT_FAILED;
	}
	if (labels_read(&e->labels, o.table, error) < 0) {
		fall_table_close(&e->falls);
		free(e);
		return failed("eval", "%s", error);
	}
	labels_tell_unknown(&e->labels, o.table, stderr);
	if (o.picture) {
		const struct breathing_band *band = breathing_band_find(o.profile->breathing_band);

		e->explain = explain_create(band->lo_per_min / 60, band->hi_per_min / 60);
		e->explain_fall = explain_fall_create();
	}
	if (o.json) {
		e->json = json_object();
		e->json_files = json_add_array(e->json, "files");
	}
	e->disturb = o.disturb ? calloc(1, sizeof(*e->disturb)) : NULL;
	evaluate_all(e);
	if (!e->sets)
		code = e->failures ? EXIT_FAILED : failed("eval", "%s: nothing of that name in the table",
						       o.only_file ? o.only_file : o.only_set);
	else
		code = report(e);
	explain_free(e->explain);
	explain_fall_free(e->explain_fall);
	code = e->failures || !fall_table_close(&e->falls) ? EXIT_FAILED : code;
	labels_free(&e->labels);
	free(e->disturb);
	json_free(e->json);
	free(e);
	return code;
}

const struct command command_eval = {
	.name  = "eval",
	.usage = "LABELS.csv [--json] [--files] [--people] [--set NAME] [--profile NAME] [--simulate]\n"
		 "                  [--loop SECONDS [--piece SECONDS]] [--explain FILE -o PICTURE.svg]\n"
		 "                  [--weights FILE] [--events FILE] [--lived-in] [--disturb]",
	.help  = "scores the pipeline on labelled recordings",
	.details =
		"LABELS.csv has a row a labelled stretch: file,set,start_s,end_s,label,bpm,quality (others are\n"
		"ignored); files are relative to it.  walk, run, moving are movement; empty, no_movement are none.\n"
		"Counting starts 2 s into a stretch (movement), 15 s (silence), 40 s (rates; in stretches of up to\n"
		"60 s at 60 %); held breath counts for its first 40 s; rates of quality `weak` do not count.  A row\n"
		"`heart` of 0 beats or quality `weak` says: a heart rate that is shown is a false one.  A label that is\n"
		"not known is told on stderr, once, with its line; counting goes on.  Activity: walk and run should be\n"
		"`walking`, sit_down, stand_up, lie_down, get_up, get_into_bed, wave, squat, pick_up and jump should not,\n"
		"empty and no_movement neither that nor `active`, from 2 s on; of a scene that --simulate makes, what\n"
		"people do is told by where they were in it, not by labels.\n\n"
		"  --json    one JSON object, with every file's figures\n"
		"  --files   a line a file before the tables\n"
		"  --people  a line for each person and room after them\n"
		"  --loop SECONDS  plays only stretches in which nobody is there or somebody keeps still, each over and over for so\n"
		"            long: what becomes of hours of it.  --piece SECONDS cuts them into such pieces first.  What is\n"
		"            shorter than 20 s is left out: repeated, it is a rhythm in the band of breathing\n"
		"  --explain one recording's story as a picture: movement, presence, spectra, rates, reasons,\n"
		"            and of events: spectrogram, power, speed, change of the static channel, what each stage said\n"
		"  --weights FILE  of the classifier of falls, in place of what ships\n"
		"  --lived-in  falls as in a room after weeks in which nothing looked like one (without: a new room, which is\n"
		"            sure of fewer)\n"
		"  --disturb plays what has rates again with packets thinned, lost, late, of other gain and other formats,\n"
		"            and compares the rates; takes ten times as long\n"
		"  --events FILE   writes every event that the classifier judged, with its features (to train with)\n"
		"  --simulate  a recording that is missing is made from the scene of its name, and removed after\n",
	.run   = eval_run,
};
