/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_udp.c -- sources of datagrams, over real sockets: the same frames as out of a file,
 * and what strangers and broken senders may bring. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/checksum.h"
#include "daemon/formats/recording.h"
#include "daemon/log.h"
#include "daemon/udp.h"
#include "tests/support/listener.h"
#include "tests/support/scratch.h"
#include "tests/support/sender.h"

#define PI4         "tests/fixtures/formats/nexmon_pi4_head.pcap"
#define UDP_PAYLOAD 42			/* Ethernet, IP, UDP */

static struct listener l;
static int port, sender = -1;

static void open_source(const char *driver, const char *senders)
{
	char lines[512];

	port = sender_free_port();
	snprintf(lines, sizeof(lines), "driver = %s\nlisten = 127.0.0.1:%d\nsenders = %s\n", driver, port, senders);
	assert_int_equal(listener_open(&l, lines), 0);
	sender = sender_open("127.0.0.1", 0, port);
}

static void end_source(void)
{
	listener_close(&l);
	close(sender);
}

static uint64_t dropped(enum source_drop d)
{
	return l.source.counts.dropped[d];
}

/* What of a frame does not depend on when it came. */
static uint32_t hash_frame(uint32_t h, const struct csi_frame *f)
{
	h = checksum_bytes(h, f->tx_mac, sizeof(f->tx_mac));
	h = checksum_bytes(h, &f->sequence, sizeof(f->sequence));
	h = checksum_bytes(h, f->rssi_dbm, sizeof(f->rssi_dbm));
	h = checksum_bytes(h, &f->freq_mhz, sizeof(f->freq_mhz));
	h = checksum_bytes(h, &f->tones->hash, sizeof(f->tones->hash));
	return checksum_bytes(h, f->samples, sizeof(*f->samples) * (size_t)csi_samples(f));
}

static uint32_t hash_of_file(int *frames)
{
	char error[RECORDING_ERROR_LEN];
	const struct csi_frame *f;
	struct recording *r;
	uint32_t h = 0;

	assert_int_equal(recording_open(&r, PI4, error), 0);
	for (*frames = 0; recording_frame(r, &f, error) == 1; (*frames)++)
		h = hash_frame(h, f);
	recording_close(r);
	return h;
}

/* --- nexmon ------------------------------------------------------------------------ */

static void a_capture_and_its_datagrams_give_the_same_frames(void **state)
{
	uint32_t want, got = 0;
	size_t len, at = 24;
	int frames;
	uint8_t *p = scratch_read(PI4, &len);

	(void)state;
	want = hash_of_file(&frames);
	assert_true(frames > 5);
	open_source("nexmon", "127.0.0.1");
	for (int n = 1; n <= frames; n++) {
		size_t packet = get_le32(p + at + 8);

		sender_send(sender, p + at + 16 + UDP_PAYLOAD, packet - UDP_PAYLOAD);
		at += 16 + packet;
		assert_true(listener_frames(&l, n));	/* a packet without another part goes out, too */
		got = hash_frame(got, &l.frame);
	}
	assert_int_equal(at, len);
	assert_int_equal(l.frames, frames);
	assert_int_equal(got, want);
	assert_false(l.went_back);
	assert_true(l.source.driver->hearsay);
	end_source();
	free(p);
}

/* Of 20 MHz; the values are the bins' numbers, and the core's. */
static size_t make_nexmon(uint8_t *p, int sequence, int core, int stream, bool old, bool floats)
{
	memcpy(p, "\x11\x11\xc4\x88\x02\x11\x22\x33\x44\x55", 10);
	if (old)
		memcpy(p, "\x11\x11\x11\x11", 4);
	put_le16(p + 10, (uint16_t)(sequence << 4));
	put_le16(p + 12, (uint16_t)(core | stream << 3));
	put_le16(p + 14, 0x1006);
	put_le16(p + 16, floats ? 106 : 101);
	for (int i = 0; i < 64; i++)
		put_le32(p + 18 + 4 * i, floats ? (uint32_t)(i + 1) << 18 : (uint32_t)(i << 16 | core));
	return 18 + 4 * 64;
}

