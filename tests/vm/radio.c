/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * radio.c -- what happens in front of the virtual radios: packets arrive, recorded ones
 * at the times at which they were recorded.
 *
 *   radio play mt76|intel|nxp MAC FILE      a recording, through mt76's queue or as events
 *   radio packets RATE CHAINS STREAMS WIDTH SECONDS    mt76: synthetic packets
 *   radio events RATE SECONDS               iwlwifi: synthetic events; RATE 0: so many, at once
 *   radio connector FILE.dat                records of the 802.11n CSI Tool, 50 a second
 *   radio odd                               attributes that make no sense, through the kernel
 *   radio raw nxp|infineon RATE SECONDS     synthetic events of NXP's, blocks of Infineon's
 *   radio raw odd 0 0                       events of NXP's that make no sense
 *   radio station PACKETS                   so many came from the station
 *   radio joined                            it associates once more
 *   radio cfr RATE SECONDS                  ath11k: synthetic captures
 *   radio lines FILE RATE                   an ESP32: lines to the standard output
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/recording.h"
#include "tests/support/nxp_bytes.h"
#include "tests/vm/vcsi/vcsi.h"

#define WRAPS_IN_US   20000000u
#define HT_TONES      56	/* -28 to 28 */
#define MODE_HT       2

static int device = -1;
static uint8_t message[sizeof(struct vcsi_head) + VCSI_BYTES];
static uint8_t *const body = message + sizeof(struct vcsi_head);

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void wait_until(uint64_t us)
{
	struct timespec t = { .tv_sec = (time_t)(us / 1000000), .tv_nsec = (long)(us % 1000000) * 1000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

/* The radio's own clock, which wraps soon. */
static uint32_t radio_clock(void)
{
	return (uint32_t)now_us() - WRAPS_IN_US;
}

static struct vcsi_head head(enum vcsi_kind kind, const uint8_t mac[6])
{
	struct vcsi_head h = { 0 };

	put_le32((uint8_t *)&h.magic, VCSI_MAGIC);
	put_le16((uint8_t *)&h.kind, (uint16_t)kind);
	put_le32((uint8_t *)&h.time_us, radio_clock());
	memcpy(h.ta, mac, sizeof(h.ta));
	h.rssi = (uint8_t)-50;
	h.mode = MODE_HT;
	return h;
}

/* body holds so many bytes. */
static int put(struct vcsi_head h, size_t bytes)
{
	put_le32((uint8_t *)&h.bytes, (uint32_t)bytes);
	memcpy(message, &h, sizeof(h));
	if (write(device, message, sizeof(h) + bytes) == (ssize_t)(sizeof(h) + bytes))
		return 0;
	perror("radio: /dev/vcsi");
	return -1;
}

static int read_mac(const char *text, uint8_t mac[6])
{
	return sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5) == 6;
}

/* --- recordings ----------------------------------------------------------------------- */

/* The sample of tone k; of one that the recording lacks, that of its nearest tone: the
 * radios' records have no holes. */
static struct csi_sample sample_at(const struct csi_frame *f, int k)
{
	int best = 0;

	for (int i = 1; i < f->tones->count; i++)
		if (abs(f->tones->index[i] - k) < abs(f->tones->index[best] - k))
			best = i;
	return f->samples[best];
}

static void put_sample(uint8_t *at, struct csi_sample s)
{
	put_le16(at, (uint16_t)s.re);
	put_le16(at + 2, (uint16_t)s.im);
}

static int put_mt76(const struct csi_frame *f, const uint8_t mac[6])
{
	struct vcsi_head h = head(VCSI_MT76, mac);

	memset(body, 0, 4 * 64);
	for (int k = -28; k <= 28; k++)
		if (k)
			put_sample(body + 4 * (k & 63), sample_at(f, k));
	put_le16((uint8_t *)&h.tones, 64);
	return put(h, 4 * 64);
}

static void intel_header(uint8_t *p, const uint8_t mac[6], int rx, int tx, int tones, uint32_t rate)
{
	static uint8_t count;

	memset(p, 0, 272);
	put_le32(p, (uint32_t)(4 * rx * tx * tones));
	p[46] = (uint8_t)rx;
	p[47] = (uint8_t)tx;
	put_le32(p + 52, (uint32_t)tones);
	put_le32(p + 60, 50);
	put_le32(p + 64, 52);
	memcpy(p + 68, mac, 6);
	p[76] = count++;
	put_le32(p + 88, radio_clock());
	put_le32(p + 92, rate);
}

static int put_intel(const struct csi_frame *f, const uint8_t mac[6])
{
	uint8_t *at = body + 272;

	intel_header(body, mac, 1, 1, HT_TONES, 0x200);
	for (int k = -28; k <= 28; k++)
		if (k) {
			put_sample(at, sample_at(f, k));
			at += 4;
		}
	return put(head(VCSI_INTEL, mac), 272 + 4 * HT_TONES);
}

/* --- raw netlink ------------------------------------------------------------------------ */

/* body holds so many bytes for the members of the group. */
static int put_raw(unsigned group, size_t bytes)
{
	uint8_t *at = body - 4;			/* within the head, which is not used then */
	static int fd = -1;

	if (fd < 0)
		fd = open("/dev/vraw", O_WRONLY | O_CLOEXEC);
	put_le32(at, group);
	if (write(fd, at, 4 + bytes) == (ssize_t)(4 + bytes))
		return 0;
	perror("radio: /dev/vraw");
	return -1;
}

/* An event of one chain, 16 bits, with so many bytes of values. */
static size_t nxp_event(const uint8_t mac[6], size_t values_len)
{
	static uint16_t sequence;

	return nxp_bytes_event(body, "mlan0", mac, sequence++, now_us(), values_len);
}

static int put_nxp(const struct csi_frame *f, const uint8_t mac[6])
{
	uint8_t *at = body + NXP_BYTES_VALUES;

	for (int k = -28; k <= 28; k++)
		if (k) {
			put_sample(at, sample_at(f, k));
			at += 4;
		}
	return put_raw(1, nxp_event(mac, 4 * HT_TONES));
}

/* Lengths, signatures and channels that are wrong, cut anywhere; and other words of the driver. */
static int raw_odd(void)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 3, 9 };
	static const char other[] = "mlan0\0\0\0\0\0\0\0\0\0\0\0EVENT=AP_STA_ASSOC";

	for (size_t i = 0; i < 400; i++) {
		size_t len = nxp_event(mac, 4 * HT_TONES);

		if (i % 2)
			len = 30 + i % 270;		/* all of them end too early */
		else
			body[NXP_BYTES_RECORD + (i % 4 ? 2 : 44)] ^= (uint8_t)(1 + i % 255);
		if (put_raw(1, len) < 0)
			return 1;
		memcpy(body, other, sizeof(other));
		if (put_raw(1, sizeof(other)) < 0)
			return 1;
	}
	printf("radio: 400 events that make no sense\n");
	return 0;
}

