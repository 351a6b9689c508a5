/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_ath.c -- CFR records of ath11k, and the sources that read a file by a process of
 * their own: ath9k from a pipe that hands over whole writes as the device does whole
 * records, ath11k from a file that grows as a relay channel does. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "daemon/formats/bytes.h"
#include "daemon/log.h"
#include "daemon/passer.h"
#include "tests/support/csic_bytes.h"
#include "tests/support/feed.h"
#include "tests/support/listener.h"
#include "tests/support/scratch.h"

extern const struct csi_format format_ath11k;

/* --- CFR records ------------------------------------------------------------------- */

struct cfr {
	int width, chains, mode, status;
	uint32_t time_us;
};

static const struct cfr usual = { 0, 2, 0, 1, 1000 };

/* The value of bin i of chain c is (c * 1000 + i, -i). */
static void add_cfr(struct bytes *b, const struct cfr *c)
{
	static uint8_t p[108 + 8 + 8 * 1024 + 4];
	size_t bins = 64u << c->width, payload = 8 + 4 * bins * (size_t)c->chains;

	memset(p, 0, sizeof(p));
	put_le32(p, 0xDEADBEAFu);
	put_le32(p + 4, 0x8cfdf0);
	p[8] = 4;
	p[9] = 1;
	put_le32(p + 12, 92);
	memcpy(p + 16, "\x02\x11\x22\x33\x44\x55", 6);
	p[22] = (uint8_t)c->status;
	p[23] = (uint8_t)c->width;
	put_le16(p + 26, 5180);
	put_le16(p + 28, 5210);
	p[32] = (uint8_t)c->mode;
	p[35] = (uint8_t)c->chains;
	put_le32(p + 36, c->time_us);
	put_le32(p + 40, (uint32_t)payload);
	for (int i = 0; i < c->chains; i++)
		put_le32(p + 44 + 4 * i, (uint32_t)(-50 - i));
	p[96] = 30;
	for (size_t i = 0; i < bins * (size_t)c->chains; i++) {
		put_le16(p + 116 + 4 * i, (uint16_t)(i / bins * 1000 + i % bins));
		put_le16(p + 118 + 4 * i, (uint16_t)-(int)(i % bins));
	}
	put_le32(p + 108 + payload, 0xBEAFDEADu);
	bytes_add(b, p, 108 + payload + 4);
}

static struct csi_record last;
static struct csi_sample last_sample[CSI_MAX_SAMPLES];
static int last_tones;

static void keep(void *arg, const struct csi_record *r, const struct csi_frame *f)
{
	(void)arg;
	last = *r;
	last_tones = f->tones->count;
	memcpy(last_sample, f->samples, sizeof(*f->samples) * (size_t)csi_samples(f));
}

static struct feed_result read_bytes(struct bytes *b)
{
	struct feed_result r;

	feed_both(&format_ath11k, b->p, b->len, 61);
	r = feed(&format_ath11k, b->p, b->len, 0, keep, NULL);
	free(b->p);
	memset(b, 0, sizeof(*b));
	return r;
}

static struct feed_result read_one(struct cfr c)
{
	struct bytes b = { 0 };

	add_cfr(&b, &c);
	return read_bytes(&b);
}

static void records_are_read(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	add_cfr(&b, &usual);
	assert_int_equal(b.len, 632);			/* as the chip's documents have it */
	assert_int_equal(read_bytes(&b).frames, 1);
	assert_memory_equal(last.tx_mac, "\x02\x11\x22\x33\x44\x55", 6);
	assert_int_equal(last.raw_time, 1000);
	assert_int_equal(last.time_bits, 32);
	assert_int_equal(last.freq_mhz, 5180);
	assert_int_equal(last.bandwidth_mhz, 20);
	assert_int_equal(last.phy, CSI_PHY_LEGACY);
	assert_int_equal(last.rx_count, 2);
	assert_int_equal(last.rssi_dbm[1], -51);
	assert_int_equal(last.agc_db, 30);
	assert_int_equal(last_tones, 52);
	assert_int_equal(last_sample[0].re, 64 - 26);	/* the lowest tone */
	assert_int_equal(last_sample[52 + 26].re, 1000 + 1);	/* of the second chain, tone 1 */
	assert_int_equal(last_sample[52 + 26].im, -1);
}

