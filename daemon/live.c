/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "daemon/formats/assemble.h"
#include "daemon/live.h"
#include "daemon/live_clock.h"
#include "daemon/log.h"

#define STEP_S       0.05		/* of the source's clock */
#define TELL_US      60000000		/* between two lines of the log about what was not used */
#define READ_AT_ONCE 4096

struct live {
	struct source *source;
	const struct csi_format *format;
	struct loop_timer *timer;
	struct assembler *assembler;	/* made with the first record that is a part */
	struct live_clock clock;
	uint64_t part_us;		/* when the last part came */
	uint64_t record_us;		/* when the last record came, before one: when we opened */
	uint64_t lag_us;
	uint16_t freq_mhz;		/* 0: as the format says */
	uint64_t told_us;		/* when the log was told; 0: never */
	unsigned things;		/* records and losses that were parsed; modulo 2^32 */
	uint8_t *window;
	size_t size, len;		/* of the window; bytes in it */
	struct csi_sample samples[CSI_MAX_SAMPLES];
	struct csi_stream stream;
};

/* What the parsers have counted, to see what is new. */
struct losses {
	uint64_t dropped, damaged, torn_bytes;
};

static struct losses losses(const struct live *l)
{
	const struct stream_info *i = &l->stream.info;

	return (struct losses){ i->dropped, i->damaged, i->torn_bytes };
}

static void count(struct live *l, enum source_drop cause, uint64_t n)
{
	l->source->counts.dropped[cause] += n;
}

/* A stranger may send nonsense a thousand times a second. */
static void tell(struct live *l)
{
	uint64_t now_us = loop_now_us();

	if (l->told_us && now_us - l->told_us < TELL_US)
		return;
	l->told_us = now_us;
	log_warn("source %s: not used: %s", l->source->config->name, l->stream.info.why);
}

/* Counts what was lost since `before`; whole records for the cause `dropped`. */
static void count_losses(struct live *l, const struct losses *before, enum source_drop dropped)
{
	struct losses now = losses(l);

	count(l, dropped, now.dropped - before->dropped);
	count(l, SOURCE_DROP_DAMAGED, now.damaged - before->damaged);
	count(l, SOURCE_DROP_TORN, now.torn_bytes > before->torn_bytes);
	if (memcmp(&now, before, sizeof(now)) != 0)
		tell(l);
}

/* --- records ---------------------------------------------------------------------- */

static void deliver(struct live *l, const struct csi_record *r)
{
	uint64_t resets = l->clock.resets;
	struct csi_frame f;

	if (csi_record_frame(r, l->samples, &f) < 0) {
		count(l, SOURCE_DROP_MALFORMED, 1);
		l->stream.info.why = "a record contradicts itself";
		tell(l);
		return;
	}
	if (l->freq_mhz)
		f.freq_mhz = l->freq_mhz;
	f.time_us = live_clock_us(&l->clock, csi_record_clock(r), r->time_bits, l->stream.arrived_us);
	count(l, SOURCE_DROP_CLOCK_RESET, l->clock.resets - resets);
	l->source->sink->frame(l->source, &f);
}

static void deliver_packets(struct live *l)
{
	struct losses before = losses(l);
	const struct csi_record *packet;

	while (assembler_pop(l->assembler, &packet, &l->stream.info))
		deliver(l, packet);
	count_losses(l, &before, SOURCE_DROP_INCOMPLETE);
}

static void take_record(struct live *l)
{
	struct losses before = losses(l);

	l->record_us = loop_now_us();
	if (!l->stream.record.part) {
		deliver(l, &l->stream.record);
		return;
	}
	if (!l->assembler)
		l->assembler = assembler_new();
	if (!l->assembler) {
		count(l, SOURCE_DROP_INCOMPLETE, 1);
		return;			/* no memory now; the next record tries again */
	}
	l->part_us = l->stream.arrived_us;
	assembler_push(l->assembler, &l->stream.record, &l->stream.info);
	count_losses(l, &before, SOURCE_DROP_INCOMPLETE);
	deliver_packets(l);
}

static void flush_packets(struct live *l)
{
	struct losses before = losses(l);

	if (!l->assembler)
		return;
	assembler_flush(l->assembler, &l->stream.info);
	count_losses(l, &before, SOURCE_DROP_INCOMPLETE);
	deliver_packets(l);
}

/* Parses until more bytes are needed.  Returns the bytes done with, or -EBADMSG. */
static ssize_t parse(struct live *l, const uint8_t *p, size_t len, bool last)
{
	size_t at = 0;

	while (at < len) {
		struct losses before = losses(l);
		struct parsed parsed = l->format->parse(&l->stream, p + at, len - at, last);

		at += parsed.used;
		count_losses(l, &before, SOURCE_DROP_MALFORMED);
		l->things += parsed.status == PARSE_RECORD || parsed.status == PARSE_BAD;
		if (parsed.status == PARSE_RECORD) {
			take_record(l);
		} else if (parsed.status == PARSE_FATAL) {
			snprintf(l->source->error, sizeof(l->source->error), "%s", l->stream.info.why);
			return -EBADMSG;
		} else if (parsed.status == PARSE_MORE) {
			break;
		}
	}
	return (ssize_t)at;
}

