/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * daemon/learned.c: what rooms and their links have learned goes through a file into another run, and a
 * file that is damaged, or of another house, teaches nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/checksum.h"
#include "daemon/learned.h"
#include "tests/support/mute.h"
#include "tests/support/synth.h"

#define BOOT   "11111111-2222-3333-4444-555555555555"
#define SECOND UINT64_C(1000000)
#define ALL    UINT64_MAX

static struct sensing *sensing;
static struct synth world;
static struct sensing_memory_tally tally;
static struct alarm_clock now = { .mono_us = 100 * SECOND, .wall_us = 1790000000 * SECOND, .synced = true };

/* --- a house ------------------------------------------------------------------------- */

static struct sensing_room_options room_options(const char *name, const char *devices)
{
	struct sensing_room_options o = { .origin = "live", .profile = profile_find("bathroom"), .sources = 1 };

	snprintf(o.name, sizeof(o.name), "%s", name);
	for (; *devices; devices++) {
		struct sensing_device *d = &o.device[o.devices++];

		d->kind = *devices == 'l' ? DEVICE_LOUVER : DEVICE_FAN;
		snprintf(d->name, sizeof(d->name), "%c", *devices);
	}
	return o;
}

static void build(const char *room, const char *devices)
{
	const struct sensing_output output = mute();
	const struct sensing_room_options o = room_options(room, devices);

	sensing_free(sensing);
	sensing = NULL;
	assert_int_equal(sensing_create(&sensing, "t", &output), 0);
	assert_int_equal(sensing_add_room(sensing, &o), 0);
}

static int begin(void **state)
{
	(void)state;
	world = (struct synth){ .rx_count = 2, .tones = 16, .rate_hz = 20, .amplitude = 1000, .noise = 10,
				.breath_hz = 0.2f, .chest = 0.2f, .swing_rad = 0 };
	synth_start(&world, 7);
	build("bath", "lf");
	return 0;
}

static int end(void **state)
{
	(void)state;
	sensing_free(sensing);
	sensing = NULL;
	return 0;
}

static void pass(float seconds)
{
	uint64_t until_us = world.now_us + (uint64_t)(seconds * 1e6f);

	while (world.now_us < until_us)
		sensing_frame(sensing, 0, synth_next(&world));
}

static enum presence_state presence(void)
{
	return sensing_room_state(sensing, 0)->presence;
}

/* An empty room in which a louver swings, too evenly and too slowly for anybody; until it is known. */
static void teach(void)
{
	world.swing_rad = 0;
	pass(120);
	assert_int_equal(presence(), PRESENCE_EMPTY);
	assert_true(sensing_device(sensing, 0, "l", DEVICE_ON));
	world.swing_rad = 2;
	pass(60);
	assert_int_equal(presence(), PRESENCE_EMPTY);
}

static uint8_t *pack(size_t *len)
{
	int left_out;
	uint8_t *p = learned_pack(sensing, ALL, &now, BOOT, len, &left_out);

	assert_int_equal(left_out, 0);
	return p;
}

static const char *unpack(const uint8_t *p, size_t len)
{
	return learned_unpack(sensing, ALL, &now, BOOT, p, len, &tally);
}

static enum device_state louver(void)
{
	return sensing_surroundings(sensing, 0)->device[0].state;
}

/* Bits of sensing.h: whether the louver is known to move things, on the link that is there. */
static bool known_to_move(void)
{
	return sensing_room_state(sensing, 0)->absorbed & ABSORBED_MOTION;
}

/* --- tests --------------------------------------------------------------------------- */

static void who_has_learned_nothing_has_no_file(void **state)
{
	size_t len = 1;

	(void)state;
	assert_null(pack(&len));
	assert_int_equal(len, 0);
	pass(10);
	assert_null(pack(&len));
}

static void a_house_goes_on_where_it_was(void **state)
{
	size_t len, again;
	uint8_t *p, *q;

	(void)state;
	teach();
	p = pack(&len);
	assert_non_null(p);
	build("bath", "lf");
	assert_int_equal(louver(), DEVICE_UNKNOWN);
	assert_false(known_to_move());
	assert_null(unpack(p, len));
	assert_int_equal(tally.rooms, 1);
	assert_int_equal(tally.links, 1);
	assert_int_equal(tally.unknown + tally.other + tally.spoilt, 0);
	assert_int_equal(louver(), DEVICE_ON);
	q = pack(&again);			/* before a frame has come nothing is lost */
	assert_int_equal(again, len);
	assert_int_equal(learned_hash(q, again), learned_hash(p, len));
	free(q);
	pass(1);				/* nor of a link that is there, and does not count yet */
	free(pack(&again));
	assert_int_equal(again, len);
	pass(9);
	assert_true(known_to_move());
	assert_int_not_equal(presence(), PRESENCE_OCCUPIED);
	q = pack(&again);			/* and what the link took over is its own now */
	assert_int_equal(again, len);
	free(q);
	free(p);
}

