/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mt76_record.c -- MediaTek mt76: one antenna pair out of nl80211 vendor attributes.
 *
 * Three numberings of the attributes are in use under the same command:
 *
 *                                A       B       C
 *   the data, in VENDOR_DATA     9      10       8
 *   in it: number of tones       -       9       9
 *          I, Q                9, 10  10, 11  10, 11
 *          all after Q           n     n + 1   n + 1
 *
 * The kernel marks nested attributes with a flag, which some versions forget, so the
 * content decides: I and Q are long, numbers are not.  Details: firmware-notes/mt76.md. */
#include "daemon/formats/bytes.h"
#include "daemon/formats/mt76.h"

/* NL80211_ATTR_... */
#define VENDOR_ID      195
#define VENDOR_SUBCMD  196
#define VENDOR_DATA    197
#define MEDIATEK       0x0ce7
#define CSI_CTRL       0xc2

/* Of the data, in numbering B and C; in A all from NUM on are one less. */
enum {
	AT_PAD = 1, AT_TIME = 3, AT_RSSI = 4, AT_WIDTH = 6, AT_PRIMARY = 7, AT_ADDRESS = 8, AT_NUM = 9,
	AT_I = 10, AT_Q = 11, AT_TX = 17, AT_RX = 18, AT_MODE = 19, AT_CHAIN_INFO = 20, AT_COUNT,
};

/* What a fork of A appends, in its own numbers. */
enum { FORK_NUM = 21, FORK_SEQUENCE = 22, FORK_CHAIN_INFO = 26, FORK_COUNT };

#define LAST_CHAIN 0x8000	/* in CHAIN_INFO */
#define WIDTHS     5		/* 20 MHz to 320 MHz */
#define ATTRS_MAX  64		/* no run but those of values is longer */
#define A_TONES_MAX 256		/* that numbering A stores, also of narrower packets */

/* Which tones are filled depends on the PHY. */
enum kind { KIND_LEGACY, KIND_HT, KIND_HE };

/* The attributes of one measurement; data NULL: not there. */
struct fields {
	bool big_endian, shifted;	/* shifted: numbering B or C */
	struct nl_attr at[AT_COUNT], fork[FORK_COUNT];
};

static bool number(const struct fields *f, const struct nl_attr *at, uint32_t *out)
{
	return at->data && nl_attr_number(at, f->big_endian, out);
}

static uint32_t number_or(const struct fields *f, const struct nl_attr *at, uint32_t otherwise)
{
	uint32_t v;

	return number(f, at, &v) ? v : otherwise;
}

/* I is a run of attributes of 8 bytes; the number that stands in its place is one. */
static bool is_shifted(struct nl_attrs attrs)
{
	struct nl_attr at;

	while (nl_attr_next(&attrs, &at)) {
		if (at.type == AT_I - 1 && at.len > 4)
			return false;
		if (at.type == AT_I + 1 && at.len > 4)
			return true;
	}
	return true;
}

/* NULL, or what is wrong with the attributes. */
static const char *collect(struct fields *f, const struct nl_attr *data, bool big_endian)
{
	struct nl_attrs attrs = nl_attr_inside(data, big_endian);
	struct nl_attr at;

	*f = (struct fields){ .big_endian = big_endian, .shifted = is_shifted(attrs) };
	while (nl_attr_next(&attrs, &at)) {
		unsigned to = at.type + (!f->shifted && at.type >= AT_NUM);

		if (to < AT_COUNT && f->at[to].data && to != AT_PAD)
			return "an attribute is there twice";
		if (to < AT_COUNT)
			f->at[to] = at;
		if (!f->shifted && at.type < FORK_COUNT)
			f->fork[at.type] = at;
	}
	if (!f->shifted)		/* its number there is another thing */
		f->at[AT_CHAIN_INFO].data = NULL;
	return attrs.broken ? "attributes are torn" : NULL;
}

/* The data of a measurement are the child that holds attributes, among them a time of
 * 32 bits and something long in the place of I or Q. */