static void widths_and_modes_are_told_apart(void **state)
{
	struct cfr c = usual;

	(void)state;
	c.mode = 2;
	assert_int_equal(read_one(c).frames, 1);
	assert_int_equal(last_tones, 56);
	assert_int_equal(last.phy, CSI_PHY_HT);
	c.width = 1;
	assert_int_equal(read_one(c).frames, 1);
	assert_int_equal(last_tones, 114);
	c.width = 2;
	c.mode = 3;
	c.chains = 8;
	assert_int_equal(read_one(c).frames, 1);
	assert_int_equal(last_tones, 242);
	assert_int_equal(last.freq_mhz, 5210);
	assert_int_equal(last.phy, CSI_PHY_VHT);
}

static void failed_captures_and_nonsense_are_counted(void **state)
{
	struct bytes b = { 0 };
	struct cfr c = usual;
	struct feed_result r;

	(void)state;
	c.status = 0;
	r = read_one(c);
	assert_int_equal(r.records, 0);
	assert_int_equal(r.info.dropped, 1);
	assert_non_null(strstr(r.info.why, "sleep"));
	c = usual;
	c.mode = 4;
	assert_int_equal(read_one(c).info.dropped, 1);

	add_cfr(&b, &usual);
	add_cfr(&b, &usual);
	add_cfr(&b, &usual);
	put_le16(b.p + 632 + 35, 3);			/* chains against length */
	b.p[3 * 632 - 1] ^= 1;				/* and the last one has no end */
	r = read_bytes(&b);
	assert_int_equal(r.frames, 1);
	assert_int_equal(r.info.dropped, 1);
	assert_true(r.info.torn_bytes > 0);

	bytes_add(&b, "\xaf\xbe\xad\xde noise", 10);
	add_cfr(&b, &usual);
	r = read_bytes(&b);
	assert_int_equal(r.frames, 1);
	assert_int_equal(r.info.damaged, 1);
}

/* --- the process that passes on ------------------------------------------------------ */

static struct listener l;

static bool is_up(struct listener *x)
{
	return x->state == REASON_NONE && x->frames >= x->wanted;
}

static bool is_down(struct listener *x)
{
	return x->state == REASON_SOURCE_DOWN;
}

static int open_source(const char *driver, const char *path)
{
	char lines[1024];

	snprintf(lines, sizeof(lines), "driver = %s\nfile = %s\n", driver, path);
	return listener_open(&l, lines);
}

/* One message of the passer within 3 s; its length, 0 at the end. */
static ssize_t hear(const struct passer *p, void *message, size_t size)
{
	struct pollfd f = { .fd = p->fd, .events = POLLIN };

	assert_int_equal(poll(&f, 1, 3000), 1);
	return recv(p->fd, message, size, 0);
}

static bool line_is(const char *file, pid_t pid, const char *name, const char *value)
{
	char path[64], line[256];
	bool is = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)))
			is = strstr(line, value) != NULL;
	fclose(f);
	return is;
}

