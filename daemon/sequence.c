/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include "daemon/sequence.h"
#include "dsp/csi.h"

#define RESTART 10000u	/* so many are not lost at once: what steps back or so far begins anew, or counts something else */

static unsigned missing(uint32_t last, uint32_t now)
{
	uint32_t step = now - last;

	return step >= RESTART ? RESTART : step > 1 ? step - 1 : 0;
}

/* NULL: it is new. */
static struct sequence_of *find(struct sequence *s, const uint8_t mac[6])
{
	for (int i = 0; i < s->transmitters; i++)
		if (!memcmp(s->of[i].mac, mac, sizeof(s->of[i].mac)))
			return &s->of[i];
	return NULL;
}

static struct sequence_of *add(struct sequence *s, const uint8_t mac[6])
{
	struct sequence_of *of = &s->of[s->next];

	memcpy(of->mac, mac, sizeof(of->mac));
	s->next = (s->next + 1) % SEQUENCE_TRANSMITTERS;
	s->transmitters += s->transmitters < SEQUENCE_TRANSMITTERS;
	return of;
}

unsigned sequence_lost(struct sequence *s, const struct csi_frame *f)
{
	struct sequence_of *of = find(s, f->tx_mac);
	unsigned by_source = missing(s->last, f->sequence), lost = of ? missing(of->last, f->sequence) : RESTART;

	if (of && by_source < lost)
		lost = by_source;
	if (!of)
		of = add(s, f->tx_mac);
	s->last = of->last = f->sequence;
	return lost < RESTART ? lost : 0;
}