static int raw(const char *maker, double rate_hz, double seconds)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 3, 9 };
	uint64_t begun_us = now_us(), n = (uint64_t)(rate_hz * seconds);

	if (!strcmp(maker, "odd"))
		return raw_odd();
	for (uint64_t i = 0; i < n; i++) {
		wait_until(begun_us + (uint64_t)((double)i * 1e6 / rate_hz));
		memset(body + NXP_BYTES_VALUES, (int)(i % 100), 4 * HT_TONES);
		if (!strcmp(maker, "nxp") ? put_raw(1, nxp_event(mac, 4 * HT_TONES)) < 0 : put_raw(22, 1000) < 0)
			return 1;
	}
	printf("radio: %llu of %s\n", (unsigned long long)n, maker);
	return 0;
}

static int play(const char *radio, const char *mac_text, const char *path)
{
	char error[RECORDING_ERROR_LEN];
	const struct csi_frame *f;
	struct recording *r;
	uint64_t begun_us = now_us(), frames = 0;
	uint8_t mac[6];
	int got, err = 0;

	if (!read_mac(mac_text, mac) || recording_open(&r, path, error) < 0) {
		fprintf(stderr, "radio: %s %s: cannot play\n", mac_text, path);
		return 1;
	}
	while (!err && (got = recording_frame(r, &f, error)) == 1) {
		wait_until(begun_us + f->time_us);
		err = !strcmp(radio, "intel") ? put_intel(f, mac) : !strcmp(radio, "nxp") ? put_nxp(f, mac) : put_mt76(f, mac);
		frames++;
	}
	recording_close(r);
	printf("radio: played %s: %llu packets\n", path, (unsigned long long)frames);
	return err ? 1 : 0;
}

/* --- synthetic ------------------------------------------------------------------------ */

