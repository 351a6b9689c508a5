/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_envelope.c -- signed datagrams: the handshake, what is refused and for what cause,
 * the file of keys; and over real sockets, from a sender to frames. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "daemon/envelope.h"
#include "daemon/formats/bytes.h"
#include "daemon/log.h"
#include "tests/support/csic_bytes.h"
#include "tests/support/listener.h"
#include "tests/support/scratch.h"
#include "tests/support/sender.h"

#define SECOND UINT64_C(1000000)

static const uint8_t key_one[HMAC_KEY_LEN] = "the first key, of 32 bytes ....";
static const uint8_t key_two[HMAC_KEY_LEN] = "the second one, of 32 bytes ...";

struct datagram {
	uint8_t p[4096];
	size_t len;
};

static struct hmac *signer;		/* of key_one */

static struct datagram make(int type, uint16_t key, uint64_t number, uint32_t sequence, int content,
			    const void *body, size_t len)
{
	struct datagram d = { .len = ENVELOPE_HEAD + len };

	memcpy(d.p, ENVELOPE_MAGIC, 4);
	d.p[4] = (uint8_t)type;
	d.p[5] = (uint8_t)content;
	put_le16(d.p + 8, key);
	put_le32(d.p + 12, sequence);
	put_le64(d.p + 16, number);
	if (len)
		memcpy(d.p + ENVELOPE_HEAD, body, len);
	assert_true(hmac_sign(signer, d.p, d.len, d.p + d.len));
	d.len += HMAC_TAG_LEN;
	return d;
}

static struct datagram data(uint64_t session, uint32_t sequence)
{
	return make(ENVELOPE_DATA, 1, session, sequence, ENVELOPE_CSIC, "content", 7);
}

/* --- without a socket -------------------------------------------------------------- */

static struct envelope e;
static uint64_t now_us;

static int begin(void **state)
{
	(void)state;
	now_us = SECOND;
	signer = hmac_new(key_one);
	assert_non_null(signer);
	assert_int_equal(envelope_add_key(&e, 1, key_one), 0);
	assert_int_equal(envelope_add_key(&e, 2, key_two), 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	envelope_clear(&e);
	hmac_free(signer);
	return 0;
}

/* A second later. */
static struct envelope_result open_it(const struct datagram *d)
{
	now_us += SECOND;
	return envelope_open(&e, d->p, d->len, now_us);
}

/* Says HELLO; the session that the answer offers. */
static uint64_t offered(uint64_t number)
{
	struct datagram d = make(ENVELOPE_HELLO, 1, number, 0, 0, NULL, 0);
	struct envelope_result r = open_it(&d);

	assert_int_equal(r.verdict, ENVELOPE_ANSWERED);
	assert_int_equal(r.answer_len, ENVELOPE_HEAD + 8 + HMAC_TAG_LEN);
	assert_int_equal(r.answer[4], ENVELOPE_WELCOME);
	assert_int_equal(get_le64(r.answer + 16), number);
	assert_true(hmac_fits(signer, r.answer, ENVELOPE_HEAD + 8, r.answer + ENVELOPE_HEAD + 8));
	return get_le64(r.answer + ENVELOPE_HEAD);
}

static int verdict(const struct datagram *d)
{
	return open_it(d).verdict;
}

static uint64_t session_of_one(void)
{
	uint64_t session = offered(1);
	struct datagram d = data(session, 1);

	assert_int_equal(verdict(&d), ENVELOPE_TAKEN);
	return session;
}

static void the_signature_is_that_of_the_standard(void **state)
{
	/* RFC 4231, test case 1 needs a key of 20 bytes; HMAC pads keys with zeros. */
	static const uint8_t key[HMAC_KEY_LEN] = { 11, 11, 11, 11, 11, 11, 11, 11, 11, 11,
						   11, 11, 11, 11, 11, 11, 11, 11, 11, 11 };
	static const uint8_t want[HMAC_TAG_LEN] = { 0xb0, 0x34, 0x4c, 0x61, 0xd8, 0xdb, 0x38, 0x53,
						    0x5c, 0xa8, 0xaf, 0xce, 0xaf, 0x0b, 0xf1, 0x2b };
	struct hmac *h = hmac_new(key);
	uint8_t tag[HMAC_TAG_LEN];

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_true(hmac_sign(h, "Hi There", 8, tag));
		assert_memory_equal(tag, want, sizeof(tag));
	}
	assert_true(hmac_fits(h, "Hi There", 8, want));
	assert_false(hmac_fits(h, "Hi there", 8, want));
	hmac_free(h);
}

