/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * format.h -- what a parser is: bytes in, one record of a driver out.
 *
 * A format is one file that ends in one const table; a new one needs that file
 * and one line in formats.c.  The same parser serves the file and the live
 * source.  A parser sees bytes and its own state, never a file or a socket: that
 * is what makes it testable and fuzzable.
 *
 *      bytes --parse--> csi_record --csi_record_frame--> csi_frame
 *
 * A record keeps what the driver wrote: all its tones (also empty ones) in its own
 * order, its own clock; receive chains are in antenna order.  A frame is what the
 * sensing layers use: tones ascending, empty ones dropped. */
#ifndef DAEMON_FORMATS_FORMAT_H
#define DAEMON_FORMATS_FORMAT_H

#include <stddef.h>
#include <stdint.h>
#include "dsp/csi.h"

/* Where each tone of a record is stored.  Made by the parsers; constant while
 * a record points to it. */
struct tone_layout {
	uint16_t stored;			/* tones in a record */
	struct csi_tones tones;			/* those worth keeping, ascending */
	uint16_t from[CSI_MAX_TONES];		/* stored position of each */
};

/* One driver record as the parser read it. */
struct csi_record {
	uint64_t raw_time;		/* the source's own clock, as it stands, µs */
	uint64_t clock_us;		/* if not 0: tells the time where raw_time has another unit or fails */
	uint8_t  time_bits;		/* width of the clock that tells the time: 32 wraps, 64 does not,
					   63 is as 64 and counts from anywhere */
	uint8_t  tx_mac[6];
	uint8_t  phy, flags;
	uint16_t freq_mhz, bandwidth_mhz;
	uint8_t  rx_count, tx_count;
	uint16_t tone_count;		/* stored tones */
	bool     chain_major;		/* samples are [rx][tx][tone]; else [tone][rx][tx] */
	bool     stream_major;		/* if not chain_major: samples are [tone][tx][rx] */
	bool     floats;		/* the driver's values are not integers: sample * scale */
	int8_t   rssi_dbm[CSI_MAX_RX];
	int8_t   noise_dbm;
	uint8_t  agc_db;
	uint32_t sequence;
	float    scale;

	/* Of drivers that deliver a packet's antenna pairs one by one (assemble.h).  With
	 * tx_mac, part_key is the same in all of a packet. */
	bool     part, part_last;	/* the driver says: the last of this packet */
	uint16_t part_rx, part_tx;	/* which pair this is */
	uint64_t part_key;

	const struct tone_layout *layout;	/* borrowed from the parser's state */
	struct csi_sample samples[CSI_MAX_SAMPLES];
};

/* What a stream says about itself, and what was lost in it. */
struct stream_info {
	char     driver[32], origin[16], device[64], room[64], note[256];
	char     meta[4096];		/* the whole metadata, JSON, if it is no longer */
	uint64_t start_unix_us;		/* wall clock at time 0; 0: unknown */
	uint64_t annotations;		/* device states and labels within */
	uint64_t damaged;		/* stretches of damage skipped */
	uint64_t dropped;		/* whole records that make no sense */
	uint64_t torn_bytes;		/* lost at the end */
	const char *why;		/* the last reason for a drop; static */
};

enum parse_status {
	PARSE_RECORD,		/* a record was read */
	PARSE_SKIP,		/* something that is no measurement was passed over */
	PARSE_MORE,		/* the bytes end within something: give more */
	PARSE_BAD,		/* damage or nonsense was passed over, and counted in the info */
	PARSE_FATAL,		/* this is not such a stream at all; info->why says why */
};

struct parsed {
	enum parse_status status;
	size_t used;		/* bytes done with, also when there is no record */
};

struct packing;

/* What a parser works on. */
struct csi_stream {
	void *state;			/* the parser's own, format->state_size bytes of 0 at start */
	uint64_t arrived_us;		/* when these bytes came, on the host's monotonic clock: for
					   radios without a clock of their own; a file: 0 */
	uint8_t sender;			/* who of those that a source listens to has sent them, from 0: for
					   radios that have no address */
	const struct packing *packing;	/* of the values, where only the radio's owner can say (packing.h);
					   borrowed, else NULL */
	struct stream_info info;
	struct csi_record record;
};

struct csi_format {
	const char *name;		/* as `sixth info` shows it */
	const char *help;		/* one line */
	size_t state_size;
	size_t record_max;		/* no record is longer in bytes */

	/* How sure, 0 to 100, that a stream that starts like this is of this format. */
	int (*detect)(const uint8_t *p, size_t len);

	/* Reads on at p.  `last`: nothing follows these len bytes.  Uses at least one
	 * byte unless it asks for more, and never asks for more when `last`. */
	struct parsed (*parse)(struct csi_stream *s, const uint8_t *p, size_t len, bool last);

	void (*release)(struct csi_stream *s);	/* what the state holds; absent: nothing */
};

extern const struct csi_format *const csi_formats[];	/* NULL-terminated */

/* The format a stream starts with, NULL if none is known. */
const struct csi_format *csi_format_detect(const uint8_t *p, size_t len);
const struct csi_format *csi_format_find(const char *name);

/* Fills the layout for `count` tones stored in the order of `index`; those with
 * keep[i] false (or keep NULL: none) are dropped.  -EINVAL if no tone remains, one
 * appears twice, or there are too many. */
int tone_layout_set(struct tone_layout *l, const int16_t *index, const bool *keep, int count,
		    float spacing_hz);

/* What source_clock_us() is to be given, with time_bits. */
static inline uint64_t csi_record_clock(const struct csi_record *r)
{
	return r->clock_us ? r->clock_us : r->raw_time;
}

/* Marks everything a driver may not know as unknown; a 64-bit clock. */
void csi_record_clear(struct csi_record *r);

/* Sorts a record into a frame.  The samples go to out[CSI_MAX_SAMPLES], which the
 * frame borrows like the record's tones; time_us is left to the caller.
 * -EBADMSG if the record's counts contradict each other. */
int csi_record_frame(const struct csi_record *r, struct csi_sample *out, struct csi_frame *f);

#endif
