/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * csic.c -- reads our own recordings; the layout is in firmware-notes/csic.md.
 *
 * Every record carries a checksum, so damage anywhere costs the records it hit
 * and no more: reading goes on at the next sync word that starts a good record.
 * A length that was damaged looks like a record torn off at the end of the file;
 * only when no good record follows was it one. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/checksum.h"
#include "daemon/formats/csic.h"
#include "daemon/formats/resync.h"
#include "daemon/json.h"

struct tone_set {
	uint16_t id;
	uint64_t last_used;		/* counts uses of any set */
	struct tone_layout layout;
};

struct state {
	bool header_done, in_damage;
	uint64_t skipped;		/* bytes of the damage we are in */
	uint64_t uses;
	int sets;
	struct tone_set *set[CSIC_READER_SETS];
	struct resync resync;		/* while records overlap with damage */
};

_Static_assert(CSIC_RECORD_MAX <= RESYNC_REACH, "a record is longer than resync looks");

static const uint8_t sync_word[4] = { 0x43, 0x53, 0x49, 0x43 };

/* What does not fit is cut off, between two characters of UTF-8. */
static void copy_string(char *to, size_t size, const struct json *meta, const char *key)
{
	const char *s = json_get_string(meta, key);
	size_t len = s ? strlen(s) : 0;

	if (len >= size)
		for (len = size - 1; len && ((uint8_t)s[len] & 0xc0) == 0x80; len--)
			;
	if (len)
		memcpy(to, s, len);
	to[len] = '\0';
}

static void read_meta(struct stream_info *info, const uint8_t *p, size_t len)
{
	struct json *meta = json_parse((const char *)p, len);

	if (meta && len && *p == '{' && len < sizeof(info->meta))
		memcpy(info->meta, p, len);

	copy_string(info->driver, sizeof(info->driver), meta, "driver");
	copy_string(info->origin, sizeof(info->origin), meta, "origin");
	copy_string(info->device, sizeof(info->device), meta, "device");
	copy_string(info->room, sizeof(info->room), meta, "room");
	copy_string(info->note, sizeof(info->note), meta, "note");
	json_free(meta);
}

static struct parsed fatal(struct csi_stream *s, const char *why)
{
	s->info.why = why;
	return (struct parsed){ PARSE_FATAL, 0 };
}

static struct parsed parse_header(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;
	size_t meta_len, whole;
	uint32_t crc;

	if (memcmp(p, CSIC_MAGIC, len < CSIC_MAGIC_LEN ? len : CSIC_MAGIC_LEN))
		return fatal(s, "magic: this is no .csic recording, or was copied as text");
	if (len < CSIC_HEADER_LEN)
		return last ? fatal(s, "the file ends within the header") : (struct parsed){ PARSE_MORE, 0 };
	if (get_le16(p + 8) != CSIC_VERSION)
		return fatal(s, "version: this program reads version 1");
	if (get_le16(p + 10) != CSIC_HEADER_LEN)
		return fatal(s, "header_len: version 1 has headers of 32 bytes");
	meta_len = get_le32(p + 12);
	if (meta_len > CSIC_META_MAX)
		return fatal(s, "meta_len: the metadata is longer than 1 MiB");
	whole = CSIC_HEADER_LEN + meta_len;
	if (len < whole)
		return last ? fatal(s, "the file ends within the metadata") : (struct parsed){ PARSE_MORE, 0 };
	crc = checksum_bytes(checksum_bytes(0, p, 28), p + CSIC_HEADER_LEN, meta_len);
	if (crc != get_le32(p + 28))
		return fatal(s, "crc32: header or metadata are damaged");
	s->info.start_unix_us = get_le64(p + 16);
	read_meta(&s->info, p + CSIC_HEADER_LEN, meta_len);
	st->header_done = true;
	return (struct parsed){ PARSE_SKIP, whole };
}

static struct parsed drop(struct csi_stream *s, size_t used, const char *why)
{
	s->info.dropped++;
	s->info.why = why;
	return (struct parsed){ PARSE_BAD, used };
}

static struct tone_set *find_set(struct state *st, uint16_t id)
{
	for (int i = 0; i < st->sets; i++)
		if (st->set[i]->id == id) {
			st->set[i]->last_used = ++st->uses;
			return st->set[i];
		}
	return NULL;
}

/* Of a full table the one not used for longest. */
static struct tone_set *oldest_set(struct state *st)
{
	struct tone_set *oldest = st->set[0];

	for (int i = 1; i < st->sets; i++)
		if (st->set[i]->last_used < oldest->last_used)
			oldest = st->set[i];
	return oldest;
}

/* The place for a tone set: its own if the id is known, a free one, the oldest. */
static struct tone_set *set_slot(struct state *st, uint16_t id)
{
	struct tone_set *t = find_set(st, id);