static void cores_and_streams_are_joined(void **state)
{
	uint8_t p[512];

	(void)state;
	open_source("nexmon", "127.0.0.1");
	for (int packet = 1; packet <= 3; packet++) {
		for (int core = 0; core < 2; core++)
			for (int stream = 0; stream < 2; stream++)
				sender_send(sender, p, make_nexmon(p, packet, core, stream, false, false));
		assert_true(listener_frames(&l, packet));
		assert_int_equal(l.frame.rx_count, 2);
		assert_int_equal(l.frame.tx_count, 2);
		assert_int_equal(csi_pair(&l.frame, 1, 0)[0].re, 1);
		assert_int_equal(csi_pair(&l.frame, 1, 1)[30].im, csi_pair(&l.frame, 0, 0)[30].im);
	}
	sender_send(sender, p, make_nexmon(p, 4, 1, 0, false, false));
	assert_true(listener_dropped(&l, SOURCE_DROP_INCOMPLETE, 1));
	assert_int_equal(l.frames, 3);
	end_source();
}

static void old_headers_and_packed_floats_are_read(void **state)
{
	uint8_t p[512];

	(void)state;
	open_source("nexmon", "127.0.0.1");
	sender_send(sender, p, make_nexmon(p, 1, 0, 0, true, false));
	assert_true(listener_frames(&l, 1));
	assert_int_equal(l.frame.rssi_dbm[0], CSI_RSSI_UNKNOWN);
	sender_send(sender, p, make_nexmon(p, 2, 0, 0, false, true));
	assert_true(listener_frames(&l, 2));
	assert_int_equal(l.frame.rssi_dbm[0], -60);
	assert_true(l.frame.samples[51].re > l.frame.samples[26].re);
	assert_true(l.frame.samples[26].re > 0);
	end_source();
}

/* --- who may send, and what ------------------------------------------------------- */

static void strangers_are_not_heard(void **state)
{
	char senders[64];
	uint8_t p[512];
	size_t len = make_nexmon(p, 1, 0, 0, false, false);
	int stranger, friend;

	(void)state;
	open_source("nexmon", "127.0.0.1");
	stranger = sender_open("127.0.0.2", 0, port);
	sender_send(stranger, p, len);
	assert_true(listener_dropped(&l, SOURCE_DROP_FOREIGN_SENDER, 1));
	assert_int_equal(l.frames, 0);
	close(stranger);
	end_source();

	friend = sender_free_port();
	snprintf(senders, sizeof(senders), "127.0.0.2 127.0.0.1:%d", friend);
	open_source("nexmon", senders);
	sender_send(sender, p, len);		/* the right address, another port */
	assert_true(listener_dropped(&l, SOURCE_DROP_FOREIGN_SENDER, 1));
	friend = sender_open("127.0.0.1", friend, port);
	sender_send(friend, p, len);
	assert_true(listener_frames(&l, 1));
	assert_int_equal(dropped(SOURCE_DROP_FOREIGN_SENDER), 1);
	close(friend);
	end_source();
}

static void nonsense_is_counted_and_life_goes_on(void **state)
{
	static uint8_t p[8000];
	size_t len = make_nexmon(p, 1, 0, 0, false, false);

	(void)state;
	open_source("nexmon", "127.0.0.1");
	sender_send(sender, "", 0);
	sender_send(sender, "hello", 5);
	assert_true(listener_dropped(&l, SOURCE_DROP_OTHER_KIND, 2));
	sender_send(sender, p, len - 8);	/* half of it */
	assert_true(listener_dropped(&l, SOURCE_DROP_MALFORMED, 1));
	sender_send(sender, p, sizeof(p));
	assert_true(listener_dropped(&l, SOURCE_DROP_TOO_LONG, 1));
	assert_int_equal(l.frames, 0);
	sender_send(sender, p, len);
	assert_true(listener_frames(&l, 1));
	end_source();
}

static void a_flood_is_bounded_and_told(void **state)
{
	uint8_t p[512];
	size_t len = make_nexmon(p, 1, 0, 0, false, false);
	uint64_t passed, sent = 5000;

	(void)state;
	open_source("nexmon", "127.0.0.1");
	for (int i = 0; i < 5000; i++)		/* more than the socket holds; nobody reads meanwhile */
		sender_send(sender, p, len);
	listener_run(&l, 0.3);
	make_nexmon(p, 2, 0, 0, false, false);
	for (; !dropped(SOURCE_DROP_OVERRUN) && sent < 5050; sent++) {
		sender_send(sender, p, len);	/* the kernel tells with the next one that it has a place for */
		listener_run(&l, 0.2);
	}
	passed = (uint64_t)l.frames + dropped(SOURCE_DROP_MALFORMED) + dropped(SOURCE_DROP_INCOMPLETE);
	assert_true(passed > 0);
	assert_true(dropped(SOURCE_DROP_OVERRUN) > 0);
	assert_true(passed + dropped(SOURCE_DROP_OVERRUN) <= sent);
	end_source();
}

