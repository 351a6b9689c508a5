/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/checksum.h"
#include "daemon/formats/clock.h"
#include "tests/support/feed.h"
#include "tests/support/must.h"

const struct packing *feed_packing;

struct feeder {
	struct csi_stream stream;
	struct csi_sample samples[CSI_MAX_SAMPLES];
	struct source_clock clock;
	struct feed_result result;
};

static void check_frame(const struct csi_frame *f)
{
	MUST(f->rx_count >= 1 && f->rx_count <= CSI_MAX_RX);
	MUST(f->tx_count >= 1 && f->tx_count <= CSI_MAX_TX);
	MUST(f->tones->count >= 1 && f->tones->count <= CSI_MAX_TONES);
	MUST(csi_samples(f) <= CSI_MAX_SAMPLES);
	MUST(isfinite(f->scale) && f->scale > 0);
	MUST(isfinite(f->tones->spacing_hz) && f->tones->spacing_hz > 0);
	MUST(f->phy <= CSI_PHY_NR || f->phy == CSI_PHY_UNKNOWN);
	for (int i = 1; i < f->tones->count; i++)
		MUST(f->tones->index[i] > f->tones->index[i - 1]);
}

static uint32_t hash_record(uint32_t h, const struct csi_record *r)
{
	h = checksum_bytes(h, &r->raw_time, sizeof(r->raw_time));
	h = checksum_bytes(h, &r->clock_us, sizeof(r->clock_us));
	h = checksum_bytes(h, r->tx_mac, sizeof(r->tx_mac));
	h = checksum_bytes(h, r->rssi_dbm, sizeof(r->rssi_dbm));
	h = checksum_bytes(h, &r->sequence, sizeof(r->sequence));
	h = checksum_bytes(h, &r->freq_mhz, sizeof(r->freq_mhz));
	h = checksum_bytes(h, &r->tone_count, sizeof(r->tone_count));
	h = checksum_bytes(h, &r->scale, sizeof(r->scale));
	return checksum_bytes(h, r->samples,
			      sizeof(*r->samples) * r->rx_count * r->tx_count * r->tone_count);
}

static void one_record(struct feeder *d, feed_fn *each, void *arg)
{
	const struct csi_record *r = &d->stream.record;
	uint64_t before = d->clock.now_us;
	struct csi_frame f;

	d->result.records++;
	if (csi_record_frame(r, d->samples, &f) < 0)
		return;
	d->result.frames++;
	d->result.hash = hash_record(d->result.hash, r);
	check_frame(&f);
	f.time_us = source_clock_us(&d->clock, csi_record_clock(r), r->time_bits);
	MUST(f.time_us >= before);
	if (each)
		each(arg, r, &f);
}

/* Each piece in memory of its own, so that a sanitizer sees every byte too far. */
static struct parsed parse_once(struct feeder *d, const struct csi_format *format, const uint8_t *p,
				size_t len, bool last, bool copy)
{
	uint8_t *own = copy ? malloc(len ? len : 1) : NULL;
	struct parsed parsed;

	if (own)
		memcpy(own, p, len);
	parsed = format->parse(&d->stream, own ? own : p, len, last);
	free(own);
	MUST(parsed.used <= len);
	MUST(parsed.used > 0 || parsed.status == PARSE_MORE || parsed.status == PARSE_FATAL);
	MUST(parsed.status != PARSE_MORE || !last);
	MUST(parsed.status != PARSE_FATAL || d->stream.info.why);
	return parsed;
}

static void run(struct feeder *d, const struct csi_format *format, const uint8_t *p, size_t len,
		size_t piece, feed_fn *each, void *arg)
{
	size_t at = 0, got = piece && piece < len ? piece : len;

	while (at < len || got < len) {
		struct parsed parsed = parse_once(d, format, p + at, got - at, got == len, piece != 0);

		at += parsed.used;
		switch (parsed.status) {
		case PARSE_RECORD:
			one_record(d, each, arg);
			break;
		case PARSE_FATAL:
			d->result.fatal = true;
			return;
		case PARSE_MORE:
			got = len - got > piece && piece ? got + piece : len;
			break;
		case PARSE_SKIP:
			d->result.skipped++;
			break;
		case PARSE_BAD:
			d->result.bad++;
			break;
		}
	}
}

struct feed_result feed(const struct csi_format *format, const uint8_t *p, size_t len, size_t piece,
			feed_fn *each, void *arg)
{
	struct feeder *d = calloc(1, sizeof(*d));
	struct feed_result result;

	MUST(d && (d->stream.state = calloc(1, format->state_size)));
	d->stream.packing = feed_packing;
	run(d, format, p, len, piece, each, arg);
	if (format->release)
		format->release(&d->stream);
	result = d->result;
	result.info = d->stream.info;
	free(d->stream.state);
	free(d);
	return result;
}

struct feed_result feed_both(const struct csi_format *format, const uint8_t *p, size_t len, size_t piece)
{
	struct feed_result whole = feed(format, p, len, 0, NULL, NULL);
	struct feed_result pieces = feed(format, p, len, piece, NULL, NULL);

	MUST(whole.records == pieces.records && whole.frames == pieces.frames);
	MUST(whole.hash == pieces.hash && whole.fatal == pieces.fatal);
	MUST(whole.info.dropped == pieces.info.dropped);
	MUST(whole.info.damaged == pieces.info.damaged);
	MUST(whole.info.torn_bytes == pieces.info.torn_bytes);
	MUST(whole.info.annotations == pieces.info.annotations);
	MUST(!strcmp(whole.info.meta, pieces.info.meta) && !strcmp(whole.info.note, pieces.info.note));
	return whole;
}