	if (t)
		return t;
	if (st->sets < CSIC_READER_SETS) {
		t = calloc(1, sizeof(*t));
		if (t)
			st->set[st->sets++] = t;
	} else {
		t = oldest_set(st);
	}
	if (t) {
		t->id = id;
		t->last_used = ++st->uses;
	}
	return t;
}

/* A set that is wrong takes one of the same id before it out of use: frames after
 * it do not mean that one. */
static struct parsed parse_tone_set(struct csi_stream *s, const uint8_t *p, size_t length)
{
	int16_t index[CSI_MAX_TONES];
	struct tone_set *t;
	int count;

	if (length < CSIC_TONES_HEAD + CSIC_CRC_LEN)
		return drop(s, length, "a tone set is too short");
	t = set_slot(s->state, get_le16(p + 12));
	if (!t)
		return drop(s, length, "out of memory");
	t->layout.stored = 0;
	count = get_le16(p + 14);
	if (count > CSI_MAX_TONES || length != CSIC_TONES_HEAD + 2u * count + CSIC_CRC_LEN)
		return drop(s, length, "a tone set has more than 2048 tones or another length than it says");
	for (int i = 0; i < count; i++)
		index[i] = (int16_t)get_le16(p + CSIC_TONES_HEAD + 2 * i);
	if (tone_layout_set(&t->layout, index, NULL, count, get_le_float(p + 16)) < 0)
		return drop(s, length, "a tone set is empty, repeats a tone or has no spacing");
	return (struct parsed){ PARSE_SKIP, length };
}

/* Floats become 16 bits over the frame's own maximum. */
static bool quantise(struct csi_record *r, const uint8_t *p, int samples)
{
	float most = 0, up;

	for (int i = 0; i < 2 * samples; i++) {
		float v = fabsf(get_le_float(p + 4 * i));

		if (!isfinite(v))
			return false;
		most = v > most ? v : most;
	}
	if (most < 1e-30f)
		most = 1;		/* all zero, or as good as */
	up = 32767 / most;
	for (int i = 0; i < samples; i++) {
		r->samples[i].re = (int16_t)lrintf(get_le_float(p + 8 * i) * up);
		r->samples[i].im = (int16_t)lrintf(get_le_float(p + 8 * i + 4) * up);
	}
	r->scale *= most / 32767;
	return true;
}

static bool read_samples(struct csi_record *r, int encoding, const uint8_t *p, int samples)
{
	if (encoding == CSIC_FLOAT32)
		return quantise(r, p, samples);
	for (int i = 0; i < samples; i++) {
		bool small = encoding == CSIC_INT8;

		r->samples[i].re = small ? (int8_t)p[2 * i] : (int16_t)get_le16(p + 4 * i);
		r->samples[i].im = small ? (int8_t)p[2 * i + 1] : (int16_t)get_le16(p + 4 * i + 2);
	}
	return true;
}

static void read_frame_head(struct csi_record *r, const uint8_t *p)
{
	csi_record_clear(r);
	r->raw_time = get_le64(p + 12);
	memcpy(r->tx_mac, p + 20, sizeof(r->tx_mac));
	r->phy = p[26] <= CSI_PHY_NR ? p[26] : CSI_PHY_UNKNOWN;
	r->flags = p[27] & (CSI_SHARED_LO | CSI_GAIN_DONE | CSI_AMPLITUDE | CSI_DIRECTION);
	r->sequence = get_le32(p + 28);
	r->freq_mhz = get_le16(p + 32);
	r->bandwidth_mhz = get_le16(p + 34);
	r->noise_dbm = (int8_t)p[38];
	r->agc_db = p[39];
	for (int i = 0; i < 4; i++)
		r->rssi_dbm[i] = (int8_t)p[40 + i];
	r->scale = get_le_float(p + 44);
	if (isfinite(r->scale) && r->scale <= 0)
		r->scale = 1;			/* unknown */
	r->chain_major = true;
}

static struct parsed parse_frame(struct csi_stream *s, const uint8_t *p, size_t length)
{
	static const uint8_t value_size[] = { 1, 2, 4 };
	struct csi_record *r = &s->record;
	const struct tone_set *t;
	int encoding, samples;

	if (length < CSIC_FRAME_HEAD + CSIC_CRC_LEN)
		return drop(s, length, "a frame is too short");
	encoding = p[9];
	t = find_set(s->state, get_le16(p + 36));
	if (!t || !t->layout.stored)
		return drop(s, length, "a frame names an unknown tone set");
	if (encoding > CSIC_FLOAT32 || p[10] < 1 || p[10] > CSI_MAX_RX || p[11] < 1 || p[11] > CSI_MAX_TX)
		return drop(s, length, "encoding or chains of a frame are out of range");
	samples = p[10] * p[11] * t->layout.stored;
	if (samples > CSI_MAX_SAMPLES)
		return drop(s, length, "a frame has more than 16384 samples");
	if (length != CSIC_FRAME_HEAD + 2u * value_size[encoding] * samples + CSIC_CRC_LEN)
		return drop(s, length, "length and counts of a frame disagree");

