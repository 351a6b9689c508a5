/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * tools/sim/: the same seed gives the same bytes, a wrong scene is told with its line, the
 * truth is a table that sixth eval can read, the suite's scenes are all right and the same. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "daemon/formats/recording.h"
#include "tools/labels.h"
#include "tools/sim/measure.h"
#include "tools/sim/suite.h"
#include "tools/sim/truth.h"

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/sixth-sim-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof(command), "rm -r '%s'", folder);
	return system(command);
}

static const char *path_of(const char *name)
{
	static char path[4][128];
	static int next;
	char *p = path[next++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", folder, name);
	return p;
}

static const char *write_text(const char *name, const char *text)
{
	const char *path = path_of(name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	return path;
}

static void record(const char *scene, const uint64_t *seed, const char *out)
{
	char error[RENDER_ERROR];
	struct render *r = render_open(scene, seed, error);

	if (!r || render_recording(r, out, error) < 0)
		fail_msg("%s", error);
	render_close(r);
}

static long read_bytes(const char *path, char **bytes)
{
	FILE *f = fopen(path, "r");
	long n;

	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	n = ftell(f);
	rewind(f);
	*bytes = malloc((size_t)n + 1);
	assert_int_equal(fread(*bytes, 1, (size_t)n, f), n);
	fclose(f);
	return n;
}

static bool same_bytes(const char *a, const char *b)
{
	char *x, *y;
	long n = read_bytes(a, &x), m = read_bytes(b, &y);
	bool same = n == m && !memcmp(x, y, (size_t)n);

	free(x);
	free(y);
	return same;
}

static const char everything[] =
	"[room]\nduration = 6\nseed = 4\n[receiver]\nchip = esp32\nshake = 20\n"
	"[sender ap]\nrate = 60\nswitches = 2\nsleeps = 3\ngaps = 2\n[sender tv]\nat = 2 0.3 1\nrate = 20\n"
	"[person a]\nat_time = 1 wander 1\nat_time = 3 fall_slip\n[person b]\nat = 1.5 3.2\nposture = sit\n"
	"[fan f]\nat = 4 3 1\n[curtain c]\nat = 2 3.8 1\n[dog d]\nat = 1 1 0.4\n[washer w]\nat = 4.5 3.5 0.5\n"
	"[shower s]\nat = 4 0.5 2\n[door x]\nat = 0.1 3.9 1\nopens = 2\n[drop y]\nat = 3 3.4 1\ntime = 1\n";

static void the_same_seed_gives_the_same_bytes(void **state)
{
	const char *scene = write_text("all.scene", everything);
	uint64_t five = 5, four = 4;

	(void)state;
	record(scene, NULL, path_of("a.csic"));
	record(scene, &four, path_of("b.csic"));	/* which is the scene's own */
	record(scene, &five, path_of("c.csic"));
	assert_true(same_bytes(path_of("a.csic"), path_of("b.csic")));
	assert_false(same_bytes(path_of("a.csic"), path_of("c.csic")));
}

static void a_recording_says_that_it_is_simulated(void **state)
{
	char error[RECORDING_ERROR_LEN];
	struct recording *r;

	(void)state;
	record(write_text("all.scene", everything), NULL, path_of("a.csic"));
	assert_int_equal(recording_open(&r, path_of("a.csic"), error), 0);
	assert_int_equal(recording_prepare(r, error), 1);
	assert_string_equal(recording_info(r)->origin, "simulated");
	assert_string_equal(recording_info(r)->driver, "simulator");
	recording_close(r);
}

#define ROOM   "[sender ap]\n[person a]\n"
static const struct {
	const char *text, *fault;
} wrong[] = {
	{ "[room]\nduraton = 3\n", ":2: a room has no \"duraton\"" },
	{ "[room]\nduration = inf\n", ":2: duration needs" },
	{ "[room]\nduration = 1e9\n", ":2: duration: 1e+09 is outside" },
	{ "[room]\nsize = 5 4\n", ":2: size needs 3 numbers" },
	{ "[room]\nreflect = 0.3 m\n", ":2: reflect: \"m\" is too much" },
	{ "[room\n", ":1: a section ends with ]" },
	{ "[cellar]\n", ":1: no such section" },
	{ "[room]\n[room]\n", ":2: a second [room]" },
	{ "size = 1 2 3\n", ":1: \"size\" before the first" },
	{ "[receiver]\nchip = abacus\n", ":2: chip: \"abacus\" is none of" },
	{ "[room]\n", ": a [sender NAME] is missing" },
	{ "[sender ap]\n[fan f]\n", ": the fan above needs at" },
	{ "[sender ap]\n[sender ap]\n", ":2: a second \"ap\"" },
	{ "[sender ap]\nat = 4.5 2 1\n", ":2: ap is less than 0.3 m from the receiver" },
	{ "[sender ap]\nat = 9 2 1\n", ":2: ap is outside of the room" },
	{ "[receiver]\nat = 1 1 9\n[sender ap]\n", ":2: the receiver is outside" },
	{ "[receiver]\ntones = -900 900 0\n[sender ap]\n", ":2: these tones do not fit" },
	{ "[sender ap]\n[person a]\nat = 0.1 3\n", ":3: a is in a wall" },
	{ "[sender ap]\n[person a]\nat = 0.5 2\n", ":3: a is less than 0.3 m from the sender ap" },
	{ "[sender ap]\nat = 0.02 2 1\n[person a]\nat = 0.25 2.1\n", ":4: a is less than 0.3 m from the" },
	{ "[sender ap]\n[wall w]\nfrom = 2 0\nto = 2 4\n[person a]\nat = 2.1 3\n", ":6: a stands in the wall \"w\"" },
	{ "[sender ap]\n[wall w]\nfrom = 2 0\nto = 2 4\n[person a]\nat = 3 3\nat_time = 2 walk 1 3\n",
	  ":7: a walks through the wall \"w\"" },
	{ "[sender ap]\n[wall w]\nfrom = 2 0\nto = 2 0\n", ":4: the wall \"w\" has no length" },
	{ "[sender ap]\n[person a]\nat = 2 3.8\nat_time = 2 walk 2 3.9\n", ":4: a is in a wall" },
	{ "[sender ap]\n[person a]\nat = 0.5 3\nat_time = 2 walk 0.5 1\n", ":4: a walks through the sender ap" },
	{ ROOM "at_time = 20 sit\nat_time = 10 get_up\n", ":4: at_time 10 is before the step above" },
	{ ROOM "at_time = 20 wander 30\nat_time = 30 sit\n", ":4: at 30 s the step above is still on" },
	{ ROOM "at_time = 99 sit\n", ":3: at 99 s the scene is over" },
	{ ROOM "at_time = 9 enter 2 2\n", ":3: a is already there" },
	{ ROOM "at_time = 9 leave\nat_time = 10 sit\n", ":4: a is not there" },
	{ ROOM "at_time = 9 fall_bed\n", ":3: a does not lie on a bed" },
	{ ROOM "at_time = 9 fly\n", ":3: nobody can \"fly\"" },
	{ ROOM "at_time = 9 walk 2\n", ":3: walk needs X Y" },
	{ ROOM "height = 1\nheight = 2\n", ":4: height is there twice" },
	{ ROOM "area = 1 1 1.2 3\n", ":3: this area is not at least 1 m" },
	{ "[sender ap]\n[dog d]\nat = 2 3 0.4\narea = 0 0 9 3\n", ":4: this area is not inside" },
	{ ROOM "[person b]\n", ":3: b is where a is" },
	{ "[sender ap]\n[fan f]\nat = 2 2 1\nfrom = 9\nuntil = 5\n", ":5: f ends at 5 s, before it begins" },
	{ "[sender ap]\n[fan f]\nat = 2 2 1\nfrom = 99\n", ":4: at 99 s the scene is over" },
	{ "[sender ap]\n[fan f]\nat = 2 2 9\n", ":3: f is outside" },
	{ "[sender ap]\n[fan f]\nat = 0.5 2 1.05\n", ":3: f is less than 0.1 m from ap" },
	{ "[room]\ndiffuse = 30\n[sender ap]\n[robot r]\n", ":4: r cannot carry" },
	{ "[sender ap]\nrate = 5 5\n", ":2: rate: \"5\" is too much" },
	{ "what\n", ":1: neither" },
};

static void a_wrong_scene_is_told_with_its_line(void **state)
{
	char error[RENDER_ERROR];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		const char *path = write_text("wrong.scene", wrong[i].text);
		struct render *r = render_open(path, NULL, error);

		if (r)
			fail_msg("nothing is wrong with:\n%s", wrong[i].text);
		if (strncmp(error, path, strlen(path)) || !strstr(error, wrong[i].fault))
			fail_msg("expected \"%s\", got: %s", wrong[i].fault, error);
	}
}

static struct labels labels;

static void read_truth(const char *text)
{
	char error[RENDER_ERROR];
	struct render *r = render_open(write_text("truth.scene", text), NULL, error);

	if (!r)
		fail_msg("%s", error);
	assert_int_equal(truth_labels(&r->world, path_of("truth.csv"), "truth.csic"), 0);
	render_close(r);
	if (labels_read(&labels, path_of("truth.csv"), error))
		fail_msg("%s", error);
}

static void has(const char *label, double from_s, double until_s)
{
	for (int i = 0; i < labels.count; i++)
		if (!strcmp(labels.row[i].label, label) && fabs(labels.row[i].start_s - from_s) < 0.1 &&
		    fabs(labels.row[i].end_s - until_s) < 0.1)
			return;
	fail_msg("no %s from %g to %g s", label, from_s, until_s);
}

static void the_truth_is_a_table_of_labels(void **state)
{
	(void)state;
	read_truth(
	    "[room]\nduration = 90\n[sender ap]\n[person a]\nposture = sit\nbreathing = 12\nheart = 70\nstruggle = 2\n"
	    "at_time = 40 get_up\nat_time = 50 fall_buckle 0\n");
	has("breathing", 0, 40);
	has("heart", 0, 40);
	has("get_up", 40, 41.4);
	has("fall", 50, 53.3);
	has("breathing", 53.3, 90);
	for (int i = 0; i < labels.count; i++) {
		if (!strcmp(labels.row[i].label, "breathing"))
			assert_in_range((int)(10 * labels.row[i].rate_per_min), 100, 140);
		if (!strcmp(labels.row[i].label, "heart"))
			assert_in_range((int)(10 * labels.row[i].rate_per_min), 650, 750);
	}
	labels_free(&labels);
}

static void who_is_elsewhere_is_not_here(void **state)
{
	(void)state;
	read_truth("[room]\nduration = 60\n[sender ap]\n[person a]\nelsewhere = yes\nat_time = 20 fall_slump\n");
	assert_int_equal(labels.count, 1);
	has("empty", 0, 60);
	labels_free(&labels);
}

static void every_scene_that_is_bundled_is_right(void **state)
{
	static const char *const names[] = { "fall_kinds", "child_in_car", "newborn", "washing_machine",
					     "robot",      "leaned_car",   "talker",  "neighbour",
					     "still_air",  "bad_radio" };
	char error[RENDER_ERROR];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char path[64];
		struct render *r;

		snprintf(path, sizeof(path), "tests/scenes/%s.scene", names[i]);
		r = render_open(path, NULL, error);
		if (!r)
			fail_msg("%s", error);
		render_close(r);
	}
}

