/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/assemble.h"
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
	struct assembler *assembler;	/* made with the first record that is a part */
	struct csi_stream stream;
	struct csi_frame frame;
	struct csi_sample samples[CSI_MAX_SAMPLES];
};

static int fail(int err, char *error, const char *path, const char *what)
{
	snprintf(error, RECORDING_ERROR_LEN, "%s: %s", path, what);
	return err;
}

/* Names what could have been read.  The path may be long: the names matter more. */
static int fail_unknown(char *error, const char *path, const uint8_t *p, size_t len)
{
	static const uint8_t pcapng[] = { 0x0a, 0x0d, 0x0d, 0x0a };
	char names[RECORDING_ERROR_LEN / 2];
	size_t n = 0;

	if (len >= sizeof(pcapng) && !memcmp(p, pcapng, sizeof(pcapng)))
		return fail(-EPROTONOSUPPORT, error, path, "pcapng, as Wireshark saves it; make pcap of it: editcap -F pcap IN OUT");
	for (int i = 0; csi_formats[i] && n < sizeof(names); i++)
		n += (size_t)snprintf(names + n, sizeof(names) - n, "%s%s", i ? ", " : "", csi_formats[i]->name);
	snprintf(error, RECORDING_ERROR_LEN, "%.100s: no known format (known: %s)", path, names);
	return -EPROTONOSUPPORT;
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
		return fail_unknown(error, r->path, p, len);
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
	assembler_free(r->assembler);
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

/* The next whole packet, of parts where the driver delivers parts.  1, 0 or -errno. */
static int next_packet(struct recording *r, const struct csi_record **packet, char *error)
{
	for (;;) {
		const struct csi_record *record;
		int got;

		if (r->assembler && assembler_pop(r->assembler, packet, &r->stream.info))
			return 1;
		got = recording_record(r, &record, error);
		if (got < 0 || (!got && !r->assembler))
			return got;
		if (!got) {
			assembler_flush(r->assembler, &r->stream.info);
			return assembler_pop(r->assembler, packet, &r->stream.info);
		}
		if (!record->part) {
			*packet = record;
			return 1;
		}
		if (!r->assembler)
			r->assembler = assembler_new();
		if (!r->assembler)
			return fail(-ENOMEM, error, r->path, strerror(ENOMEM));
		assembler_push(r->assembler, record, &r->stream.info);
	}
}

int recording_frame(struct recording *r, const struct csi_frame **frame, char error[RECORDING_ERROR_LEN])
{
	const struct csi_record *record;
	int got;

	while ((got = next_packet(r, &record, error)) == 1) {
		if (csi_record_frame(record, r->samples, &r->frame) < 0) {
			r->stream.info.dropped++;
			r->stream.info.why = "a record contradicts itself";
			continue;
		}
		r->frame.time_us = source_clock_us(&r->clock, csi_record_clock(record), record->time_bits);
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