static bool is_data(const struct nl_attr *data, bool big_endian)
{
	struct nl_attrs attrs = nl_attr_inside(data, big_endian);
	struct nl_attr at;
	bool time = false, values = false;

	for (int i = 0; i < ATTRS_MAX && nl_attr_next(&attrs, &at); i++) {
		time |= at.type == AT_TIME && at.len == 4;
		values |= at.type == AT_I && at.len > 4;	/* Q in A, I in B and C */
	}
	return time && values;
}

bool mt76_find_data(const uint8_t *p, size_t len, bool big_endian, struct nl_attr *data)
{
	struct nl_attrs attrs = { p + NL_GENERIC_HEAD, len - NL_GENERIC_HEAD, big_endian, false };
	struct nl_attr at, vendor = { 0, NULL, 0 };
	uint32_t v;

	if (len < NL_GENERIC_HEAD || p[0] != NL80211_CMD_VENDOR)
		return false;
	for (int i = 0; i < ATTRS_MAX && nl_attr_next(&attrs, &at); i++) {
		if ((at.type == VENDOR_ID && nl_attr_number(&at, big_endian, &v) && v != MEDIATEK) ||
		    (at.type == VENDOR_SUBCMD && nl_attr_number(&at, big_endian, &v) && v != CSI_CTRL))
			return false;
		if (at.type == VENDOR_DATA)
			vendor = at;
	}
	if (!vendor.data)
		return false;
	attrs = nl_attr_inside(&vendor, big_endian);
	for (int i = 0; i < ATTRS_MAX && nl_attr_next(&attrs, data); i++)
		if (data->type >= 8 && data->type <= 10 && is_data(data, big_endian))
			return true;
	return false;
}

bool mt76_is_question(const uint8_t *p, size_t len, bool big_endian, bool *ours)
{
	struct nl_attrs attrs = { p + NL_GENERIC_HEAD, len - NL_GENERIC_HEAD, big_endian, false };
	uint32_t v, vendor = 0, command = 0;
	struct nl_attr at;

	if (len < NL_GENERIC_HEAD || p[0] != NL80211_CMD_VENDOR)
		return false;
	for (int i = 0; i < ATTRS_MAX && nl_attr_next(&attrs, &at); i++) {
		if (at.type == VENDOR_ID && nl_attr_number(&at, big_endian, &v))
			vendor = v;
		else if (at.type == VENDOR_SUBCMD && nl_attr_number(&at, big_endian, &v))
			command = v;
	}
	*ours = vendor == MEDIATEK && command == CSI_CTRL;
	return vendor != 0;
}

bool mt76_time(const struct nl_attr *data, bool big_endian, uint32_t *time_us)
{
	struct nl_attrs attrs = nl_attr_inside(data, big_endian);
	struct nl_attr at;

	while (nl_attr_next(&attrs, &at))
		if (at.type == AT_TIME)
			return nl_attr_number(&at, big_endian, time_us);
	return false;
}

/* Six attributes of a byte, or the six bytes as they are. */
static bool read_address(const struct fields *f, uint8_t mac[6])
{
	const struct nl_attr *ta = &f->at[AT_ADDRESS];
	struct nl_attrs bytes = nl_attr_inside(ta, f->big_endian);
	struct nl_attr at;
	unsigned seen = 0;

	if (!ta->data)
		return false;
	if (ta->len == 6) {
		memcpy(mac, ta->data, 6);
		return true;
	}
	while (nl_attr_next(&bytes, &at))
		if (at.type < 6 && at.len == 1) {
			mac[at.type] = at.data[0];
			seen |= 1u << at.type;
		}
	return seen == 0x3f;
}

/* Attributes of 16 bits, one a tone, whose types are the tones' places.  Fills places
 * 0..count-1 of one component (0 real, 1 imaginary); returns how many of them, -1 if one is
 * there twice. */
