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
 * of RUNS runs, of bytes in the file (a compressed file counts what is on disk). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "daemon/formats/csic.h"
#include "daemon/formats/recording.h"

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

/* least_mb_s: what it must reach, 0 if nothing. */
static int measure(const char *path, const char *name, double least_mb_s)
{
	double seconds[RUNS], median, mb_s;
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
		if (n < 0)
			return 1;
	}
	qsort(seconds, RUNS, sizeof(*seconds), compare);
	median = seconds[RUNS / 2];
	mb_s = (double)st.st_size / 1e6 / median;
	printf("  %-34s %6.1f MB %7" PRId64 " frames %6.0f MB/s %6.3f us a frame (%08" PRIx32 ")%s\n", name,
	       (double)st.st_size / 1e6, n, mb_s, n ? 1e6 * median / (double)n : 0.0, sum,
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

/* The same bytes over and over. */
static int make_repeated(const char *path, const char *from)
{
	static char bytes[1 << 20];
	FILE *in = fopen(from, "rb"), *out = in ? fopen(path, "wb") : NULL;
	size_t len = out ? fread(bytes, 1, sizeof(bytes), in) : 0;
	int bad = !len;

	for (size_t done = 0; !bad && done < BYTES; done += len)
		bad = fwrite(bytes, 1, len, out) != len;
	if (in)
		fclose(in);
	if (out && fclose(out))
		bad = 1;
	if (bad)
		fprintf(stderr, "cannot make %s from %s\n", path, from);
	return bad;
}

static int made(void)
{
	static const struct {
		const char *name;
		int rx, tx, tones, most;
		double least_mb_s;	/* what the project promises */
		const char *from;
	} kinds[] = {
		{ "csic int16 4x2 x 996", 4, 2, 996, 2000, 500, NULL },
		{ "csic int16 2x2 x 242", 2, 2, 242, 2000, 500, NULL },
		{ "csic int16 1x1 x 52 (small)", 1, 1, 52, 2000, 500, NULL },
		{ "csic int8 3x3 x 30", 3, 3, 30, 127, 500, NULL },
		{ "csic int8 1x1 x 52 (small)", 1, 1, 52, 127, 500, NULL },
		{ "intel5300 3x1", 0, 0, 0, 0, 400, "tests/fixtures/formats/intel5300_los_5_head.dat" },
		{ "esp32 text", 0, 0, 0, 0, 0, "tests/fixtures/formats/esp32_example_data.csv" },
	};
	char folder[] = "/tmp/bench_readXXXXXX", path[64];
	int bad = 0;

	if (!mkdtemp(folder)) {
		perror(folder);
		return 1;
	}
	snprintf(path, sizeof(path), "%s/recording", folder);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		int err = kinds[i].from ? make_repeated(path, kinds[i].from) :
			  make_csic(path, kinds[i].rx, kinds[i].tx, kinds[i].tones, kinds[i].most);

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
