/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/formats/esp32_bins.h"

static const struct esp32_content {
	int16_t pairs;
	bool    wide;			/* only when the bandwidth field says 40 MHz */
	int16_t skip;			/* pairs before the field that we use */
	int16_t upper;			/* bins 0..upper, then -lower..-1 */
	int16_t lower;
	int16_t first, last;		/* tones +-first..last are filled */
	float   spacing_hz;
	uint8_t phy;			/* CSI_PHY_UNKNOWN: sig_mode says */
} contents[] = {
	{  64, false,  0,  31,  32, 1,  26, 312500, CSI_PHY_UNKNOWN },
	{ 128, false,  0,  31,  32, 1,  26, 312500, CSI_PHY_UNKNOWN },
	{ 192, true,  64,  63,  64, 2,  58, 312500, CSI_PHY_UNKNOWN },
	{ 192, false,  0,  31,  32, 1,  26, 312500, CSI_PHY_UNKNOWN },
	{ 188, false,  0,  31,  32, 1,  26, 312500, CSI_PHY_UNKNOWN },
	{ 190, false,  0,  31,  32, 1,  26, 312500, CSI_PHY_UNKNOWN },
	{ 306, false,  0,  31,  32, 1,  26, 312500, CSI_PHY_UNKNOWN },
	{  53, false,  0,  26,  26, 1,  26, 312500, CSI_PHY_LEGACY },
	{  57, false,  0,  28,  28, 1,  28, 312500, CSI_PHY_HT },
	{ 114, false,  0,  28,  28, 1,  28, 312500, CSI_PHY_HT },
	{ 117, false,  0,  58,  58, 2,  58, 312500, CSI_PHY_HT },
	{ 234, false,  0,  58,  58, 2,  58, 312500, CSI_PHY_HT },
	{ 245, false,  0, 122, 122, 2, 122,  78125, CSI_PHY_HE },
};

static const struct esp32_content *find_content(int pairs, bool wide)
{
	for (size_t i = 0; i < sizeof(contents) / sizeof(*contents); i++)
		if (contents[i].pairs == pairs && (!contents[i].wide || wide))
			return &contents[i];
	return NULL;
}

static bool all_zero(const struct csi_sample *s, int from, int to)
{
	for (int i = from; i <= to; i++)
		if (s[i].re || s[i].im)
			return false;
	return true;
}

/* Receivers that sit on one half of a 40 MHz channel store the 20 MHz field from
 * its lowest bin up, others from bin 0 up and the negative bins after them.  The
 * bins beyond the band's edges are empty, and tell; where they do not (one next to
 * the edge leaks, the first two are garbage), the hint does. */
static bool is_ascending(const struct esp32_content *c, const struct csi_sample *s, bool hint)
{
	bool from_zero, from_lowest;

	if (c->upper != 31)
		return false;
	from_zero = all_zero(s, 28, 36);
	from_lowest = all_zero(s, 2, 4) && all_zero(s, 60, 63);
	return from_zero != from_lowest ? from_lowest : hint;
}

/* Where the tones are; on the first ESP32 the first two pairs of a buffer are
 * garbage. */
static const struct tone_layout *find_layout(struct esp32_bins *b, const struct esp32_content *c, bool ascending,
					     bool first_bad)
{
	int16_t index[ESP32_PAIRS] = { 0 };
	bool keep[ESP32_PAIRS] = { false };
	int bins = c->upper + 1 + c->lower, slot;

	for (int i = 0; i < b->layouts; i++)
		if (b->layout[i].content == c && b->layout[i].ascending == ascending &&
		    b->layout[i].first_bad == first_bad)
			return &b->layout[i].layout;

	for (int i = 0; i < c->pairs; i++)
		index[i] = (int16_t)(i - 1000);		/* anything that is no tone */
	for (int i = 0; i < bins && c->skip + i < c->pairs; i++) {
		int bin = ascending ? i - c->lower : i <= c->upper ? i : i - bins;
		int away = bin < 0 ? -bin : bin;

		index[c->skip + i] = (int16_t)bin;
		keep[c->skip + i] = away >= c->first && away <= c->last &&
				    !(first_bad && c->skip + i < 2);
	}
	slot = b->next_layout;			/* a free one, the oldest */
	b->next_layout = (slot + 1) % ESP32_LAYOUTS;
	b->layouts += b->layouts < ESP32_LAYOUTS;
	b->layout[slot].content = c;
	b->layout[slot].ascending = ascending;
	b->layout[slot].first_bad = first_bad;
	tone_layout_set(&b->layout[slot].layout, index, keep, c->pairs, c->spacing_hz);
	return &b->layout[slot].layout;
}

bool esp32_bins_set(struct esp32_bins *b, struct csi_record *r, const struct esp32_buffer *buffer)
{
	const struct esp32_content *content = find_content(buffer->pairs, buffer->wide);

	if (!content)
		return false;
	r->tone_count = (uint16_t)buffer->pairs;
	r->layout = find_layout(b, content, is_ascending(content, r->samples, buffer->ascending),
				buffer->first_bad);
	if (content->phy != CSI_PHY_UNKNOWN)
		r->phy = content->phy;
	r->bandwidth_mhz = content->last == 58 ? 40 : 20;
	return true;
}