static void a_session_begins_with_the_first_data_of_it(void **state)
{
	uint64_t session = offered(7);
	struct datagram d = data(session, 1);
	struct envelope_result r = open_it(&d);

	(void)state;
	assert_int_equal(r.verdict, ENVELOPE_TAKEN);
	assert_true(r.begins);
	assert_int_equal(r.content, ENVELOPE_CSIC);
	assert_int_equal(r.len, 7);
	assert_memory_equal(r.p, "content", 7);
	d = data(session, 2);
	r = open_it(&d);
	assert_int_equal(r.verdict, ENVELOPE_TAKEN);
	assert_false(r.begins);
	assert_int_equal(r.missed, 0);
	d = data(session, 5);
	assert_int_equal(open_it(&d).missed, 2);
}

static void a_hello_that_is_said_again_gets_the_same_session(void **state)
{
	uint64_t session = offered(7);

	(void)state;
	assert_true(offered(7) == session);
	assert_true(offered(8) != session);
}

static void nothing_is_taken_twice(void **state)
{
	uint64_t session = session_of_one();
	struct datagram d[100];

	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		d[i] = data(session, i + 2);
	for (int i = 0; i < 100; i += 2)
		assert_int_equal(verdict(&d[i]), ENVELOPE_TAKEN);
	for (int i = 0; i < 100; i += 2)
		assert_int_equal(verdict(&d[i]), ENVELOPE_OLD);
	assert_int_equal(verdict(&d[97]), ENVELOPE_LATE);	/* overtaken, and told from a replay */
	assert_int_equal(verdict(&d[97]), ENVELOPE_OLD);
	assert_int_equal(verdict(&d[35]), ENVELOPE_LATE);	/* sequence 37; 64 fit, up to 100 */
	assert_int_equal(verdict(&d[33]), ENVELOPE_OLD);	/* too long ago to know */
}

static void what_is_old_means_nothing_to_a_receiver_that_started_anew(void **state)
{
	uint64_t session = session_of_one();
	struct datagram recorded = data(session, 2), hello = make(ENVELOPE_HELLO, 1, 1, 0, 0, NULL, 0);
	struct envelope_result r;

	(void)state;
	envelope_clear(&e);
	assert_int_equal(envelope_add_key(&e, 1, key_one), 0);
	r = open_it(&recorded);
	assert_int_equal(r.verdict, ENVELOPE_OLD);
	assert_int_equal(r.answer_len, ENVELOPE_LEAST);
	assert_int_equal(r.answer[4], ENVELOPE_UNKNOWN);	/* who is alive says HELLO now */
	assert_int_equal(get_le64(r.answer + 16), session);
	assert_int_equal(verdict(&hello), ENVELOPE_ANSWERED);	/* an old HELLO, too, helps nobody */
	assert_int_equal(verdict(&recorded), ENVELOPE_OLD);
}

static void an_old_hello_does_not_end_the_session_in_use(void **state)
{
	uint64_t session = session_of_one(), next;
	struct datagram d = data(session, 2);

	(void)state;
	next = offered(1);
	assert_true(next != session);
	assert_int_equal(verdict(&d), ENVELOPE_TAKEN);
	d = data(next, 1);			/* the sender really is a new one */
	assert_int_equal(verdict(&d), ENVELOPE_TAKEN);
	d = data(session, 3);
	assert_int_equal(verdict(&d), ENVELOPE_OLD);
}