static void options_that_cannot_work_are_told(void **state)
{
	struct config_source c = { .listen = "127.0.0.1:5500", .senders = "127.0.0.1 ::1 [fe80::1]:7" };
	static const char *const wrong_listen[] = { "127.0.0.1", "1.2.3:x", "host:5500", "[::1", "::1", ":5", "1.2.3.4:0",
						    "1.2.3.4:65536", "[::1]5", "1.2.3.4:5500 1.2.3.5:5500" };

	(void)state;
	assert_null(udp_check(&c, true));
	for (size_t i = 0; i < sizeof(wrong_listen) / sizeof(*wrong_listen); i++) {
		snprintf(c.listen, sizeof(c.listen), "%s", wrong_listen[i]);
		assert_non_null(udp_check(&c, true));
	}
	snprintf(c.listen, sizeof(c.listen), "[::]:5500");
	assert_null(udp_check(&c, true));
	snprintf(c.senders, sizeof(c.senders), "127.0.0.1 nobody");
	assert_non_null(udp_check(&c, false));
	c.senders[0] = 0;
	assert_null(udp_check(&c, false));
	assert_non_null(strstr(udp_check(&c, true), "who may send"));
	c.listen[0] = 0;
	assert_non_null(udp_check(&c, false));
}

static void what_does_not_open_says_why(void **state)
{
	struct listener second;
	char lines[256];

	(void)state;
	open_source("nexmon", "127.0.0.1");
	snprintf(lines, sizeof(lines), "driver = nexmon\nlisten = 127.0.0.1:%d\nsenders = 127.0.0.1\n", port);
	assert_int_equal(listener_open(&second, lines), -EADDRINUSE);
	assert_non_null(strstr(second.source.error, "another program or source listens there"));
	listener_close(&second);
	assert_int_equal(listener_open(&second, "driver = nexmon\nlisten = 192.0.2.1:5500\nsenders = 127.0.0.1\n"),
			 -EADDRNOTAVAIL);
	assert_non_null(strstr(second.source.error, "is it one of this host's addresses?"));
	listener_close(&second);
	end_source();
}

/* --- esp32 ------------------------------------------------------------------------ */

/* Pair i of the buffer is (re i, im -i), of antenna a: 10 more. */
static size_t make_adr018(uint8_t *p, int antennas, int pairs, uint32_t channel, uint32_t sequence)
{
	put_le32(p, 0xC5110001u);
	p[4] = 7;
	p[5] = (uint8_t)antennas;
	put_le16(p + 6, (uint16_t)pairs);
	put_le32(p + 8, channel);
	put_le32(p + 12, sequence);
	p[16] = (uint8_t)-50;
	p[17] = (uint8_t)-95;
	put_le16(p + 18, 0);
	for (int i = 0; i < antennas * pairs; i++) {
		int v = i % pairs + i / pairs * 10;
		bool empty = i % pairs == 0 || (i % pairs >= 27 && i % pairs <= 37);

		p[20 + 2 * i] = (uint8_t)(empty ? 0 : -v);
		p[21 + 2 * i] = (uint8_t)(empty ? 0 : v);
	}
	return 20 + 2 * (size_t)(antennas * pairs);
}

static void adr018_datagrams_become_frames(void **state)
{
	uint8_t p[2048];

	(void)state;
	open_source("esp32_udp", "127.0.0.1");
	sender_send(sender, p, make_adr018(p, 1, 64, 2437, 100));
	assert_true(listener_frames(&l, 1));
	assert_memory_equal(l.frame.tx_mac, "\x02\xc5\x11\x00\x00\x07", 6);
	assert_int_equal(l.frame.freq_mhz, 2437);
	assert_int_equal(l.frame.sequence, 100);
	assert_int_equal(l.frame.rssi_dbm[0], -50);
	assert_int_equal(l.frame.noise_dbm, -95);
	assert_int_equal(l.frame.tones->count, 51);	/* the first pairs may be garbage */
	assert_int_equal(l.frame.tones->index[26], 2);
	assert_int_equal(l.frame.samples[26].re, 2);	/* imaginary part first */
	assert_int_equal(l.frame.samples[26].im, -2);
	assert_true(loop_now_us() - l.frame.time_us < 1000000);
	sender_send(sender, p, make_adr018(p, 2, 128, 2412000000u, 101));	/* hertz, two antennas */
	assert_true(listener_frames(&l, 2));
	assert_int_equal(l.frame.freq_mhz, 2412);
	assert_int_equal(l.frame.rx_count, 2);
	assert_int_equal(csi_pair(&l.frame, 1, 0)[26].re, 12);
	end_source();
}

