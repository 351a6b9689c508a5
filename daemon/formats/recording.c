/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/bytestream.h"
#include "daemon/formats/clock.h"
#include "daemon/formats/recording.h"

#define DETECT_BYTES (64 << 10)

struct recording {
	const char *path;			/* a copy, for messages */
	struct bytestream *bytes;
	const struct csi_format *format;
	struct source_clock clock;
	bool pending;			/* the stream's record was read ahead */
	struct csi_stream stream;
	struct csi_frame frame;
	struct csi_sample samples[CSI_MAX_SAMPLES];
};

static int fail(int err, char *error, const char *path, const char *what)
{
	snprintf(error, RECORDING_ERROR_LEN, "%s: %s", path, what);
	return err;
}

/* Gets at least `want` bytes into the window, fewer at the end. */
static int fill_to(struct recording *r, size_t want)
{
	size_t len;
	bool last;

	for (;;) {
		int err;

		bytestream_window(r->bytes, &len, &last);
		if (len >= want || last)
			return 0;
		err = bytestream_fill(r->bytes, want);
		if (err)
			return err;
	}
}

static bool ends_in(const char *path, const char *suffix)
{
	size_t len = strlen(path), n = strlen(suffix);

	return len >= n && !strcmp(path + len - n, suffix);
}

/* By content.  A file that is called .csic and does not look like one goes to that
 * parser all the same, which says what is wrong with it. */
static const struct csi_format *find_format(const char *path, const uint8_t *p, size_t len)
{
	const struct csi_format *f = csi_format_detect(p, len);

	if (!f && (ends_in(path, ".csic") || ends_in(path, ".csic.gz")))
		f = csi_format_find("csic");
	return f;
}

static int detect(struct recording *r, char *error)
{
	const uint8_t *p;
	size_t len;
	bool last;
	int err = fill_to(r, DETECT_BYTES);

	if (err)
		return fail(err, error, r->path, strerror(-err));
	p = bytestream_window(r->bytes, &len, &last);
	if (!len)
		return fail(-ENODATA, error, r->path,
			    bytestream_damage(r->bytes) ? bytestream_damage(r->bytes) : "the file is empty");
	r->format = find_format(r->path, p, len);
	if (!r->format)
		return fail(-EPROTONOSUPPORT, error, r->path,
			    "no known format (known: .csic, Intel 5300 .dat, ESP32 CSI_DATA lines)");
	r->stream.state = calloc(1, r->format->state_size);
	return r->stream.state ? 0 : fail(-ENOMEM, error, r->path, strerror(ENOMEM));
}

int recording_open(struct recording **out, const char *path, char error[RECORDING_ERROR_LEN])
{
	struct recording *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return fail(-ENOMEM, error, path, strerror(ENOMEM));
	r->path = strdup(path);
	err = r->path ? bytestream_open(&r->bytes, path) : -ENOMEM;
	if (err)
		fail(err, error, path, strerror(-err));
	else
		err = detect(r, error);
	if (err) {
		recording_close(r);
		return err;
	}
	snprintf(r->stream.info.origin, sizeof(r->stream.info.origin), "imported");
	*out = r;
	return 0;
}

void recording_close(struct recording *r)
{
	if (!r)
		return;
	if (r->stream.state && r->format->release)
		r->format->release(&r->stream);
	free(r->stream.state);
	bytestream_close(r->bytes);
	free((char *)r->path);
	free(r);
}

int recording_prepare(struct recording *r, char error[RECORDING_ERROR_LEN])
{
	const struct csi_record *record;
	int got = recording_record(r, &record, error);

	r->pending = got == 1;
	return got;
}

int recording_record(struct recording *r, const struct csi_record **record, char error[RECORDING_ERROR_LEN])
{
	if (r->pending) {
		r->pending = false;
		*record = &r->stream.record;
		return 1;
	}
	for (;;) {
		struct parsed parsed;
		const uint8_t *p;
		size_t len;
		bool last;
		int err;

		p = bytestream_window(r->bytes, &len, &last);
		if (last && !len)
			return 0;
		parsed = r->format->parse(&r->stream, p, len, last);
		bytestream_skip(r->bytes, parsed.used);
		switch (parsed.status) {
		case PARSE_RECORD:
			*record = &r->stream.record;
			return 1;
		case PARSE_FATAL:
			return fail(-EBADMSG, error, r->path, r->stream.info.why);
		case PARSE_MORE:
			err = bytestream_fill(r->bytes, len + 1 > r->format->record_max ? len + 1 :
					      len * 2);
			if (err)
				return fail(err, error, r->path, strerror(-err));
			break;
		case PARSE_SKIP:
		case PARSE_BAD:
			break;
		}
	}
}

int recording_frame(struct recording *r, const struct csi_frame **frame, char error[RECORDING_ERROR_LEN])
{
	const struct csi_record *record;
	int got;

	while ((got = recording_record(r, &record, error)) == 1) {
		if (csi_record_frame(record, r->samples, &r->frame) < 0) {
			r->stream.info.dropped++;
			r->stream.info.why = "a record contradicts itself";
			continue;
		}
		r->frame.time_us = source_clock_us(&r->clock, record->raw_time, record->time_bits);
		*frame = &r->frame;
		return 1;
	}
	return got;
}

const struct csi_format *recording_format(const struct recording *r)
{
	return r->format;
}

const struct stream_info *recording_info(const struct recording *r)
{
	return &r->stream.info;
}

uint64_t recording_clock_resets(const struct recording *r)
{
	return r->clock.resets;
}

const char *recording_damage(const struct recording *r)
{
	return bytestream_damage(r->bytes);
}
