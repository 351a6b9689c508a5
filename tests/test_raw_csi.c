/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Raw CSI to a reader that is slow, or says nonsense, or goes: frames come whole or not at
 * all, memory has a bound, and the loop is never held up. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "daemon/formats/recording.h"
#include "daemon/log.h"
#include "daemon/raw_csi.h"
#include "tests/support/scratch.h"
#include "tests/support/tree.h"

#define FRAMES 40
#define SAMPLES 16384		/* the largest there are: 64 KiB each */

static struct config config;
static struct loop *loop;
static struct raw_csi *raw;
static struct source source;
static const struct source_driver driver = { .name = "test" };
static struct csi_tones tones;
static struct csi_sample samples[SAMPLES];
static int switched;
static bool paused;

static void on_changed(void *owner, bool on)
{
	(void)owner;
	switched += on ? 1 : -1;
}

static bool on_paused(void *owner, int number)
{
	(void)owner;
	assert_int_equal(number, 1);
	return paused;
}

static int set_up(void **state)
{
	const struct raw_csi_options o = { .config = &config, .changed = on_changed, .paused = on_paused };
	struct raw_csi_options own = o;

	(void)state;
	memset(&config, 0, sizeof(config));
	config.sources = 2;
	snprintf(config.source[0].name, CONFIG_NAME_LEN, "a");
	snprintf(config.source[1].name, CONFIG_NAME_LEN, "b");
	config.raw_csi_s = 60;
	snprintf(config.raw_csi_socket, sizeof(config.raw_csi_socket), "%s/csi", tree_begin());
	source = (struct source){ .driver = &driver, .config = &config.source[1], .number = 1, .origin = "live" };
	tones.count = 256;
	tones.spacing_hz = 312500;
	for (int i = 0; i < 256; i++)
		tones.index[i] = (int16_t)(i - 128);
	for (int i = 0; i < SAMPLES; i++)
		samples[i] = (struct csi_sample){ (int16_t)(i * 2), (int16_t)-i };
	paused = false;
	switched = 0;
	loop = loop_create();
	own.loop = loop;
	return !loop || raw_csi_open(&raw, &own);
}

static int tear_down(void **state)
{
	(void)state;
	raw_csi_close(raw);
	assert_int_equal(switched, 0);
	assert_int_equal(access(config.raw_csi_socket, F_OK), -1);
	loop_destroy(loop);
	return 0;
}

static enum command_error ask(double for_s)
{
	const struct command_request r = { .action = ACTION_RAW_CSI, .local = true, .for_s = for_s, .source = "b" };
	struct command_reply reply = { .field = NULL };

	return raw_csi_command(raw, &r, &reply);
}

static void on_moment(void *owner)
{
	loop_stop(owner);
}

static void turn(void)
{
	struct loop_timer *t = loop_timer_add(loop, 0.05, 0, on_moment, loop);

	assert_non_null(t);
	loop_run(loop);
	loop_timer_remove(t);
}

static int read_it(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(a.sun_path, config.raw_csi_socket, strlen(config.raw_csi_socket) + 1);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	turn();
	return fd;
}

static void give(uint64_t time_us)
{
	const struct csi_frame f = {
		.time_us = time_us, .tones = &tones, .samples = samples, .rx_count = 8, .tx_count = 8, .scale = 1,
		.freq_mhz = 5180, .bandwidth_mhz = 80,
	};

	raw_csi_frame(raw, &source, &f);
}

static struct json *said(void)
{
	struct json *j = json_object();

	raw_csi_write(raw, j);
	return j;
}

static int frames_said(void)
{
	struct json *j = said();
	double n = -1;

	json_get_number(json_get(j, "raw_csi"), "frames", &n);
	json_free(j);
	return (int)n;
}