static void other_datagrams_of_the_same_sender_are_passed_over(void **state)
{
	uint8_t p[2048];
	size_t len;

	(void)state;
	open_source("esp32_udp", "127.0.0.1");
	len = make_adr018(p, 1, 64, 2437, 1);
	p[0] = 2;				/* vital signs */
	sender_send(sender, p, 32);
	assert_true(listener_dropped(&l, SOURCE_DROP_OTHER_KIND, 1));
	p[0] = 1;
	sender_send(sender, p, len - 1);
	p[5] = 9;
	sender_send(sender, p, len);
	sender_send(sender, p, make_adr018(p, 1, 63, 2437, 1));
	sender_send(sender, p, make_adr018(p, 1, 64, 7, 1));
	sender_send(sender, "garbage", 7);
	assert_true(listener_dropped(&l, SOURCE_DROP_MALFORMED, 5));
	assert_int_equal(l.frames, 0);
	end_source();
}

static size_t make_espectre(uint8_t *p, bool older, uint8_t sequence, bool padded)
{
	size_t head = older ? 6 : 7;

	memset(p, 0, head + 128);
	memcpy(p, "SC\x03\x01", 4);
	p[head - 3] = sequence;
	put_le16(p + head - 2, 64);
	for (int i = 0; i < 57; i++)
		p[head + 2 * (i + (padded ? 4 : 0)) + 1] = (uint8_t)(i + 1);
	return head + 128;
}

static void espectre_datagrams_become_frames(void **state)
{
	uint8_t p[256];

	(void)state;
	open_source("esp32_udp", "127.0.0.1");
	sender_send(sender, p, make_espectre(p, false, 255, false));
	assert_true(listener_frames(&l, 1));
	assert_memory_equal(l.frame.tx_mac, "\x02\x53\x43\x00\x00\x03", 6);
	assert_true(l.frame.flags & CSI_GAIN_DONE);
	assert_int_equal(l.frame.sequence, 255);
	sender_send(sender, p, make_espectre(p, true, 1, false));	/* after 255 and 0 */
	assert_true(listener_frames(&l, 2));
	assert_int_equal(l.frame.sequence, 257);
	assert_false(l.frame.flags & CSI_GAIN_DONE);
	sender_send(sender, p, make_espectre(p, false, 2, true));
	assert_true(listener_frames(&l, 3));
	assert_int_equal(l.frame.phy, CSI_PHY_HT);	/* 57 pairs */
	assert_int_equal(l.frame.tones->index[27], -1);
	assert_int_equal(l.frame.samples[27].re, 57);
	sender_send(sender, p, 30);
	assert_true(listener_dropped(&l, SOURCE_DROP_MALFORMED, 1));
	end_source();
}

/* The chip alone does not tell boards apart: most have bought several of one kind. */
static void espectre_boards_of_one_chip_are_links_of_their_own(void **state)
{
	uint8_t p[256];
	int second;

	(void)state;
	open_source("esp32_udp", "127.0.0.1 127.0.0.2");
	second = sender_open("127.0.0.2", 0, port);
	for (int i = 0; i < 3; i++) {
		sender_send(sender, p, make_espectre(p, false, (uint8_t)(254 + i), false));
		assert_true(listener_frames(&l, 2 * i + 1));
		assert_memory_equal(l.frame.tx_mac, "\x02\x53\x43\x00\x00\x03", 6);
		assert_int_equal(l.frame.sequence, 254 + i);
		sender_send(second, p, make_espectre(p, false, (uint8_t)(7 + i), false));
		assert_true(listener_frames(&l, 2 * i + 2));
		assert_memory_equal(l.frame.tx_mac, "\x02\x53\x43\x00\x01\x03", 6);
		assert_int_equal(l.frame.sequence, 7 + i);
	}
	close(second);
	end_source();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_capture_and_its_datagrams_give_the_same_frames),
		cmocka_unit_test(cores_and_streams_are_joined),
		cmocka_unit_test(old_headers_and_packed_floats_are_read),
		cmocka_unit_test(strangers_are_not_heard),
		cmocka_unit_test(nonsense_is_counted_and_life_goes_on),
		cmocka_unit_test(a_flood_is_bounded_and_told),
		cmocka_unit_test(options_that_cannot_work_are_told),
		cmocka_unit_test(what_does_not_open_says_why),
		cmocka_unit_test(adr018_datagrams_become_frames),
		cmocka_unit_test(other_datagrams_of_the_same_sender_are_passed_over),
		cmocka_unit_test(espectre_datagrams_become_frames),
		cmocka_unit_test(espectre_boards_of_one_chip_are_links_of_their_own),
	};

	log_open(LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
