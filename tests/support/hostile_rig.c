/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "daemon/formats/bytes.h"
#include "daemon/json.h"
#include "tests/support/hostile_rig.h"
#include "tests/support/mute.h"

struct sensing *sensing;
unsigned long messages;
static uint64_t message_us;

static void on_publish(void *owner, uint64_t now_us, const struct message *m)
{
	size_t len = strlen(m->payload);
	struct json *json = json_parse(m->payload, len);

	(void)owner;
	assert_non_null(json);
	json_free(json);
	assert_true(len < 16384);
	assert_true(now_us >= message_us);
	message_us = now_us;
	messages++;
}

void hostile_begin(const struct wiring_wanted *wanted)
{
	struct sensing_output output = mute();
	struct sensing_room_options room = { .name = "room", .origin = "simulated", .profile = &profiles[0],
					     .sources = 3 };

	output.publish = on_publish;
	messages = 0;
	message_us = 0;
	if (wanted) {
		room.wanted[0] = *wanted;
		room.wanted_count = 1;
	}
	assert_int_equal(sensing_create(&sensing, "sixth/test", &output), 0);
	assert_int_equal(sensing_add_room(sensing, &room), 0);
}

int hostile_setup(void **state)
{
	(void)state;
	hostile_begin(NULL);
	return 0;
}

int hostile_teardown(void **state)
{
	(void)state;
	sensing_free(sensing);
	sensing = NULL;
	return 0;
}

const struct wiring *wiring(void)
{
	return sensing_room_wiring(sensing, 0);
}

int links(void)
{
	int n = 0;

	for (int i = 0; i < WIRING_LINKS_MAX; i++)
		n += wiring()->link[i].link != NULL;
	return n;
}

const struct wiring_link *link_of(unsigned transmitter)
{
	for (int i = 0; i < WIRING_LINKS_MAX; i++) {
		const struct wiring_link *l = &wiring()->link[i];

		if (l->link && get_le32(l->key.mac + 2) == transmitter)
			return l;
	}
	return NULL;
}

uint64_t frames_of(unsigned transmitter)
{
	const struct wiring_link *l = link_of(transmitter);

	return l ? link_stats(l->link)->frames : 0;
}