/* --- bytes ------------------------------------------------------------------------ */

/* Parses what is in the window, and moves the rest to its start. */
static int parse_window(struct live *l, bool last)
{
	ssize_t used = parse(l, l->window, l->len, last);

	if (used < 0)
		return (int)used;
	l->len -= (size_t)used;
	memmove(l->window, l->window + used, l->len);
	if (l->len < l->size)
		return 0;
	count(l, SOURCE_DROP_TOO_LONG, 1);
	snprintf(l->source->error, sizeof(l->source->error), "a record of more than %zu bytes", l->size);
	l->len = 0;
	return -EBADMSG;
}

int live_bytes(struct live *l, const uint8_t *p, size_t len)
{
	l->stream.arrived_us = loop_now_us();
	while (len) {
		size_t n = l->size - l->len < len ? l->size - l->len : len;
		int err;

		memcpy(l->window + l->len, p, n);
		l->len += n;
		p += n;
		len -= n;
		err = parse_window(l, false);
		if (err)
			return err;
	}
	return 0;
}

int live_message(struct live *l, const uint8_t *p, size_t len, uint64_t arrived_us)
{
	unsigned things = l->things;

	if (arrived_us > l->stream.arrived_us)
		l->stream.arrived_us = arrived_us;
	if (parse(l, p, len, true) < 0) {
		count(l, SOURCE_DROP_MALFORMED, 1);
		l->things++;
		tell(l);
	}
	return (int)(l->things - things);
}

int live_read(struct live *l, int fd)
{
	uint8_t bytes[READ_AT_ONCE];

	for (int done = 0; done < LIVE_READ_BYTES;) {
		ssize_t n = read(fd, bytes, sizeof(bytes));
		int err = n > 0 ? live_bytes(l, bytes, (size_t)n) : n == 0 ? -ENODATA : -errno;

		if (err == -EAGAIN || err == -EINTR)
			return 0;
		if (err && err != -EBADMSG)
			snprintf(l->source->error, sizeof(l->source->error), "%s",
				 n == 0 ? "it ended" : strerror(-err));
		if (err)
			return err;
		done += (int)n;
	}
	return 0;
}

void live_end(struct live *l)
{
	if (l->len)
		parse_window(l, true);
	l->len = 0;
	flush_packets(l);
}

/* --- life ------------------------------------------------------------------------- */

/* The parts of a packet come within milliseconds; when no more come, it is what it is. */
static void on_step(void *owner)
{
	struct live *l = owner;
	uint64_t now_us = loop_now_us();

	if (l->part_us && now_us - l->part_us > 2 * ASSEMBLE_WAIT_US + l->lag_us) {
		l->part_us = 0;
		flush_packets(l);
	}
	l->source->sink->clock(l->source, now_us - l->lag_us);
}

void live_channel(struct live *l, uint16_t freq_mhz)
{
	l->freq_mhz = freq_mhz;
}

void live_sender(struct live *l, int sender)
{
	l->stream.sender = (uint8_t)sender;
}

void live_packing(struct live *l, const struct packing *p)
{
	l->stream.packing = p;
}

void live_lag(struct live *l, uint64_t lag_us)
{
	l->lag_us = lag_us;
}

uint64_t live_silent_us(const struct live *l)
{
	return loop_now_us() - l->record_us;
}

static void release(struct live *l)
{
	if (l->stream.state && l->format->release)
		l->format->release(&l->stream);
	free(l->stream.state);
	l->stream.state = NULL;
	assembler_free(l->assembler);
	l->assembler = NULL;
}

static int begin(struct live *l, const struct csi_format *format)
{
	memset(&l->stream.info, 0, sizeof(l->stream.info));
	memset(&l->clock, 0, sizeof(l->clock));
	l->format = format;
	l->len = 0;
	l->part_us = 0;
	l->stream.state = calloc(1, format->state_size);
	return l->stream.state ? 0 : -ENOMEM;
}

int live_restart(struct live *l, const struct csi_format *format)
{
	uint64_t now_us = l->clock.now_us;
	int err;

	live_end(l);
	release(l);
	err = begin(l, format);
	l->clock.now_us = now_us;	/* also then no frame is older than the one before */
	return err;
}

int live_open(struct live **out, struct source *s, const struct csi_format *format, size_t window)
{
	struct live *l = calloc(1, sizeof(*l));
	int err;

	if (!l)
		return -ENOMEM;
	l->source = s;
	l->record_us = loop_now_us();
	l->size = window;
	l->window = window ? malloc(window) : NULL;
	err = window && !l->window ? -ENOMEM : begin(l, format);
	if (!err) {
		l->timer = loop_timer_add(s->loop, STEP_S, STEP_S, on_step, l);
		err = l->timer ? 0 : -ENOMEM;
	}
	if (err) {
		live_close(l);
		return err;
	}
	*out = l;
	return 0;
}

void live_close(struct live *l)
{
	if (!l)
		return;
	loop_timer_remove(l->timer);
	release(l);
	free(l->window);
	free(l);
}

const struct stream_info *live_info(const struct live *l)
{
	return &l->stream.info;
}
