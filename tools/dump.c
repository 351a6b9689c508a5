/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dump.c -- `sixth dump`: what the parser read, record by record, as a table.
 *
 * Before chains are joined, tones dropped or clocks unwrapped; values in the order
 * [tone][rx][tx], tones as the driver stored them.  crc32 is zlib's over the values
 * as little-endian 32-bit integers, real part first. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include "daemon/formats/checksum.h"
#include "daemon/formats/recording.h"
#include "tools/command.h"

struct sums {
	int64_t re, im;
	double abs;
	uint32_t crc;
};

static struct csi_sample sample_at(const struct csi_record *r, int tone, int pair)
{
	int pairs = r->rx_count * r->tx_count;

	return r->samples[r->chain_major ? pair * r->tone_count + tone : tone * pairs + pair];
}

static struct sums sum_up(const struct csi_record *r)
{
	struct sums s = { 0, 0, 0, 0 };

	for (int tone = 0; tone < r->tone_count; tone++)
		for (int pair = 0; pair < r->rx_count * r->tx_count; pair++) {
			struct csi_sample v = sample_at(r, tone, pair);
			const int32_t value[2] = { v.re, v.im };

			s.re += v.re;
			s.im += v.im;
			s.abs += sqrt((double)v.re * v.re + (double)v.im * v.im);
			s.crc = checksum_int32(s.crc, value, 2);
		}
	return s;
}

/* Floats are shown as such, and have no checksum that would mean anything. */
static void print_floats(const struct csi_record *r)
{
	struct csi_sample first = sample_at(r, 0, 0);
	struct sums s = sum_up(r);
	double scale = r->scale;

	printf("%" PRIu64 "\t%d\t%d\t%d\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\t-\n",
	       r->raw_time, r->tone_count, r->rx_count, r->tx_count, first.re * scale, first.im * scale,
	       (double)s.re * scale, (double)s.im * scale, s.abs * scale);
}

static void print_record(const struct csi_record *r)
{
	struct csi_sample first = sample_at(r, 0, 0);
	struct sums s = sum_up(r);

	printf("%" PRIu64 "\t%d\t%d\t%d\t%d\t%d\t%" PRId64 "\t%" PRId64 "\t%.6f\t%08" PRIx32 "\n",
	       r->raw_time, r->tone_count, r->rx_count, r->tx_count, first.re, first.im,
	       s.re, s.im, s.abs, s.crc);
}

static int dump_run(int argc, char **argv)
{
	extern const struct command command_dump;
	char error[RECORDING_ERROR_LEN];
	const struct csi_record *record;
	struct recording *r;
	int got;

	if (argc != 2)
		return wrong_usage(&command_dump, "one file is needed");
	if (recording_open(&r, argv[1], error) < 0)
		return failed("dump", "%s", error);
	printf("t\tnsc\tnrx\tntx\tre0\tim0\tsum_re\tsum_im\tsum_abs\tcrc32\n");
	while ((got = recording_record(r, &record, error)) == 1)
		record->floats ? print_floats(record) : print_record(record);
	if (recording_damage(r))
		fprintf(stderr, "sixth dump: %s: %s; the recording ends there\n", argv[1], recording_damage(r));
	recording_close(r);
	return got < 0 ? failed("dump", "%s", error) : EXIT_DONE;
}

const struct command command_dump = {
	.name  = "dump",
	.usage = "FILE",
	.help  = "prints what the parser read, a line a driver record",
	.details =
		"Tab-separated, a header line first: t (the source's own clock, as it stands), nsc, nrx, ntx\n"
		"(tones, receive chains, transmit streams), re0, im0 (first value), sum_re, sum_im, sum_abs,\n"
		"crc32 (of all values; - where the driver's are floats).  Values are the driver's, before tones are dropped or clocks unwrapped.\n",
	.files_only = true,
	.run   = dump_run,
};