static void the_passer_switches_on_reads_and_has_no_rights(void **state)
{
	static const struct config_source c = { 0 };
	struct passer_job job = { .switches = 2 };
	struct passer p;
	char message[100], fd_path[64];
	size_t len;
	uint8_t *text;

	(void)state;
	snprintf(job.path, sizeof(job.path), "%s", scratch_write("relay", "hello", 5));
	snprintf(job.on[0].path, sizeof(job.on[0].path), "%s", scratch_write("enable", "0", 1));
	snprintf(job.on[0].text, sizeof(job.on[0].text), "1");
	snprintf(job.on[1].path, sizeof(job.on[1].path), "/no/such/switch");
	assert_int_equal(passer_prepare(&c, &job), 0);
	assert_int_equal(passer_take(&p, &c, &job), 0);
	assert_int_equal(hear(&p, message, sizeof(message)), 1 + 2 * sizeof(int));
	assert_int_equal(message[0], PASSER_SWITCH);
	assert_int_equal(hear(&p, message, sizeof(message)), 1);
	assert_int_equal(message[0], PASSER_OPENED);
	assert_int_equal(hear(&p, message, sizeof(message)), 6);
	assert_memory_equal(message, "Dhello", 6);
	text = scratch_read(job.on[0].path, &len);
	assert_string_equal((char *)text, "1");
	free(text);

	assert_true(line_is("status", p.pid, "CapEff:", "0000000000000000"));
	assert_true(line_is("status", p.pid, "CapBnd:", "0000000000000000") || geteuid() != 0);
	assert_true(line_is("status", p.pid, "NoNewPrivs:", "1"));
	assert_true(line_is("limits", p.pid, "Max processes", "0                    0"));
	snprintf(fd_path, sizeof(fd_path), "/proc/%d/fd/5", (int)p.pid);
	assert_int_equal(access(fd_path, F_OK), -1);	/* socket and file, nothing else */
	passer_end(&p);
}

static void the_passer_ends_with_its_daemon(void **state)
{
	static const struct config_source c = { 0 };
	struct passer_job job = { .switches = 0 };
	struct passer p;
	char message[100];
	int gone = 0;

	(void)state;
	snprintf(job.path, sizeof(job.path), "%s", scratch_write("relay", "hello", 5));
	assert_int_equal(passer_take(&p, &c, &job), 0);
	hear(&p, message, sizeof(message));
	close(p.fd);
	for (int i = 0; i < 300 && !gone; i++) {
		gone = line_is("stat", p.pid, "", ") Z ");
		usleep(10000);
	}
	assert_true(gone);
	p.fd = -1;
	passer_end(&p);
}

/* --- ath9k ------------------------------------------------------------------------ */

static void put16(bool big, uint8_t *p, unsigned v)
{
	put_le16(p, (uint16_t)(big ? (v & 0xff) << 8 | v >> 8 : v));
}

/* A record of 56 tones, one chain, as the device gives it. */
static size_t make_device_record(uint8_t *p, bool big, unsigned ms)
{
	size_t csi = 140, payload = 24, len = 25 + csi + payload + 2;
	uint64_t us = ms * UINT64_C(1000);

	memset(p, 0, len);
	for (int i = 0; i < 8; i++)
		p[big ? 7 - i : i] = (uint8_t)(us >> 8 * i);
	put16(big, p + 8, (unsigned)csi);
	put16(big, p + 10, 2437);
	p[14] = 0x80;
	p[16] = 56;
	p[17] = p[18] = 1;
	p[19] = p[20] = 40;
	p[21] = p[22] = 0x80;
	put16(big, p + 23, (unsigned)payload);
	memset(p + 25, 0x15, csi);
	memcpy(p + 25 + csi + 10, "\x02\x11\x22\x33\x44\x55", 6);
	put16(big, p + len - 2, (unsigned)(len - 2));
	return len;
}

/* One of which a read gives one write, as of the device. */
static int open_pipe(const char *path)
{
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_DIRECT), 0);
	return fd;
}