static void the_suite_has_what_it_promises_and_is_the_same_each_time(void **state)
{
	int scenes = 0, vital = 0, hours = 0, falls = 0, like = 0;
	char error[RENDER_ERROR];
	FILE *told = fopen("/dev/null", "w");

	(void)state;
	for (const struct suite_set *s = suite_sets; s->name; s++) {
		scenes += s->count;
		vital += !strcmp(s->group, "rooms") || !strcmp(s->name, "infant") ? s->count : 0;
		hours += !strcmp(s->name, "empty") ? s->count : 0;
		falls += !strcmp(s->name, "fall") ? s->count : 0;
		like += !strcmp(s->name, "fall_like") ? s->count : 0;
	}
	assert_true(scenes >= 3500 && vital >= 200);
	assert_int_equal(hours, 48);
	assert_int_equal(falls, 300);
	assert_int_equal(like, 3000);
	assert_int_equal(suite_write(path_of("one"), "all", true, told, error), 0);
	assert_int_equal(suite_write(path_of("two"), "falls", true, told, error), 0);
	assert_int_equal(suite_write(path_of("two"), "rooms", true, told, error), 0);
	assert_true(same_bytes(path_of("one/falls.csv"), path_of("two/falls.csv")));
	assert_true(same_bytes(path_of("one/rooms.csv"), path_of("two/rooms.csv")));
	assert_true(suite_write(path_of("one"), "nonsense", true, told, error) < 0);
	assert_non_null(strstr(error, "no set \"nonsense\""));
	fclose(told);
}