/* What an empty room looks like: always the same, and a little noise. */
static struct csi_sample quiet(int k, int pair)
{
	static uint32_t seed = 1;

	seed = seed * 1664525u + 1013904223u;
	return (struct csi_sample){ (int16_t)(200 + (k * 7 + pair * 31) % 60 + (int)(seed >> 29)),
				    (int16_t)(100 - (k * 5 + pair * 17) % 40 + (int)(seed >> 26 & 7)) };
}

static int packets(double rate_hz, int chains, int streams, int width, double seconds)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 9 };
	uint64_t begun_us = now_us(), n = (uint64_t)(rate_hz * seconds);
	int tones = 64 << width;

	for (uint64_t i = 0; i < n; i++) {
		struct vcsi_head h;

		wait_until(begun_us + (uint64_t)((double)i * 1e6 / rate_hz));
		h = head(VCSI_MT76, mac);
		h.width = (uint8_t)width;
		h.mode = 4;			/* VHT */
		put_le16((uint8_t *)&h.tones, (uint16_t)tones);
		for (int pair = 0; pair < chains * streams; pair++) {
			put_le16((uint8_t *)&h.rx, (uint16_t)(pair / streams));
			put_le16((uint8_t *)&h.tx, (uint16_t)(pair % streams));
			for (int k = 0; k < tones; k++)
				put_sample(body + 4 * k, quiet(k, pair));
			if (put(h, (size_t)(4 * tones)) < 0)
				return 1;
		}
	}
	printf("radio: %llu packets, %llu records\n", (unsigned long long)n,
	       (unsigned long long)n * (unsigned)(chains * streams));
	return 0;
}

/* HE 20 MHz with two chains and streams: 3872 bytes of values and the header. */
static int events(double rate_hz, double seconds)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 8 };
	uint64_t begun_us = now_us(), n = (uint64_t)((rate_hz > 0 ? rate_hz : 1) * seconds);

	for (uint64_t i = 0; i < n; i++) {
		if (rate_hz > 0)
			wait_until(begun_us + (uint64_t)((double)i * 1e6 / rate_hz));
		intel_header(body, mac, 2, 2, 242, 0x400);
		for (int k = 0; k < 4 * 242; k++)
			put_sample(body + 272 + 4 * k, quiet(k, 0));
		if (put(head(VCSI_INTEL, mac), 272 + 16 * 242) < 0)
			return 1;
	}
	printf("radio: %llu events of %d bytes\n", (unsigned long long)n, 272 + 16 * 242);
	return 0;
}

static int connector(const char *path)
{
	static const uint8_t none[6];
	uint64_t begun_us = now_us(), n = 0;
	FILE *f = fopen(path, "re");
	uint8_t length[2];

	if (!f) {
		perror(path);
		return 1;
	}
	for (; fread(length, 1, 2, f) == 2; n++) {
		size_t bytes = get_be16(length);

		if (bytes > VCSI_BYTES || fread(body, 1, bytes, f) != bytes)
			break;
		wait_until(begun_us + n * 20000);
		if (put(head(VCSI_CONNECTOR, none), bytes) < 0)
			return 1;
	}
	fclose(f);
	printf("radio: %llu records through the connector\n", (unsigned long long)n);
	return 0;
}

/* A capture of two chains at 20 MHz, as ath11k's driver writes it. */
static size_t cfr_record(uint8_t *p)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 9 };
	enum { CHAINS = 2, BINS = 64, PAYLOAD = 8 + CHAINS * BINS * 4 };

	memset(p, 0, 108 + 8);
	put_le32(p, 0xdeadbeaf);
	put_le32(p + 4, 0x8cfdf0);
	p[8] = 4;
	p[9] = 1;
	put_le32(p + 12, 92);
	memcpy(p + 16, mac, 6);
	p[22] = 1;
	put_le16(p + 26, 5180);
	put_le16(p + 28, 5180);
	p[32] = 2;			/* HT */
	p[35] = CHAINS;
	put_le32(p + 36, radio_clock());
	put_le32(p + 40, PAYLOAD);
	put_le32(p + 44, (uint32_t)-50);
	put_le32(p + 48, (uint32_t)-52);
	for (int i = 0; i < CHAINS * BINS; i++)
		put_sample(p + 108 + 8 + 4 * i, quiet(i % BINS, i / BINS));
	put_le32(p + 108 + PAYLOAD, 0xbeafdead);
	return 108 + PAYLOAD + 4;
}

