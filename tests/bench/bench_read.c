/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * bench_read.c -- how fast recordings are read into frames, on one core.
 *
 *      bench_read FILE...     reads these
 *      bench_read             makes about 100 MB of each format in a temporary folder;
 *                             fails where one is read slower than promised
 *
 * Without files it is to be run from the root of the project: the recordings in other
 * tools' formats are repeated from tests/fixtures/formats.  The figure is the median
 * of RUNS runs, of bytes in the file (a compressed file counts what is on disk), and
 * beside it that of `cat` of the same file into nothing. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/csic.h"
#include "daemon/formats/recording.h"
#include "tests/support/pcap_bytes.h"

#define RUNS  5
#define BYTES (100 << 20)

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Frames in the file, -1 on error; their content goes into *sum, so that no
 * compiler leaves the work out. */
static int64_t read_all(const char *path, uint32_t *sum)
{
	char error[RECORDING_ERROR_LEN];
	const struct csi_frame *f;
	struct recording *r;
	int64_t n = 0;
	int got;

	if (recording_open(&r, path, error) < 0) {
		fprintf(stderr, "%s\n", error);
		return -1;
	}
	while ((got = recording_frame(r, &f, error)) == 1) {
		*sum += (uint32_t)(f->samples[0].re + f->samples[csi_samples(f) - 1].im);
		n++;
	}
	if (got < 0)
		fprintf(stderr, "%s\n", error);
	recording_close(r);
	return got < 0 ? -1 : n;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Processor time of `cat FILE` into nothing, -1 on error. */
static double cat_s(const char *path)
{
	struct rusage use;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		if (null >= 0 && dup2(null, STDOUT_FILENO) >= 0)
			execlp("cat", "cat", path, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) < 0 || status)
		return -1;
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	       1e-6 * (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

/* least_mb_s: what it must reach, 0 if nothing. */
static int measure(const char *path, const char *name, double least_mb_s)
{
	double seconds[RUNS], cat[RUNS], median, mb_s, mb;
	uint32_t sum = 0;
	int64_t n = 0;
	struct stat st;

	if (stat(path, &st) < 0) {
		perror(path);
		return 1;
	}
	for (int i = 0; i < RUNS; i++) {
		double start = now_s();

		n = read_all(path, &sum);
		seconds[i] = now_s() - start;
		cat[i] = cat_s(path);
		if (n < 0 || cat[i] < 0)
			return 1;
	}
	qsort(seconds, RUNS, sizeof(*seconds), compare);
	qsort(cat, RUNS, sizeof(*cat), compare);
	median = seconds[RUNS / 2];
	mb = (double)st.st_size / 1e6;
	mb_s = mb / median;
	printf("  %-30s %5.0f MB %8" PRId64 " frames %6.0f MB/s (cat %5.0f) %7.3f us a frame (%08" PRIx32 ")%s\n", name,
	       mb, n, mb_s, mb / cat[RUNS / 2], n ? 1e6 * median / (double)n : 0.0, sum,
	       mb_s < least_mb_s ? " TOO SLOW" : "");
	return mb_s < least_mb_s;
}

/* A csic file of frames of this shape with values up to `most`. */
static int make_csic(const char *path, int rx, int tx, int tones, int most)
{
	static struct csi_sample samples[CSI_MAX_SAMPLES];
	static struct csi_tones set;
	struct stream_info info = { .driver = "bench", .origin = "simulated" };
	struct csi_frame f = { .freq_mhz = 5180, .bandwidth_mhz = 80, .rx_count = (uint8_t)rx,
			       .tx_count = (uint8_t)tx, .scale = 1, .tones = &set, .samples = samples };
	struct csic_writer *w;
	int n = rx * tx * tones, err;
	size_t record;

	set = (struct csi_tones){ .count = (uint16_t)tones, .spacing_hz = 312500 };
	for (int i = 0; i < tones; i++)
		set.index[i] = (int16_t)(i - tones / 2);
	csi_tones_seal(&set);
	for (int i = 0; i < n; i++)
		samples[i] = (struct csi_sample){ (int16_t)(i * 31 % most), (int16_t)-(i * 17 % most) };
	record = CSIC_FRAME_HEAD + CSIC_CRC_LEN + (most > 127 ? 4u : 2u) * (unsigned)n;

	err = csic_create(&w, path, &info);
	if (err)
		return err;
	for (size_t done = 0; !err && done < BYTES; done += record, f.time_us += 10000, f.sequence++)
		err = csic_write(w, &f);
	return err ? (csic_abandon(w), err) : csic_close(w);
}

/* The same bytes over and over, those of the file's head once. */
static int write_repeated(const char *path, const void *bytes, size_t len, size_t head)
{
	const uint8_t *p = bytes;
	FILE *out = fopen(path, "wb");
	int bad = !out || len <= head || fwrite(p, 1, head, out) != head;

	for (size_t done = head; !bad && done < BYTES; done += len - head)
		bad = fwrite(p + head, 1, len - head, out) != len - head;
	if (out && fclose(out))
		bad = 1;
	if (bad)
		fprintf(stderr, "cannot make %s\n", path);
	return bad;
}

static int make_repeated(const char *path, const char *from, size_t head)
{
	static uint8_t bytes[1 << 20];
	FILE *in = fopen(from, "rb");
	size_t len = in ? fread(bytes, 1, sizeof(bytes), in) : 0;

	if (in)
		fclose(in);
	else
		perror(from);
	return len ? write_repeated(path, bytes, len, head) : 1;
}

/* Datagrams of a 4366c0, four cores a packet, each word two mantissas and an exponent. */
static int make_packed_floats(const char *path)
{
	static const uint8_t ip[28] = { 0x45, [9] = 17, [22] = 5500 >> 8, [23] = 5500 & 0xff };
	static const struct pcap_kind kind = { false, false, 101 };
	uint8_t packet[28 + 18 + 4 * 256] = { 0 };
	struct bytes b = { 0 };
	int err;

	memcpy(packet, ip, sizeof(ip));
	put_le16(packet + 24, 0);
	packet[24] = (sizeof(packet) - 20) >> 8;
	packet[25] = (sizeof(packet) - 20) & 0xff;
	memcpy(packet + 28, "\x11\x11\xc4\x88\x02\x11\x22\x33\x44\x55", 10);
	put_le16(packet + 28 + 14, 0xe02a);
	put_le16(packet + 28 + 16, 106);
	for (uint32_t i = 0; i < 256; i++)
		put_le32(packet + 28 + 18 + 4 * i, (i * 2654435761u & 0x3ffffff0u) | (i % 11 + 50));
	pcap_add_header(&b, &kind);
	for (int i = 0; i < 400; i++) {
		put_le16(packet + 28 + 10, (uint16_t)(i / 4 << 4));
		put_le16(packet + 28 + 12, (uint16_t)(i % 4));
		pcap_add_packet(&b, &kind, 1700000000000000u + (uint64_t)i / 4 * 10000, packet, sizeof(packet), 0);
	}
	err = write_repeated(path, b.p, b.len, 24);
	free(b.p);
	return err;
}

static int made(void)
{
	static const struct {
		const char *name;
		int rx, tx, tones, most;
		double least_mb_s;	/* what the project promises */
		const char *from;	/* a recording, or what is made here */
		size_t head;		/* bytes of it that stand in a file once */
	} kinds[] = {
		{ "csic int16 4x2 x 996", 4, 2, 996, 2000, 500, NULL, 0 },
		{ "csic int16 2x2 x 242", 2, 2, 242, 2000, 500, NULL, 0 },
		{ "csic int16 1x1 x 52 (small)", 1, 1, 52, 2000, 500, NULL, 0 },
		{ "csic int8 3x3 x 30", 3, 3, 30, 127, 500, NULL, 0 },
		{ "csic int8 1x1 x 52 (small)", 1, 1, 52, 127, 500, NULL, 0 },
#define FROM(name, file, head, least) { name, 0, 0, 0, 0, least, "tests/fixtures/formats/" file, head }
		FROM("nexmon int16", "nexmon_pi4_head.pcap", 24, 600),
		FROM("feitcsi HE80 2x1", "feitcsi_hesu80_head.csi", 0, 600),
		FROM("feitcsi HT20 2x1", "feitcsi_ht20_head.csi", 0, 600),
		FROM("picoscenes AX200 HT20", "picoscenes_ax200_head.csi", 0, 600),
		FROM("iax HT40 2x1", "iax_ht40_head.iax", 0, 600),
		FROM("openwifi", "openwifi_eq8_head.bin", 0, 600),
		FROM("intel5300 3x1", "intel5300_los_5_head.dat", 0, 400),
		FROM("picoscenes 5300", "picoscenes_iwl5300_head.csi", 0, 400),
		FROM("atheros 3x2", "atheros_head.dat", 0, 400),
		FROM("picoscenes QCA9300", "picoscenes_qca9300_head.csi", 0, 400),
		{ "nexmon packed floats 4x1", 0, 0, 0, 0, 400, "packed floats", 0 },
		FROM("mt76 netlink, 80 MHz", "mt76_feed_bw80_head.nl", 0, 400),
		FROM("mt76 netlink, 20 MHz", "mt76_dump_bw20_head.nl", 0, 400),
		FROM("esp32 text", "esp32_example_data.csv", 0, 200),
	};
	char folder[] = "/tmp/bench_readXXXXXX", path[64];
	int bad = 0;

	if (!mkdtemp(folder)) {
		perror(folder);
		return 1;
	}
	snprintf(path, sizeof(path), "%s/recording", folder);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		int err = !kinds[i].from ? make_csic(path, kinds[i].rx, kinds[i].tx, kinds[i].tones, kinds[i].most) :
			  strchr(kinds[i].from, '/') ? make_repeated(path, kinds[i].from, kinds[i].head) :
			  make_packed_floats(path);

		bad |= err ? 1 : measure(path, kinds[i].name, kinds[i].least_mb_s);
		unlink(path);
	}
	rmdir(folder);
	return bad;
}

int main(int argc, char **argv)
{
	int bad = 0;

	for (int i = 1; i < argc; i++)
		bad |= measure(argv[i], argv[i], 0);
	return argc > 1 ? bad : made();
}