static void every_bit_is_signed(void **state)
{
	uint64_t session = session_of_one();
	struct datagram good = data(session, 2);

	(void)state;
	for (size_t bit = 0; bit < good.len * 8; bit++) {
		struct datagram d = good;
		int v;

		d.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		v = verdict(&d);
		assert_true(v == ENVELOPE_FORGED || v == ENVELOPE_NO_KEY || v == ENVELOPE_MALFORMED);
	}
	for (size_t len = 0; len < good.len; len++) {
		struct datagram d = good;

		d.len = len;
		assert_int_not_equal(verdict(&d), ENVELOPE_TAKEN);
	}
	assert_int_equal(verdict(&good), ENVELOPE_TAKEN);
}

static void keys_are_told_apart(void **state)
{
	uint64_t session = session_of_one();
	struct datagram d = make(ENVELOPE_DATA, 2, session, 2, ENVELOPE_CSIC, "x", 1);

	(void)state;
	assert_int_equal(verdict(&d), ENVELOPE_FORGED);	/* says key 2, signed with key 1 */
	d = make(ENVELOPE_DATA, 3, session, 2, ENVELOPE_CSIC, "x", 1);
	assert_int_equal(verdict(&d), ENVELOPE_NO_KEY);
	hmac_free(signer);
	signer = hmac_new(key_two);
	d = make(ENVELOPE_DATA, 2, session, 2, ENVELOPE_CSIC, "x", 1);
	assert_int_equal(verdict(&d), ENVELOPE_OLD);	/* a session belongs to its key */
}

static void our_own_answers_are_not_taken_back(void **state)
{
	struct datagram d = make(ENVELOPE_WELCOME, 1, 7, 0, 0, "12345678", 8);

	(void)state;
	assert_int_equal(verdict(&d), ENVELOPE_MALFORMED);
	d = make(ENVELOPE_UNKNOWN, 1, 7, 0, 0, NULL, 0);
	assert_int_equal(verdict(&d), ENVELOPE_MALFORMED);
	d = make(ENVELOPE_HELLO, 1, 7, 0, 0, "more", 4);
	assert_int_equal(verdict(&d), ENVELOPE_MALFORMED);
}

static void answers_are_few(void **state)
{
	struct datagram d = data(99, 1);
	int answers = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		answers += envelope_open(&e, d.p, d.len, SECOND + (uint64_t)i * 1000).answer_len > 0;
	assert_int_equal(answers, 10);		/* in this one second */
}

/* --- the file of keys -------------------------------------------------------------- */

#define HEX "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"

static int read_keys(const char *text, mode_t mode, char *error)
{
	const char *path = scratch_write("keys", text, strlen(text));

	envelope_clear(&e);
	assert_int_equal(chmod(path, mode), 0);
	return envelope_read_keys(&e, path, error);
}

static void keys_come_from_a_file_that_others_cannot_read(void **state)
{
	char error[256] = "", many[2048] = "";

	(void)state;
	assert_int_equal(read_keys("# keys\n\n1 " HEX "\n 65535\t" HEX " \n", 0600, error), 0);
	assert_int_equal(e.keys, 2);
	assert_int_equal(e.key[1].id, 65535);
	assert_int_equal(read_keys("1 " HEX "\n", 0640, error), -EPERM);
	assert_non_null(strstr(error, "chmod 600"));
	assert_int_equal(read_keys("1 " HEX "0\n", 0600, error), -EINVAL);
	assert_null(strstr(error, "0011"));	/* never quotes a key */
	assert_non_null(strstr(error, "line 1"));
	assert_int_equal(read_keys("0 " HEX "\n", 0600, error), -EINVAL);
	assert_int_equal(read_keys("65536 " HEX "\n", 0600, error), -EINVAL);
	assert_int_equal(read_keys("1 " HEX "\n1 " HEX "\n", 0600, error), -EEXIST);
	assert_non_null(strstr(error, "line 2"));
	assert_int_equal(read_keys("# none\n", 0600, error), -ENOKEY);
	for (int i = 1; i <= 9; i++)
		snprintf(many + strlen(many), sizeof(many) - strlen(many), "%d " HEX "\n", i);
	assert_int_equal(read_keys(many, 0600, error), -ENOSPC);
	assert_int_equal(envelope_read_keys(&e, "/no/such/file", error), -ENOENT);
	assert_int_equal(envelope_read_keys(&e, "/dev/null", error), -EINVAL);
}