static void a_link_that_was_away_knows_what_it_knew(void **state)
{
	(void)state;
	teach();
	world.now_us += 300 * SECOND;
	sensing_advance(sensing, 0, world.now_us);
	assert_null(sensing_room_wiring(sensing, 0)->link[0].link);
	pass(10);
	assert_true(known_to_move());
}

static void what_is_to_be_forgotten_is(void **state)
{
	size_t len, less;
	uint8_t *p;

	(void)state;
	teach();
	free(pack(&len));
	sensing_forget(sensing, 0);
	p = pack(&less);
	assert_true(less < len && less < 120);
	assert_int_equal(louver(), DEVICE_ON);		/* a fact, as it was told */
	free(p);
	assert_int_equal(sensing_pause(sensing, 0, SECOND), 0);
	free(pack(&len));
	assert_int_equal(len, less);
}

static void other_devices_rooms_and_sources_learn_anew(void **state)
{
	size_t len;
	uint8_t *p;

	(void)state;
	teach();
	p = pack(&len);
	build("bath", "fl");
	assert_null(unpack(p, len));
	assert_int_equal(tally.other, 1);
	assert_int_equal(tally.links, 0);
	assert_int_equal(sensing_surroundings(sensing, 0)->device[1].state, DEVICE_ON);	/* it goes by its name */
	build("kitchen", "lf");
	assert_null(unpack(p, len));
	assert_int_equal(tally.rooms + tally.links, 0);
	assert_true(tally.unknown > 0);
	assert_int_equal(louver(), DEVICE_UNKNOWN);
	build("bath", "lf");
	assert_null(learned_unpack(sensing, 0, &now, BOOT, p, len, &tally));	/* no room is asked for */
	assert_int_equal(tally.rooms, 0);
	free(p);
}

static void hearsay_is_not_kept(void **state)
{
	size_t len;
	uint8_t *p;

	(void)state;
	sensing_source_hearsay(sensing, 0);
	teach();
	p = pack(&len);
	build("bath", "lf");
	assert_null(unpack(p, len));
	assert_int_equal(tally.links, 0);
	free(p);
	build("bath", "lf");
	teach();
	p = pack(&len);
	build("bath", "lf");
	sensing_source_hearsay(sensing, 0);
	assert_null(unpack(p, len));
	assert_int_equal(tally.links, 0);	/* and teaches none */
	pass(10);
	assert_false(known_to_move());
	free(p);
}

/* The check, or the head, finds every flipped bit; every cut is one. */
static void a_file_that_is_damaged_is_told_and_teaches_nothing(void **state)
{
	size_t len;
	uint8_t *p;

	(void)state;
	teach();
	p = pack(&len);
	build("bath", "lf");
	for (size_t i = 0; i < len; i++) {
		assert_non_null(unpack(p, i));
		p[i] ^= (uint8_t)(1 << i % 8);
		assert_non_null(unpack(p, len));
		p[i] ^= (uint8_t)(1 << i % 8);
	}
	assert_int_equal(louver(), DEVICE_UNKNOWN);
	p[7]++;
	assert_string_equal(unpack(p, len), "is of another version");
	free(p);
}

static void put_le32(uint8_t *p, uint32_t x)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(x >> 8 * i);
}

/* Whose check is right all the same. */
static void parts_that_make_no_sense_are_counted_and_left_out(void **state)
{
	size_t len, counted = 0;
	uint8_t *p;

	(void)state;
	teach();
	p = pack(&len);
	for (size_t i = 64; i < len - 4; i++) {
		uint8_t was = p[i];

		p[i] = 0xff;
		put_le32(p + len - 4, checksum_bytes(0, p, len - 4));
		if (i % 16 == 0)
			build("bath", "lf");
		assert_null(unpack(p, len));
		counted += tally.spoilt + tally.unknown + tally.other > 0;
		p[i] = was;
	}
	assert_true(counted > 30);
	pass(5);
	free(p);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_has_learned_nothing_has_no_file),
		TEST(a_house_goes_on_where_it_was),
		TEST(a_link_that_was_away_knows_what_it_knew),
		TEST(what_is_to_be_forgotten_is),
		TEST(other_devices_rooms_and_sources_learn_anew),
		TEST(hearsay_is_not_kept),
		TEST(a_file_that_is_damaged_is_told_and_teaches_nothing),
		TEST(parts_that_make_no_sense_are_counted_and_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