static int read_values(const struct fields *f, const struct nl_attr *values, int count, int component,
		       struct csi_sample *out)
{
	struct nl_attrs attrs = nl_attr_inside(values, f->big_endian);
	uint8_t seen[CSI_MAX_TONES / 8] = { 0 };
	struct nl_attr at;
	int n = 0;

	while (nl_attr_next(&attrs, &at)) {
		int16_t v;

		if (at.type >= count || at.len != 2)
			continue;
		if (seen[at.type / 8] >> at.type % 8 & 1)
			return -1;
		v = (int16_t)(f->big_endian ? get_be16(at.data) : get_le16(at.data));
		if (component)
			out[at.type].im = v;
		else
			out[at.type].re = v;
		n++;
		seen[at.type / 8] |= (uint8_t)(1u << at.type % 8);
	}
	return n;
}

/* Tones in the record.  Numbering A does not say: it stores 256 whatever the packet
 * fills, or as many as it fills. */
static int tone_count(const struct fields *f, unsigned width)
{
	int stored = (int)(f->at[AT_I].len / 8), wanted = 64 << width;
	uint32_t said;

	if (number(f, f->shifted ? &f->at[AT_NUM] : &f->fork[FORK_NUM], &said))
		return said <= CSI_MAX_TONES ? (int)said : 0;
	if (f->shifted || stored > A_TONES_MAX)
		return stored <= CSI_MAX_TONES ? stored : 0;
	return wanted < stored ? wanted : stored;
}

static uint8_t phy_of(uint32_t mode)
{
	switch (mode) {
	case 1:
		return CSI_PHY_LEGACY;
	case 2: case 3:
		return CSI_PHY_HT;
	case 4:
		return CSI_PHY_VHT;
	case 8: case 9: case 10: case 11:
		return CSI_PHY_HE;
	case 13: case 14: case 15:
		return CSI_PHY_EHT;
	default:
		return CSI_PHY_UNKNOWN;
	}
}

/* Whether the bin this far from the middle of the packet is filled.  Packets of 80 MHz
 * and more are blocks of 80, legacy ones are repeated every 20 MHz. */
static bool is_filled(enum kind kind, unsigned width, int away)
{
	static const uint8_t first[2][3] = { { 1, 2, 2 }, { 1, 1, 1 } };
	static const uint8_t last[2][3] = { { 28, 58, 122 }, { 30, 61, 125 } };
	int half = 32 << width, block = kind == KIND_LEGACY ? 64 : width > 2 ? 256 : 64 << width;
	int size = width > 2 ? 2 : (int)width;

	if (away < -half || away >= half)
		return false;
	away = (away + half) % block - block / 2;
	away = away < 0 ? -away : away;
	if (kind == KIND_LEGACY)
		return away >= 1 && away <= 26;
	return away >= first[kind == KIND_HE][size] && away <= last[kind == KIND_HE][size];
}

/* Where the packet's middle is among `stored` bins: it may be narrower than what was
 * measured, then its primary channel says. */
static int middle_of(int stored, unsigned width, uint32_t primary)
{
	int size = 64 << width, slot = (int)(primary & 0xff) >> width;

	if (size >= stored)
		return 0;
	return -stored / 2 + size / 2 + slot * size;
}

static const struct tone_layout *make_layout(struct tone_layout *l, int stored, int middle, unsigned width,
					     enum kind kind)
{
	int16_t index[CSI_MAX_TONES];
	bool keep[CSI_MAX_TONES];

	for (int i = 0; i < stored; i++) {
		index[i] = (int16_t)(i < stored / 2 ? i : i - stored);
		keep[i] = is_filled(kind, width, index[i] - middle);
	}
	return tone_layout_set(l, index, keep, stored, 312500) == 0 ? l : NULL;
}

/* NULL if these tones are no transform of any bandwidth: then the record is no frame. */
static const struct tone_layout *find_layout(struct mt76 *st, int stored, int middle, unsigned width,
					     enum kind kind)
{
	int slot;