/* What is measured on simulated recordings is what the chip was told to do. */
static void profiles_do_to_a_recording_what_recordings_show(void **state)
{
	static const struct { const char *chip; double error_db, delay_ns, steps, step_db; } chip[] = {
		{ "esp32", -27.8, 0.8, 0.011, 9 }, { "intel5300", -30, 9, 0.12, 1 }, { "ath9k", -36, 8, 0, 0 },
		{ "bcm43455", -31, 55, 0.05, 2.7 },
	};
	char error[MEASURE_ERROR], text[160];
	struct measure m;

	(void)state;
	for (size_t i = 0; i < sizeof(chip) / sizeof(*chip); i++) {
		snprintf(text, sizeof(text),
			 "[room]\nduration = 60\n[receiver]\nchip = %s\n[sender a]\nrate = 50\n", chip[i].chip);
		record(write_text("chip.scene", text), NULL, path_of("chip.csic"));
		assert_int_equal(measure_recording(&m, path_of("chip.csic"), error), 0);
		assert_in_range((int)(1000 + 10 * (m.error_db - chip[i].error_db)), 1000 - 15, 1000 + 15);
		assert_in_range((int)(100 * m.delay_ns / chip[i].delay_ns), 80, 125);
		assert_in_range((int)(1000 + 1000 * (m.gain_steps - chip[i].steps)), 1000 - 25, 1000 + 25);
		if (chip[i].step_db > 0)
			assert_in_range((int)(100 * m.gain_step_db / chip[i].step_db), 85, 125);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_gives_the_same_bytes),
		cmocka_unit_test(a_recording_says_that_it_is_simulated),
		cmocka_unit_test(a_wrong_scene_is_told_with_its_line),
		cmocka_unit_test(the_truth_is_a_table_of_labels),
		cmocka_unit_test(who_is_elsewhere_is_not_here),
		cmocka_unit_test(every_scene_that_is_bundled_is_right),
		cmocka_unit_test(the_suite_has_what_it_promises_and_is_the_same_each_time),
		cmocka_unit_test(profiles_do_to_a_recording_what_recordings_show),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
