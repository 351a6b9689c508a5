/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * feitcsi.c -- files of FeitCSI, a patched driver for Intel's AX200 and AX210.
 *
 * A file repeats: the firmware's header of 272 bytes, which holds the length of the
 * values, and the values, real part first.  No header of the file, no sync word.
 * Details: firmware-notes/feitcsi.md. */
#include <stdio.h>
#include "daemon/formats/intel_ax.h"
#include "daemon/formats/seek.h"

#define FREQ_ASSUMED_MHZ 5500	/* the record does not say */
#define RECORD_MAX (INTEL_AX_HEAD + 4 * CSI_MAX_SAMPLES)

struct state {
	struct intel_ax_layouts layouts;
	struct seek seek;
	uint32_t count;		/* the record's counter, unwrapped from 8 bits */
	bool started;
};

static enum seek_verdict starts_here(const void *arg, const uint8_t *p, size_t len, bool last)
{
	struct intel_ax_head h;

	(void)arg;
	if (len < INTEL_AX_HEAD)
		return last ? SEEK_NO : SEEK_UNSURE;
	if (!intel_ax_read_head(&h, p))
		return SEEK_NO;
	if (len >= INTEL_AX_HEAD + h.bytes)
		return SEEK_YES;
	return last ? SEEK_NO : SEEK_UNSURE;
}

static struct parsed feitcsi_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;
	struct intel_ax_head h;
	struct parsed parsed;

	if (st->seek.active && !seek_on(&st->seek, &s->info, p, len, last, starts_here, NULL, &parsed))
		return parsed;
	if (len < INTEL_AX_HEAD && !last)
		return (struct parsed){ PARSE_MORE, 0 };
	if (len < INTEL_AX_HEAD || !intel_ax_read_head(&h, p))
		return seek_from(&st->seek, &s->info, p, len, last, starts_here, NULL);
	if (len - INTEL_AX_HEAD < h.bytes)
		return last ? seek_from(&st->seek, &s->info, p, len, last, starts_here, NULL) :
			      (struct parsed){ PARSE_MORE, 0 };
	if (!st->started) {
		snprintf(s->info.driver, sizeof(s->info.driver), "iwlwifi");
		snprintf(s->info.note, sizeof(s->info.note), "channel not recorded, %d MHz assumed",
			 FREQ_ASSUMED_MHZ);
		st->count = h.sequence;
		st->started = true;
	}
	intel_ax_record(&s->record, &st->layouts, &h, p + INTEL_AX_HEAD, false);
	st->count += (uint8_t)(h.sequence - (uint8_t)st->count);
	s->record.sequence = st->count;
	s->record.freq_mhz = FREQ_ASSUMED_MHZ;
	return (struct parsed){ PARSE_RECORD, INTEL_AX_HEAD + h.bytes };
}

/* No magic: whether headers that make sense follow each other. */
static int feitcsi_detect(const uint8_t *p, size_t len)
{
	struct intel_ax_head h;
	size_t at = 0;

	while (at + INTEL_AX_HEAD <= len && intel_ax_read_head(&h, p + at))
		at += INTEL_AX_HEAD + h.bytes;
	return !at ? 0 : at + INTEL_AX_HEAD > len ? 90 : 50;
}

const struct csi_format format_feitcsi = {
	.name       = "feitcsi",
	.help       = "FeitCSI for Intel AX200 and AX210, .dat or .csi",
	.state_size = sizeof(struct state),
	.record_max = RECORD_MAX,
	.detect     = feitcsi_detect,
	.parse      = feitcsi_parse,
};