	if (stored < 64 || stored & (stored - 1) || stored < 64 << width)
		return NULL;
	for (int i = 0; i < st->layouts; i++)
		if (st->layout[i].stored == stored && st->layout[i].middle == middle &&
		    st->layout[i].width == width && st->layout[i].kind == kind)
			return &st->layout[i].layout;
	slot = st->next_layout;			/* a free one, the oldest */
	st->next_layout = (slot + 1) % MT76_LAYOUTS;
	st->layouts += st->layouts < MT76_LAYOUTS;
	st->layout[slot].stored = (uint16_t)stored;
	st->layout[slot].middle = (int16_t)middle;
	st->layout[slot].width = (uint8_t)width;
	st->layout[slot].kind = (uint8_t)kind;
	return make_layout(&st->layout[slot].layout, stored, middle, width, kind);
}

/* Which pair of which packet this is. */
static void read_part(struct csi_record *r, const struct fields *f)
{
	uint32_t sequence = number_or(f, &f->fork[FORK_SEQUENCE], 0);
	uint32_t tx = number_or(f, &f->at[AT_TX], 0), rx = number_or(f, &f->at[AT_RX], 0);
	uint32_t info = number_or(f, f->shifted ? &f->at[AT_CHAIN_INFO] : &f->fork[FORK_CHAIN_INFO], 0);

	r->part = true;
	r->part_last = info & LAST_CHAIN;
	r->part_tx = (uint16_t)(tx < UINT16_MAX ? tx : UINT16_MAX);
	r->part_rx = (uint16_t)(rx < UINT16_MAX ? rx : UINT16_MAX);
	r->part_key = (uint64_t)sequence << 32 | r->raw_time;
	r->sequence = sequence;
}

const char *mt76_read(struct mt76 *st, struct csi_record *r, const struct nl_attr *data, bool big_endian)
{
	struct fields f;
	uint32_t time, width;
	const char *why;
	enum kind kind;
	int rssi, count;

	why = collect(&f, data, big_endian);
	if (why)
		return why;
	if (!f.at[AT_I].data || !f.at[AT_Q].data || !number(&f, &f.at[AT_TIME], &time))
		return "an attribute is missing";
	width = number_or(&f, &f.at[AT_WIDTH], 0);
	if (width >= WIDTHS)
		return "a bandwidth that does not exist";
	count = tone_count(&f, width);
	if (count < 1)
		return "more tones than there can be";

	csi_record_clear(r);
	memset(r->samples, 0, (size_t)count * sizeof(*r->samples));
	if (read_values(&f, &f.at[AT_I], count, 0, r->samples) != count ||
	    read_values(&f, &f.at[AT_Q], count, 1, r->samples) != count)
		return "values are missing, or there twice";
	if (!read_address(&f, r->tx_mac))
		return "the transmitter's address is torn";
	r->raw_time = time;
	r->time_bits = 32;
	r->phy = phy_of(number_or(&f, &f.at[AT_MODE], UINT32_MAX));
	r->flags = CSI_SHARED_LO;
	r->freq_mhz = MT76_FREQ_ASSUMED_MHZ;
	r->bandwidth_mhz = (uint16_t)(20 << width);
	r->rx_count = r->tx_count = 1;
	r->tone_count = (uint16_t)count;
	rssi = (int8_t)number_or(&f, &f.at[AT_RSSI], CSI_RSSI_UNKNOWN);
	r->rssi_dbm[0] = (int8_t)(rssi < 0 ? rssi : CSI_RSSI_UNKNOWN);
	read_part(r, &f);
	kind = r->phy == CSI_PHY_LEGACY ? KIND_LEGACY :
	       r->phy == CSI_PHY_HE || r->phy == CSI_PHY_EHT ? KIND_HE : KIND_HT;
	r->layout = find_layout(st, count, middle_of(count, width, number_or(&f, &f.at[AT_PRIMARY], 0)),
				width, kind);
	return NULL;
}