/* --- over sockets ------------------------------------------------------------------ */

static struct listener l;
static int sender = -1;

static void open_source(void)
{
	char lines[1024], line[100] = "1 ";
	int port = sender_free_port();
	const char *path;

	for (int i = 0; i < HMAC_KEY_LEN; i++)
		snprintf(line + strlen(line), sizeof(line) - strlen(line), "%02x", key_one[i]);
	path = scratch_write("source.keys", line, strlen(line));
	assert_int_equal(chmod(path, 0600), 0);
	snprintf(lines, sizeof(lines), "driver = envelope\nlisten = 127.0.0.1:%d\nkey_file = %s\n", port, path);
	assert_int_equal(listener_open(&l, lines), 0);
	sender = sender_open("127.0.0.1", 0, port);
}

static void end_source(void)
{
	listener_close(&l);
	close(sender);
}

static bool has_answer(struct listener *x)
{
	struct pollfd p = { .fd = sender, .events = POLLIN };

	(void)x;
	return poll(&p, 1, 0) > 0;
}

static uint64_t get_session(uint64_t number)
{
	struct datagram d = make(ENVELOPE_HELLO, 1, number, 0, 0, NULL, 0);
	uint8_t answer[100];

	sender_send(sender, d.p, d.len);
	assert_true(listener_until(&l, has_answer));
	assert_int_equal(recv(sender, answer, sizeof(answer), 0), ENVELOPE_ANSWER_MAX);
	assert_int_equal(answer[4], ENVELOPE_WELCOME);
	return get_le64(answer + ENVELOPE_HEAD);
}

static void send_data(uint64_t session, uint32_t sequence, int content, const void *p, size_t len)
{
	struct datagram d = make(ENVELOPE_DATA, 1, session, sequence, content, p, len);

	sender_send(sender, d.p, d.len);
}

#define LINE "CSI_DATA,%d,1a:00:00:00:00:01,-52,11,1,4,0,1,1,1,1,0,0,-95,0,6,0,%d,0,128,0,128,0,\"["

static size_t make_line(char *text, size_t size, int n)
{
	size_t len = (size_t)snprintf(text, size, LINE, n, n * 10000);

	for (int i = 0; i < 128; i++)
		len += (size_t)snprintf(text + len, size - len, "%s%d", i ? "," : "", i / 2 + 1);
	return len + (size_t)snprintf(text + len, size - len, "]\"");
}

static void records_of_a_recording_become_frames(void **state)
{
	struct bytes tones = { 0 }, frame = { 0 };
	struct csic_body body;
	uint64_t session;

	(void)state;
	open_source();
	session = get_session(5);
	csic_add_tones(&tones, 7, 1, 52, 312500);
	csic_frame_body(&body, 7, 1, 2, 1, 52, 1000);
	put_le16(body.p + 39 + 4 * 53, 1234);		/* the second tone of the second chain */
	csic_add_record(&frame, 1, body.p, body.len);
	send_data(session, 1, ENVELOPE_CSIC, frame.p, frame.len);
	assert_true(listener_dropped(&l, SOURCE_DROP_MALFORMED, 1));	/* no tone set yet */
	send_data(session, 2, ENVELOPE_CSIC, tones.p, tones.len);
	send_data(session, 3, ENVELOPE_CSIC, frame.p, frame.len);
	assert_true(listener_frames(&l, 1));
	assert_int_equal(l.frame.rx_count, 2);
	assert_int_equal(csi_pair(&l.frame, 1, 0)[1].re, 1234);
	assert_true(loop_now_us() - l.frame.time_us < SECOND);	/* on our clock */
	send_data(session, 4, ENVELOPE_CSIC, frame.p, frame.len - 3);
	assert_true(listener_dropped(&l, SOURCE_DROP_TORN, 1));
	assert_string_equal(l.source.origin, "live");
	end_source();
	free(tones.p);
	free(frame.p);
}