static int cfr(double rate_hz, double seconds)
{
	uint64_t begun_us = now_us(), n = (uint64_t)(rate_hz * seconds);
	int fd = open("/dev/vcfr", O_WRONLY | O_CLOEXEC);

	for (uint64_t i = 0; i < n; i++) {
		size_t len = cfr_record(body);

		wait_until(begun_us + (uint64_t)((double)i * 1e6 / rate_hz));
		if (write(fd, body, len) != (ssize_t)len) {
			perror("radio: /dev/vcfr");
			return 1;
		}
	}
	printf("radio: %llu captures\n", (unsigned long long)n);
	return 0;
}

static int lines(const char *path, double rate_hz)
{
	uint64_t begun_us = now_us(), n = 0;
	FILE *f = fopen(path, "re");
	char line[4096];

	if (!f) {
		perror(path);
		return 1;
	}
	for (; fgets(line, sizeof(line), f); n++) {
		wait_until(begun_us + (uint64_t)((double)n * 1e6 / rate_hz));
		fputs(line, stdout);
		fflush(stdout);
	}
	fclose(f);
	return 0;
}

/* --- nonsense ------------------------------------------------------------------------- */

static size_t attr(uint8_t *at, size_t len, unsigned type)
{
	put_le16(at, (uint16_t)len);
	put_le16(at + 2, (uint16_t)type);
	return 4;
}

/* Every length and type of the first attributes, wrong nests, a tail that is cut. */
static int odd(void)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 7 };
	unsigned seed = 1, n = 0;

	for (int i = 0; i < 400; i++) {
		size_t bytes = 4 + (size_t)(i % 60), at = 0, lie = 3 * (size_t)i;

		memset(body, 0, sizeof(message) - sizeof(struct vcsi_head));
		at += attr(body, i % 7 ? bytes : lie, 8u + (unsigned)i % 3 + (i & 8 ? 0x8000u : 0));
		for (; at + 4 <= bytes; at += 4) {
			seed = seed * 1664525u + 1013904223u;
			attr(body + at, (seed >> 24) % 20, (seed >> 16) % 24);
		}
		bytes = (bytes + 3) & ~(size_t)3;
		if (put(head(VCSI_MT76_RAW, mac), bytes) < 0)
			return 1;
		attr(body, i % 5 ? bytes : lie, 0x4du + (unsigned)i % 2);
		if (put(head(VCSI_INTEL_RAW, mac), bytes) < 0 || put(head(VCSI_CONNECTOR, mac), (size_t)i) < 0)
			return 1;
		n++;
		if (n % 20 == 0)
			wait_until(now_us() + 50000);
	}
	printf("radio: %u odd records by each way\n", n);
	return 0;
}

static int station(const char *count)
{
	static const uint8_t none[6];
	struct vcsi_head h = head(VCSI_PACKETS, none);

	put_le16((uint8_t *)&h.tones, (uint16_t)atoi(count));
	return put(h, 0) < 0 ? 1 : 0;
}

static int joined(void)
{
	static const uint8_t none[6];

	return put(head(VCSI_JOINED, none), 0) < 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "cfr"))
		return cfr(atof(argv[2]), atof(argv[3]));
	if (argc == 4 && !strcmp(argv[1], "lines"))
		return lines(argv[2], atof(argv[3]));
	if (argc == 5 && !strcmp(argv[1], "raw"))
		return raw(argv[2], atof(argv[3]), atof(argv[4]));
	device = open("/dev/vcsi", O_WRONLY | O_CLOEXEC);
	if (device < 0) {
		perror("radio: /dev/vcsi");
		return 1;
	}
	if (argc == 5 && !strcmp(argv[1], "play"))
		return play(argv[2], argv[3], argv[4]);
	if (argc == 7 && !strcmp(argv[1], "packets"))
		return packets(atof(argv[2]), atoi(argv[3]), atoi(argv[4]), atoi(argv[5]), atof(argv[6]));
	if (argc == 4 && !strcmp(argv[1], "events"))
		return events(atof(argv[2]), atof(argv[3]));
	if (argc == 3 && !strcmp(argv[1], "connector"))
		return connector(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "odd"))
		return odd();
	if (argc == 3 && !strcmp(argv[1], "station"))
		return station(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "joined"))
		return joined();
	fprintf(stderr, "radio: usage: see the head of radio.c\n");
	return 2;
}
