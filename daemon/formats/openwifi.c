/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * openwifi.c -- the side channel of openwifi, an open WiFi chip in an FPGA.
 *
 * Nothing but records of 64-bit little-endian words, in files as in the driver's
 * messages:
 *
 *   word 0       TSF, µs, 64 bits
 *   word 1       i16 frequency offset, the rest reserved
 *   words 2..57  i16 real, i16 imaginary, 4 reserved bytes: tones 1..28, then -28..-1
 *   from 58      outputs of the equaliser, 52 words for each of 0 to 8 symbols
 *
 * The number of symbols is a parameter of the driver and stands nowhere; nor is there
 * a magic.  Clocks give both away: only with the right length does a word that moves
 * on by less than a minute stand at the start of every record.
 * Details: firmware-notes/openwifi.md. */
#include <stdio.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/seek.h"

#define WORD       8
#define TONES      56
#define SYMBOLS    8
#define BEFORE_EQ  ((2 + TONES) * WORD)
#define LONGEST    (BEFORE_EQ + 52 * SYMBOLS * WORD)
#define LOOK       4			/* steps between records that decide on the length */
#define LOOK_BYTES ((LOOK + 1) * LONGEST)
#define STEP_MAX_US   UINT64_C(60000000)
#define SILENT_MAX_US (60 * STEP_MAX_US)	/* a step that needs no second look */
#define FREQ_ASSUMED_MHZ 5220		/* channel 44, the default of its scripts */

struct state {
	bool     started;
	size_t   size;			/* of a record */
	uint64_t last_time;		/* 0: none yet */
	struct seek seek;
	struct tone_layout layout;
};

static size_t record_size(int symbols)
{
	return BEFORE_EQ + (size_t)(52 * symbols * WORD);
}

static bool step_fits(uint64_t from, uint64_t to, uint64_t most)
{
	return to > from && to - from <= most;
}

static bool reserved_empty(const uint8_t *p)
{
	return !(get_le64(p + WORD) >> 16);
}

/* Number of steps from record to record that fit records of this size, at most LOOK;
 * -1 if one does not. */
static int steps(const uint8_t *p, size_t len, size_t size)
{
	int n = 0;

	for (size_t at = 0; n < LOOK && at + size + WORD <= len; at += size, n++)
		if (!step_fits(get_le64(p + at), get_le64(p + at + size), STEP_MAX_US))
			return -1;
	return n;
}

/* The size of the records that p starts with, 0 if nothing fits; how sure that is.
 * Without a second record the whole must be of the size that a record can have. */
static size_t find_size(const uint8_t *p, size_t len, int *sure)
{
	size_t best = 0;
	int most = 0;

	for (int symbols = 0; symbols <= SYMBOLS; symbols++) {
		int n = steps(p, len, record_size(symbols));

		if (n > most) {
			most = n;
			best = record_size(symbols);
		}
		if (!most && n == 0 && len == record_size(symbols) && get_le64(p) && reserved_empty(p)) {
			*sure = 10;
			return len;
		}
	}
	*sure = most >= 3 ? 80 : most == 2 ? 50 : most && reserved_empty(p) ? 20 : 0;
	return best;
}

static void start(struct csi_stream *s, const uint8_t *p, size_t len)
{
	struct state *st = s->state;
	int16_t index[TONES];
	bool keep[TONES];
	int sure;

	/* Legacy packets fill 1..26 only; with these, all packets make one series. */
	for (int i = 0; i < TONES; i++) {
		index[i] = (int16_t)(i < TONES / 2 ? i - TONES / 2 : i - TONES / 2 + 1);
		keep[i] = index[i] >= -26 && index[i] <= 26;
	}
	tone_layout_set(&st->layout, index, keep, TONES, 312500);
	st->size = find_size(p, len, &sure);
	snprintf(s->info.driver, sizeof(s->info.driver), "openwifi");
	snprintf(s->info.note, sizeof(s->info.note), "channel and transmitter not recorded, %d MHz assumed",
		 FREQ_ASSUMED_MHZ);
	st->started = true;
}

/* Tones are put in ascending order, as openwifi's own reader does. */
static void read_record(struct csi_stream *s, const uint8_t *p)
{
	struct state *st = s->state;
	struct csi_record *r = &s->record;

	csi_record_clear(r);
	r->raw_time = st->last_time = get_le64(p);
	r->time_bits = 63;		/* a TSF starts anywhere */
	r->freq_mhz = FREQ_ASSUMED_MHZ;
	r->bandwidth_mhz = 20;
	r->rx_count = r->tx_count = 1;
	r->tone_count = TONES;
	r->layout = &st->layout;
	for (int i = 0; i < TONES; i++) {
		const uint8_t *v = p + (2 + (i + TONES / 2) % TONES) * WORD;

		r->samples[i].re = (int16_t)get_le16(v);
		r->samples[i].im = (int16_t)get_le16(v + 2);
	}
}

/* Within damage: the record that starts at p goes on from the last one, and the one
 * after it from this. */
static enum seek_verdict starts_here(const void *arg, const uint8_t *p, size_t len, bool last)
{
	const struct state *st = arg;

	if (len < st->size + WORD)
		return last ? SEEK_NO : SEEK_UNSURE;
	return step_fits(get_le64(p), get_le64(p + st->size), STEP_MAX_US) &&
	       (!st->last_time || step_fits(st->last_time, get_le64(p), SILENT_MAX_US)) ?
	       SEEK_YES : SEEK_NO;
}

/* Whether the record at p, the end of which is there, is one: its clock goes on, or was
 * set and goes on from there. */
static bool makes_sense(const struct state *st, const uint8_t *p, size_t len)
{
	uint64_t t = get_le64(p);

	return !st->last_time || step_fits(st->last_time, t, SILENT_MAX_US) ||
	       (len >= st->size + WORD && reserved_empty(p) &&
		step_fits(t, get_le64(p + st->size), STEP_MAX_US));
}

static struct parsed fatal(struct csi_stream *s)
{
	s->info.why = "no length of records fits: this is not openwifi's side channel";
	return (struct parsed){ PARSE_FATAL, 0 };
}

static struct parsed openwifi_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;
	struct parsed parsed;

	if (!st->started) {
		if (len < LOOK_BYTES && !last)
			return (struct parsed){ PARSE_MORE, 0 };
		start(s, p, len);
	}
	if (!st->size)
		return fatal(s);
	if (st->seek.active && !seek_on(&st->seek, &s->info, p, len, last, starts_here, st, &parsed))
		return parsed;
	if (len < st->size + WORD && !last)
		return (struct parsed){ PARSE_MORE, 0 };
	if (len < st->size || !makes_sense(st, p, len))
		return seek_from(&st->seek, &s->info, p, len, last, starts_here, st);
	read_record(s, p);
	return (struct parsed){ PARSE_RECORD, st->size };
}

static int openwifi_detect(const uint8_t *p, size_t len)
{
	int sure;

	return find_size(p, len, &sure) ? sure : 0;
}

const struct csi_format format_openwifi = {
	.name       = "openwifi",
	.help       = "side channel of openwifi (FPGA), .bin",
	.state_size = sizeof(struct state),
	.record_max = LOOK_BYTES,
	.detect     = openwifi_detect,
	.parse      = openwifi_parse,
};