static void forgery_replay_and_loss_are_told_apart(void **state)
{
	struct datagram d;
	char text[1024];
	size_t len = make_line(text, sizeof(text), 1);
	uint64_t session;

	(void)state;
	open_source();
	session = get_session(5);
	send_data(session, 1, ENVELOPE_ESP32_LINES, text, len);
	assert_true(listener_frames(&l, 1));
	send_data(session, 1, ENVELOPE_ESP32_LINES, text, len);
	assert_true(listener_dropped(&l, SOURCE_DROP_REPLAYED, 1));
	d = make(ENVELOPE_DATA, 1, session, 2, ENVELOPE_ESP32_LINES, text, len);
	d.p[60] ^= 1;
	sender_send(sender, d.p, d.len);
	assert_true(listener_dropped(&l, SOURCE_DROP_FORGED, 1));
	d = make(ENVELOPE_DATA, 9, session, 2, ENVELOPE_ESP32_LINES, text, len);
	sender_send(sender, d.p, d.len);
	assert_true(listener_dropped(&l, SOURCE_DROP_UNKNOWN_KEY, 1));
	sender_send(sender, text, len);			/* as the board prints it, unsigned */
	assert_true(listener_dropped(&l, SOURCE_DROP_MALFORMED, 1));
	send_data(session, 4, ENVELOPE_ESP32_LINES, text, make_line(text, sizeof(text), 4));
	assert_true(listener_frames(&l, 2));
	assert_int_equal(l.source.counts.dropped[SOURCE_DROP_MISSED], 2);
	send_data(session, 3, ENVELOPE_ESP32_LINES, text, make_line(text, sizeof(text), 3));
	assert_true(listener_dropped(&l, SOURCE_DROP_LATE, 1));
	send_data(session, 5, 77, text, len);
	assert_true(listener_dropped(&l, SOURCE_DROP_OTHER_KIND, 1));
	assert_int_equal(l.frames, 2);
	assert_false(l.source.driver->hearsay);
	end_source();
}

static void the_source_says_what_is_no_measurement(void **state)
{
	struct datagram d;
	char text[1024];
	size_t len = make_line(text, sizeof(text), 1);

	(void)state;
	open_source();
	d = make(ENVELOPE_DATA, 1, get_session(5), 1, ENVELOPE_ESP32_LINES, text, len);
	d.p[6] = ENVELOPE_REPLAYED;
	assert_true(hmac_sign(signer, d.p, d.len - HMAC_TAG_LEN, d.p + d.len - HMAC_TAG_LEN));
	sender_send(sender, d.p, d.len);
	assert_true(listener_frames(&l, 1));
	assert_string_equal(l.source.origin, "replay");
	end_source();
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(the_signature_is_that_of_the_standard),
		TEST(a_session_begins_with_the_first_data_of_it),
		TEST(a_hello_that_is_said_again_gets_the_same_session),
		TEST(nothing_is_taken_twice),
		TEST(what_is_old_means_nothing_to_a_receiver_that_started_anew),
		TEST(an_old_hello_does_not_end_the_session_in_use),
		TEST(every_bit_is_signed),
		TEST(keys_are_told_apart),
		TEST(our_own_answers_are_not_taken_back),
		TEST(answers_are_few),
		TEST(keys_come_from_a_file_that_others_cannot_read),
		TEST(records_of_a_recording_become_frames),
		TEST(forgery_replay_and_loss_are_told_apart),
		TEST(the_source_says_what_is_no_measurement),
	};

	log_open(LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
