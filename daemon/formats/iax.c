/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * iax.c -- files of the iax tool for Intel's AX200 and AX210 (iwlwifi).
 *
 * A file repeats: u32 big-endian 272, the firmware's header (intel_ax.c), u32 big-endian
 * length, the values, imaginary part first.  The length stands in the header too, so
 * that a record is known by three numbers that must agree.
 * Details: firmware-notes/iwlwifi.md. */
#include <stdio.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/intel_ax.h"
#include "daemon/formats/seek.h"

#define BEFORE_VALUES (4 + INTEL_AX_HEAD + 4)
#define FREQ_ASSUMED_MHZ 5500	/* the record does not say */

struct state {
	struct intel_ax_layouts layouts;
	struct seek seek;
	uint32_t count;		/* the record's counter, unwrapped from 8 bits */
	bool started;
};

static uint32_t get_be32(const uint8_t *p)
{
	return (uint32_t)get_be16(p) << 16 | get_be16(p + 2);
}

/* p: BEFORE_VALUES bytes. */
static bool read_head(struct intel_ax_head *h, const uint8_t *p)
{
	return get_be32(p) == INTEL_AX_HEAD && intel_ax_read_head(h, p + 4) &&
	       get_be32(p + 4 + INTEL_AX_HEAD) == h->bytes;
}

static enum seek_verdict starts_here(const void *arg, const uint8_t *p, size_t len, bool last)
{
	struct intel_ax_head h;

	(void)arg;
	if (len < BEFORE_VALUES)
		return last ? SEEK_NO : SEEK_UNSURE;
	if (!read_head(&h, p))
		return SEEK_NO;
	if (len - BEFORE_VALUES >= h.bytes)
		return SEEK_YES;
	return last ? SEEK_NO : SEEK_UNSURE;
}

static void start(struct csi_stream *s, const struct intel_ax_head *h)
{
	struct state *st = s->state;

	snprintf(s->info.driver, sizeof(s->info.driver), "iwlwifi");
	snprintf(s->info.note, sizeof(s->info.note), "channel not recorded, %d MHz assumed",
		 FREQ_ASSUMED_MHZ);
	st->count = h->sequence;
	st->started = true;
}

static struct parsed iax_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;
	struct intel_ax_head h;
	struct parsed parsed;

	if (st->seek.active && !seek_on(&st->seek, &s->info, p, len, last, starts_here, NULL, &parsed))
		return parsed;
	switch (starts_here(NULL, p, len, last)) {
	case SEEK_UNSURE:
		return (struct parsed){ PARSE_MORE, 0 };
	case SEEK_NO:
		return seek_from(&st->seek, &s->info, p, len, last, starts_here, NULL);
	case SEEK_YES:
		break;
	}
	read_head(&h, p);
	if (!st->started)
		start(s, &h);
	intel_ax_record(&s->record, &st->layouts, &h, p + BEFORE_VALUES, true);
	st->count += (uint8_t)(h.sequence - (uint8_t)st->count);
	s->record.sequence = st->count;
	s->record.freq_mhz = FREQ_ASSUMED_MHZ;
	return (struct parsed){ PARSE_RECORD, BEFORE_VALUES + h.bytes };
}

static int iax_detect(const uint8_t *p, size_t len)
{
	struct intel_ax_head h;
	size_t next;

	if (len < BEFORE_VALUES || !read_head(&h, p))
		return 0;
	next = BEFORE_VALUES + h.bytes;
	return next + 4 > len || get_be32(p + next) == INTEL_AX_HEAD ? 95 : 60;
}

const struct csi_format format_iax = {
	.name       = "iax",
	.help       = "Intel AX200 and AX210 as stored by iax, .iax",
	.state_size = sizeof(struct state),
	.record_max = BEFORE_VALUES + 4 * CSI_MAX_SAMPLES,
	.detect     = iax_detect,
	.parse      = iax_parse,
};