	read_frame_head(r, p);
	r->rx_count = p[10];
	r->tx_count = p[11];
	r->tone_count = t->layout.stored;
	r->layout = &t->layout;
	if (!read_samples(r, encoding, p + CSIC_FRAME_HEAD, samples) || !isfinite(r->scale) || r->scale <= 0)
		return drop(s, length, "a frame holds something that is not a number");
	return (struct parsed){ PARSE_RECORD, length };
}

static const uint8_t *find_sync(const uint8_t *p, const uint8_t *end)
{
	while ((p = memchr(p, sync_word[0], (size_t)(end - p)))) {
		if (end - p < (ptrdiff_t)sizeof(sync_word))
			return NULL;
		if (!memcmp(p, sync_word, sizeof(sync_word)))
			return p;
		p++;
	}
	return NULL;
}

/* Passes over damage to the next sync word; whether a good record starts there
 * is seen in the next call. */
static struct parsed damage(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;
	const uint8_t *next = len > 4 ? find_sync(p + 1, p + len) : NULL;
	size_t used = next ? (size_t)(next - p) : last || len < 4 ? len : len - 3;

	st->in_damage = true;
	st->skipped += used;
	if (last && used == len) {
		s->info.torn_bytes += st->skipped;
		s->info.why = "the file ends within a record";
		st->in_damage = false;
		st->skipped = 0;
	}
	return (struct parsed){ PARSE_BAD, used };
}

/* Whether the record at p is whole.  The first that is not starts a count of all
 * bytes in its reach, so that looking for the next good one stays linear. */
static bool checksum_fits(struct resync *r, const uint8_t *p, size_t length)
{
	size_t len = length - CSIC_CRC_LEN;
	uint32_t expected = get_le32(p + len);

	if (r->active)
		return resync_checksum(r, p, len) == expected;
	if (checksum_bytes(0, p, len) == expected)
		return true;
	resync_start(r);
	resync_checksum(r, p, len);
	return false;
}

static struct parsed good_record(struct csi_stream *s, const uint8_t *p, size_t length)
{
	struct state *st = s->state;

	if (st->in_damage) {
		s->info.damaged++;
		s->info.why = "a checksum is wrong";
		st->in_damage = false;
		st->skipped = 0;
	}
	switch (p[8]) {
	case CSIC_FRAME:
		return parse_frame(s, p, length);
	case CSIC_TONE_SET:
		return parse_tone_set(s, p, length);
	case CSIC_ANNOTATION:
		s->info.annotations++;
		break;
	}
	return (struct parsed){ PARSE_SKIP, length };
}

static struct parsed parse_record(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;
	size_t length;

	if (len < CSIC_RECORD_MIN)
		return last ? damage(s, p, len, last) : (struct parsed){ PARSE_MORE, 0 };
	length = get_le32(p + 4);
	if (memcmp(p, sync_word, sizeof(sync_word)) || length < CSIC_RECORD_MIN || length > CSIC_RECORD_MAX)
		return damage(s, p, len, last);
	if (len < length)
		return last ? damage(s, p, len, last) : (struct parsed){ PARSE_MORE, 0 };
	if (!checksum_fits(&st->resync, p, length))
		return damage(s, p, len, last);
	return good_record(s, p, length);
}

static struct parsed csic_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;
	struct parsed parsed;

	if (!st->header_done)
		return parse_header(s, p, len, last);
	parsed = parse_record(s, p, len, last);
	if (st->resync.active)
		resync_skip(&st->resync, p, parsed.used);
	return parsed;
}

/* Records alone, whose header went elsewhere or nowhere. */
static struct parsed records_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	((struct state *)s->state)->header_done = true;
	return csic_parse(s, p, len, last);
}

static int csic_detect(const uint8_t *p, size_t len)
{
	if (len >= CSIC_MAGIC_LEN && !memcmp(p, CSIC_MAGIC, CSIC_MAGIC_LEN))
		return 100;
	return len >= 6 && !memcmp(p, CSIC_MAGIC, 6) ? 50 : 0;	/* to say what is wrong with it */
}

static void csic_release(struct csi_stream *s)
{
	struct state *st = s->state;

	for (int i = 0; i < st->sets; i++)
		free(st->set[i]);
}

const struct csi_format format_csic = {
	.name       = "csic",
	.help       = "our own recordings, .csic and .csic.gz",
	.state_size = sizeof(struct state),
	.record_max = CSIC_RECORD_MAX,
	.detect     = csic_detect,
	.parse      = csic_parse,
	.release    = csic_release,
};

const struct csi_format format_csic_records = {
	.name       = "csic records",
	.help       = "records of our own recordings without the header",
	.state_size = sizeof(struct state),
	.record_max = CSIC_RECORD_MAX,
	.parse      = records_parse,
	.release    = csic_release,
};