static void ath9k(bool big)
{
	char path[512];
	uint8_t p[512];
	int fd;

	snprintf(path, sizeof(path), "%s", scratch_path(big ? "CSI_dev_big" : "CSI_dev"));
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(open_source("ath9k", path), 0);
	fd = open_pipe(path);
	for (unsigned i = 1; i <= 20; i++) {
		size_t len = make_device_record(p, big, i * 10);

		assert_int_equal(write(fd, p, len), len);
		if (i == 10)				/* a packet without values; garbage; half a record */
			assert_true(write(fd, "\1\2\3\4\5\6\7\10garbage", 15) == 15 &&
				    write(fd, p, 40) == 40);
	}
	assert_true(listener_frames(&l, 20));
	assert_int_equal(l.source.counts.dropped[SOURCE_DROP_MALFORMED], 2);
	assert_int_equal(l.frame.tones->count, 56);
	assert_int_equal(l.frame.freq_mhz, 2437);
	assert_int_equal(l.frame.rssi_dbm[0], -55);
	assert_memory_equal(l.frame.tx_mac, "\x02\x11\x22\x33\x44\x55", 6);
	assert_false(l.went_back);
	close(fd);
	assert_true(listener_until(&l, is_down));
	fd = open_pipe(path);				/* it comes back: waits until it is read again */
	assert_int_equal(write(fd, p, make_device_record(p, big, 300)), 25 + 140 + 24 + 2);
	assert_true(listener_frames(&l, 21));
	assert_true(listener_until(&l, is_up));
	assert_int_equal(l.source.counts.dropped[SOURCE_DROP_REOPENED], 1);
	close(fd);
	listener_close(&l);
}

static void ath9k_little_endian(void **state)
{
	(void)state;
	ath9k(false);
}

static void ath9k_big_endian(void **state)
{
	(void)state;
	ath9k(true);
}

static void a_driver_that_is_not_there_is_told(void **state)
{
	(void)state;
	assert_int_equal(open_source("ath9k", "/no/such/CSI_dev"), 0);
	assert_true(listener_until(&l, is_down));
	assert_non_null(strstr(l.source.error, "is the driver loaded"));
	assert_int_equal(l.source.counts.dropped[SOURCE_DROP_REOPENED], 0);
	listener_close(&l);
}

/* --- ath11k ----------------------------------------------------------------------- */

static void ath11k_records_come_as_the_file_grows(void **state)
{
	struct bytes b = { 0 };
	struct cfr c = usual;
	char path[512];
	int fd;

	(void)state;
	for (int i = 1; i <= 10; i++) {
		c.time_us = 0xffff0000u + 10000u * (uint32_t)i;	/* wraps */
		add_cfr(&b, &c);
	}
	snprintf(path, sizeof(path), "%s", scratch_write("cfr_capture0", b.p, 1000));
	assert_int_equal(open_source("ath11k", path), 0);
	assert_true(listener_frames(&l, 1));
	fd = open(path, O_WRONLY | O_APPEND);
	for (size_t at = 1000; at < b.len; at += 1000) {
		size_t n = b.len - at < 1000 ? b.len - at : 1000;

		assert_int_equal(write(fd, b.p + at, n), n);
	}
	assert_true(listener_frames(&l, 10));
	assert_int_equal(l.frame.rx_count, 2);
	assert_false(l.went_back);
	for (int d = 0; d < SOURCE_DROP_COUNT; d++)
		assert_int_equal(l.source.counts.dropped[d], 0);
	close(fd);
	listener_close(&l);
	free(b.p);
}

static void an_interface_that_is_no_radio_is_told(void **state)
{
	(void)state;
	assert_true(listener_open(&l, "driver = ath11k\ninterface = lo\nstations = 02:11:22:33:44:55\n") < 0);
	assert_non_null(strstr(l.source.error, "is it a WiFi interface"));
	listener_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_read),
		cmocka_unit_test(widths_and_modes_are_told_apart),
		cmocka_unit_test(failed_captures_and_nonsense_are_counted),
		cmocka_unit_test(the_passer_switches_on_reads_and_has_no_rights),
		cmocka_unit_test(the_passer_ends_with_its_daemon),
		cmocka_unit_test(ath9k_little_endian),
		cmocka_unit_test(ath9k_big_endian),
		cmocka_unit_test(a_driver_that_is_not_there_is_told),
		cmocka_unit_test(ath11k_records_come_as_the_file_grows),
		cmocka_unit_test(an_interface_that_is_no_radio_is_told),
	};

	log_open(LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
