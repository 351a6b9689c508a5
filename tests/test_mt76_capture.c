/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Netlink messages of MediaTek's driver among all others that nlmon captured, in pcap, whole and broken. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/format.h"
#include "tests/support/broken.h"
#include "tests/support/last.h"
#include "tests/support/mt76_bytes.h"
#include "tests/support/pcap_bytes.h"

#define GENERIC 16		/* netlink's protocol in the head of a captured packet */
#define NLMON   253		/* link type */

extern const struct csi_format format_mt76;

static struct feed_result read_bytes(const struct bytes *b)
{
	return read_last(&format_mt76, b);
}

/* What stands before the messages in a packet of nlmon. */
static void add_packet(struct bytes *file, const struct pcap_kind *kind, const struct bytes *messages,
		       unsigned protocol, size_t cut)
{
	uint8_t head[16] = { 0, 4, 0x03, 0x38 };
	struct bytes b = { 0 };

	head[14] = (uint8_t)(protocol >> 8);
	head[15] = (uint8_t)protocol;
	bytes_add(&b, head, sizeof(head));
	bytes_add(&b, messages->p, messages->len);
	pcap_add_packet(file, kind, 1700000000000000u, b.p, b.len, cut);
	free(b.p);
}

static struct bytes two_messages(bool big_endian)
{
	struct mt76_made m = mt76_usual;
	struct bytes b = { 0 };

	m.big_endian = big_endian;
	mt76_add(&b, &m);
	m.rx = 1;
	m.mac[5]++;
	mt76_add(&b, &m);
	return b;
}

static void captures_of_nlmon_are_read(void **state)
{
	(void)state;
	for (int variant = 0; variant < 8; variant++) {
		struct pcap_kind kind = { variant & 1, variant & 2, NLMON };
		struct bytes messages = two_messages(variant & 4), file = { 0 };
		struct feed_result r;

		pcap_add_header(&file, &kind);
		add_packet(&file, &kind, &messages, GENERIC, 0);
		add_packet(&file, &kind, &messages, 0, 0);		/* rtnetlink */
		add_packet(&file, &kind, &messages, GENERIC, 30);	/* cut by snaplen */
		add_packet(&file, &kind, &messages, GENERIC, 0);
		r = read_bytes(&file);
		assert_int_equal(r.frames, 5);
		assert_int_equal(r.info.dropped, 1);
		assert_int_equal(last.part_rx, 1);
		assert_int_equal(last.raw_time, 1000000);
		assert_true(csi_format_detect(file.p, file.len) == &format_mt76);
		survive_cuts(&format_mt76, file.p, file.len, 40, 173);
		free(messages.p);
		free(file.p);
	}
}

/* A number that stands at byte `at` of the message that begins at `message`. */
static void patch(struct bytes *b, size_t message, size_t at, uint8_t value)
{
	b->p[message + at] = value;
}

/* nl80211's number, as the kernel's register tells it, and a vendor's command with a
 * sequence number. */
static void add_register(struct bytes *b, uint8_t family)
{
	const uint8_t body[] = { 1, 2, 0, 0, 12, 0, 2, 0, 'n', 'l', '8', '0', '2', '1', '1', 0, 6, 0, 1, 0, family, 0, 0, 0 };

	netlink_add(b, false, 16, 0, body, sizeof(body));
}

static void add_question(struct bytes *b, uint16_t vendor, uint8_t command, uint8_t sequence)
{
	const uint8_t body[] = { 103, 1, 0, 0, 8, 0, 195, 0, (uint8_t)vendor, (uint8_t)(vendor >> 8), 0, 0,
				 8, 0, 196, 0, command, 0, 0, 0 };
	size_t message = b->len;

	netlink_add(b, false, 28, 0x301, body, sizeof(body));
	patch(b, message, 8, sequence);
}

static void add_answer(struct bytes *b, uint8_t family, uint8_t sequence)
{
	size_t message = b->len;

	mt76_add(b, &mt76_usual);
	patch(b, message, 4, family);
	patch(b, message, 8, sequence);
}

static void answers_of_other_families_and_vendors_are_not_ours(void **state)
{
	struct bytes b = { 0 };
	struct feed_result r;

	(void)state;
	add_register(&b, 28);
	add_answer(&b, 27, 1);			/* another family's */
	add_answer(&b, 28, 1);			/* nobody saw who asked */
	add_question(&b, 0x1374, 0x50, 2);	/* Qualcomm's */
	add_answer(&b, 28, 2);
	add_answer(&b, 28, 1);			/* to an older question */
	add_question(&b, 0x0ce7, 0xc2, 3);
	add_answer(&b, 28, 3);
	r = read_bytes(&b);
	assert_int_equal(r.frames, 3);
	assert_int_equal(r.info.dropped + r.info.damaged, 0);
	free(b.p);
}

/* hostapd, NetworkManager and all others talk there, too. */
static void a_capture_of_nlmon_without_mediatek_is_not_ours(void **state)
{
	struct pcap_kind kind = { false, false, NLMON };
	struct bytes file = { 0 }, b = { 0 };

	(void)state;
	pcap_add_header(&file, &kind);
	assert_int_equal(format_mt76.detect(file.p, file.len), 0);
	add_register(&b, 28);
	add_answer(&b, 27, 1);
	add_question(&b, 0x1374, 0x50, 2);
	add_answer(&b, 28, 2);
	for (int i = 0; i < 20; i++)
		add_packet(&file, &kind, &b, GENERIC, 0);
	assert_int_equal(format_mt76.detect(file.p, file.len), 0);
	assert_null(csi_format_detect(file.p, file.len));
	b.len = 0;
	add_question(&b, 0x0ce7, 0xc2, 3);
	add_packet(&file, &kind, &b, GENERIC, 0);
	assert_int_equal(format_mt76.detect(file.p, file.len), 90);
	free(b.p);
	free(file.p);
}

static void damage_in_a_capture_costs_its_packet(void **state)
{
	struct pcap_kind kind = { false, false, NLMON };
	struct bytes messages = two_messages(false), file = { 0 };
	size_t len;

	(void)state;
	pcap_add_header(&file, &kind);
	for (int i = 0; i < 4; i++)
		add_packet(&file, &kind, &messages, GENERIC, 0);
	len = file.len;
	survive_flips(&format_mt76, file.p, len, 24, 997, 4);
	memset(file.p + 24 + (len - 24) / 4, 0xff, 16);		/* the second packet's head */
	assert_int_equal(read_bytes(&file).frames, 6);
	assert_int_equal(read_bytes(&file).info.damaged, 1);
	free(messages.p);
	free(file.p);
}

static void a_capture_of_something_else_is_refused(void **state)
{
	struct pcap_kind kind = { false, false, 1 };
	struct bytes file = { 0 };
	struct feed_result r;

	(void)state;
	pcap_add_header(&file, &kind);
	pcap_add_packet(&file, &kind, 5, "nothing", 7, 0);
	r = read_bytes(&file);
	assert_true(r.fatal);
	assert_non_null(r.info.why);
	assert_int_equal(format_mt76.detect(file.p, file.len), 0);
	free(file.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(captures_of_nlmon_are_read),
		cmocka_unit_test(answers_of_other_families_and_vendors_are_not_ours),
		cmocka_unit_test(a_capture_of_nlmon_without_mediatek_is_not_ours),
		cmocka_unit_test(damage_in_a_capture_costs_its_packet),
		cmocka_unit_test(a_capture_of_something_else_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