/* All that came until it was hung up on, as a recording; the frames in it. */
static int frames_in(int fd, uint64_t *last_us)
{
	size_t len = 0, room = FRAMES * 70000 + 10000;
	uint8_t *p = malloc(room);
	char error[RECORDING_ERROR_LEN];
	const struct csi_frame *f;
	struct recording *in;
	int n = 0;

	assert_non_null(p);
	for (ssize_t got; (got = recv(fd, p + len, room - len, MSG_DONTWAIT)) != 0;) {
		raw_csi_tick(raw);
		if (got > 0)
			len += (size_t)got;
		else if (ask(0) != COMMAND_NONE)	/* nothing more waits */
			fail();
	}
	assert_int_equal(recording_open(&in, scratch_write("raw.csic", p, len), error), 0);
	while (recording_frame(in, &f, error) == 1) {
		assert_int_equal(csi_samples(f), SAMPLES);
		assert_memory_equal(f->samples, samples, sizeof(samples));
		*last_us = f->time_us;
		n++;
	}
	assert_null(recording_damage(in));
	assert_int_equal(recording_info(in)->damaged, 0);
	assert_string_equal(recording_info(in)->driver, "test");
	assert_string_equal(recording_info(in)->device, "b");
	assert_string_equal(recording_info(in)->origin, "live");
	recording_close(in);
	free(p);
	return n;
}

static void a_slow_reader_misses_whole_frames(void **state)
{
	uint64_t last_us = 0;
	int fd, given;

	(void)state;
	assert_int_equal(ask(30), COMMAND_NONE);
	fd = read_it();
	for (int i = 0; i < FRAMES; i++)
		give(1000000 + (uint64_t)i * 1000);
	given = frames_said();
	assert_in_range(given, 3, FRAMES - 10);		/* what the socket and we have room for */
	assert_int_equal(frames_in(fd, &last_us), given);
	assert_int_equal(last_us, (uint64_t)(given - 1) * 1000);
	close(fd);
}

static void a_reader_may_go_and_another_may_come(void **state)
{
	uint64_t last_us = 0;
	int fd;

	(void)state;
	assert_int_equal(ask(30), COMMAND_NONE);
	give(1);			/* nobody is there */
	fd = read_it();
	assert_int_equal(send(fd, "hello", 5, 0), 5);
	give(2);
	close(fd);
	give(3);
	turn();
	give(4);
	fd = read_it();
	give(1000);
	give(900);			/* a clock that goes back does not, in a recording */
	give(3000);
	assert_int_equal(frames_in(fd, &last_us), 3);
	assert_int_equal(last_us, 2000);
	close(fd);
}

static void only_what_was_asked_for_and_is_not_paused_comes(void **state)
{
	const struct command_request by_mqtt = { .action = ACTION_RAW_CSI, .for_s = 10, .source = "b" };
	struct command_reply reply = { .field = NULL };
	struct source other = source;
	uint64_t last_us = 0;
	struct json *j;
	int fd;

	(void)state;
	assert_int_equal(raw_csi_command(raw, &by_mqtt, &reply), COMMAND_NOT_SUPPORTED);
	assert_int_equal(ask(NAN), COMMAND_INVALID);
	assert_int_equal(ask(61), COMMAND_INVALID);
	assert_int_equal(ask(0.5), COMMAND_INVALID);
	j = said();
	assert_false(json_has(j, "raw_csi"));
	json_free(j);
	assert_int_equal(ask(60), COMMAND_NONE);
	assert_int_equal(switched, 1);
	fd = read_it();
	other.number = 0;
	raw_csi_frame(raw, &other, &(struct csi_frame){ .tones = &tones, .samples = samples });
	paused = true;
	give(1);
	paused = false;
	assert_int_equal(frames_said(), 0);
	give(5000);
	paused = true;
	give(6000);
	assert_int_equal(frames_in(fd, &last_us), 1);
	close(fd);
}

static void a_socket_that_cannot_be_made_is_an_error(void **state)
{
	(void)state;
	tree_file("/csi", "no socket");
	assert_int_equal(ask(10), COMMAND_FAILED);
	assert_int_equal(switched, 0);
	assert_int_equal(unlink(config.raw_csi_socket), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_slow_reader_misses_whole_frames, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_reader_may_go_and_another_may_come, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_what_was_asked_for_and_is_not_paused_comes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_socket_that_cannot_be_made_is_an_error, set_up, tear_down),
	};

	log_open(LOG_LVL_ERROR - 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
