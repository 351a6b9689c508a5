/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * picoscenes.c -- PicoScenes .csi files: Intel 5300, QCA9300, AX200 and AX210, USRP.
 *
 * A file repeats frames, little-endian: u32 length of what follows, u32 magic, u16
 * version, u8 number of segments, segments, the received packet.  A segment: u32
 * length of what follows, u8 length of the name, name, u16 version, body.  We use
 * RxSBasic (when, how strong), CSI (the values, as the chip packs them) and MVMExtra
 * (Intel's own clock), and pass over the others.  Bodies grew over the versions.
 * Details: firmware-notes/picoscenes.md. */
#include <stdio.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/intel_ax.h"
#include "daemon/formats/picoscenes_matrix.h"
#include "daemon/formats/seek.h"
#include "daemon/formats/unpack.h"

#define MAGIC       0x20150315u
#define HEAD        11
#define FRAME_MAX   (8u << 20)		/* software radios put their raw signal in as well */
#define LAYOUTS_MAX 8
#define AS_STORED   0			/* no antennas for two chains and more: they stay as they are */

enum { DEVICE_5300 = 0x5300, DEVICE_9300 = 0x9300, DEVICE_AX200 = 0x2000, DEVICE_AX210 = 0x2100,
       DEVICE_USRP = 0x1234 };

struct state {
	struct seek seek;
	struct intel_ax_layouts ax;
	struct {
		uint16_t device, bandwidth_mhz, tones;
		int16_t  offset;
		struct tone_layout layout;
	} made[LAYOUTS_MAX];
	int next_made, made_count;
	struct tone_layout named;		/* of the last record that names its tones */
	bool started;
};

struct part {
	const uint8_t *p;
	size_t len;
	unsigned version;
};

struct parts {
	struct part basic, csi, mvm;
	const uint8_t *packet;		/* after the segments */
	size_t packet_len;
};

/* What a CSI segment says before its values. */
struct csi_head {
	unsigned device, tones, tx, rx, parts, format, bandwidth_mhz;
	uint64_t carrier_hz;
	uint32_t spacing_hz;
	int16_t offset;
	const uint8_t *values;
	size_t len;
};

static struct part *part_of(struct parts *parts, const uint8_t *name, size_t len)
{
	if (len && !name[len - 1])
		len--;			/* newer files store the 0 at the end */
	if (len == 8 && !memcmp(name, "RxSBasic", 8))
		return &parts->basic;
	if (len == 3 && !memcmp(name, "CSI", 3))
		return &parts->csi;
	return len == 8 && !memcmp(name, "MVMExtra", 8) ? &parts->mvm : NULL;
}

/* Takes a frame of `len` bytes apart; false if segments do not fit into it. */
static bool take_apart(struct parts *parts, const uint8_t *p, size_t len)
{
	size_t at = HEAD;

	memset(parts, 0, sizeof(*parts));
	for (int i = 0; i < p[10]; i++) {
		struct part *part;
		size_t segment, name;

		if (len - at < 5)
			return false;
		segment = get_le32(p + at);
		name = p[at + 4];
		if (segment > len - at - 4 || segment < name + 3)
			return false;
		part = part_of(parts, p + at + 5, name);
		if (part && !part->p) {
			part->version = get_le16(p + at + 5 + name);
			part->p = p + at + 5 + name + 2;
			part->len = segment - name - 3;
		}
		at += 4 + segment;
	}
	parts->packet = p + at;
	parts->packet_len = len - at;
	return true;
}

static bool is_head(const uint8_t *p)
{
	uint32_t len = get_le32(p);

	return get_le32(p + 4) == MAGIC && len >= HEAD - 4 && len <= FRAME_MAX - 4;
}

static enum seek_verdict starts_here(const void *arg, const uint8_t *p, size_t len, bool last)
{
	struct parts parts;
	size_t whole;

	(void)arg;
	if (len < HEAD)
		return last ? SEEK_NO : SEEK_UNSURE;
	if (!is_head(p))
		return SEEK_NO;
	whole = 4u + get_le32(p);
	if (len < whole)
		return last ? SEEK_NO : SEEK_UNSURE;
	return take_apart(&parts, p, whole) ? SEEK_YES : SEEK_NO;
}

/* The body before the values; versions: 1 and 2 no number of parts, 2 an offset, 4 the
 * firmware's version. */
static bool read_csi_head(struct csi_head *h, const struct part *part)
{
	unsigned v = part->version;
	const uint8_t *p = part->p;
	size_t need = 34u + (v >= 4) + 2 * (v >= 2) + 2 * (v >= 3);

	if (!p || v < 1 || v > 5 || part->len < need)
		return false;
	*h = (struct csi_head){ .device = get_le16(p), .parts = 1 };
	p += 2 + (v >= 4);
	h->format = p[0];
	h->bandwidth_mhz = get_le16(p + 1);
	h->carrier_hz = get_le64(p + 3);
	h->spacing_hz = get_le32(p + 19);
	h->tones = get_le16(p + 23);
	h->tx = p[25];
	h->rx = p[26];
	p += 28;
	if (v >= 3) {
		h->parts = get_le16(p);
		p += 2;
	}
	p++;			/* which antennas: nothing that holds for all devices */
	if (v >= 2) {
		h->offset = (int16_t)get_le16(p);
		p += 2;
	}
	h->len = get_le32(p);
	h->values = p + 4;
	return h->len <= (size_t)(part->p + part->len - h->values) && h->rx >= 1 && h->rx <= CSI_MAX_RX &&
	       h->tx >= 1 && h->tx <= CSI_MAX_TX && h->tones >= 1 && h->tones <= CSI_MAX_TONES &&
	       h->rx * h->tx * h->tones <= CSI_MAX_SAMPLES && h->parts >= 1;
}

/* Strengths: older versions count from the noise, newer ones are dBm.  There are
 * three; of fewer chains they are those in use, if that many are. */
static void read_basic(struct csi_record *r, const struct part *part)
{
	size_t device_and_times = part->version >= 4 ? 18 : 10;
	size_t chains = part->version == 1 ? 23 : part->version == 2 ? 25 : part->version == 3 ? 29 : 37;
	int used[3] = { 0, 1, 2 }, n = 0, noise;

	if (!part->p || part->len < chains + 3)
		return;
	r->raw_time = get_le64(part->p + 2);
	r->freq_mhz = get_le16(part->p + device_and_times);
	noise = (int8_t)part->p[chains - 2];
	if (noise < 0 && noise > -128)
		r->noise_dbm = (int8_t)noise;
	for (int i = 0; i < 3; i++)
		if (part->p[chains + i] && (int8_t)part->p[chains + i] != -128)
			used[n++] = i;
	for (int i = 0; i < 3 && i < r->rx_count; i++) {
		int v = (int8_t)part->p[chains + (n == r->rx_count ? used[i] : i)];
		int dbm = v > 0 ? v + noise : v;

		if (v && v != -128 && dbm < CSI_RSSI_UNKNOWN && dbm >= -127 && (v < 0 || noise < 0))
			r->rssi_dbm[i] = (int8_t)dbm;
	}
}

/* Which clock frame times come from: that of Intel's firmware if there is one (the
 * tool's own stamp is mostly 0 then), software radios stamp in ns. */
static void read_clock(struct csi_record *r, unsigned device, const struct part *mvm)
{
	r->time_bits = 63;
	if (device == DEVICE_USRP) {
		r->clock_us = r->raw_time / 1000;
	} else if ((device == DEVICE_AX200 || device == DEVICE_AX210) && mvm->p && mvm->len >= 2 + INTEL_AX_HEAD) {
		r->clock_us = get_le32(mvm->p + 2 + 88);
		r->time_bits = 32;
		r->sequence = 0;
		if (!r->clock_us)
			r->clock_us = 1;
	}
}

static int16_t tone_index(unsigned device, bool wide, int i)
{
	int half = wide ? 57 : 28;

	if (device == DEVICE_5300)
		return intel5300_index(i, wide);
	return (int16_t)(i < half ? i - half - wide : i - half + 1 + wide);
}

static const struct tone_layout *find_layout(struct state *st, const struct csi_head *h)
{
	int16_t index[ATHEROS_TONES];
	int slot;

	for (int i = 0; i < st->made_count; i++)
		if (st->made[i].device == h->device && st->made[i].tones == h->tones &&
		    st->made[i].bandwidth_mhz == h->bandwidth_mhz && st->made[i].offset == h->offset)
			return &st->made[i].layout;
	slot = st->next_made;			/* a free one, the oldest */
	st->next_made = (slot + 1) % LAYOUTS_MAX;
	st->made_count += st->made_count < LAYOUTS_MAX;
	st->made[slot].device = (uint16_t)h->device;
	st->made[slot].tones = (uint16_t)h->tones;
	st->made[slot].bandwidth_mhz = (uint16_t)h->bandwidth_mhz;
	st->made[slot].offset = h->offset;
	for (unsigned i = 0; i < h->tones; i++)
		index[i] = (int16_t)((int32_t)tone_index(h->device, h->bandwidth_mhz == 40, (int)i) + h->offset);
	tone_layout_set(&st->made[slot].layout, index, NULL, (int)h->tones, 312500);
	return &st->made[slot].layout;
}

static const char *read_5300(struct csi_stream *s, const struct csi_head *h)
{
	struct csi_record *r = &s->record;

	if (h->tones != INTEL5300_TONES || h->rx > INTEL5300_CHAINS || h->tx > INTEL5300_CHAINS ||
	    h->len < intel5300_bytes((int)h->rx, (int)h->tx))
		return "counts and length of Intel 5300 values disagree";
	r->layout = find_layout(s->state, h);
	intel5300_unpack(r->samples, h->values, (int)h->rx, (int)h->tx, AS_STORED);
	return NULL;
}

/* Streams come before chains on the wire. */
static const char *read_9300(struct csi_stream *s, const struct csi_head *h)
{
	struct csi_sample wire[ATHEROS_TONES * ATHEROS_CHAINS * ATHEROS_CHAINS];
	struct csi_record *r = &s->record;
	const struct csi_sample *from = wire;
	struct csi_sample *to = r->samples;

	if (h->tones != (h->bandwidth_mhz == 40 ? 114u : 56u) || h->rx > ATHEROS_CHAINS ||
	    h->tx > ATHEROS_CHAINS || h->len < atheros_bytes((int)h->tones, (int)h->rx, (int)h->tx))
		return "counts and length of QCA9300 values disagree";
	r->layout = find_layout(s->state, h);
	atheros_unpack(wire, h->values, (int)h->tones, (int)h->rx, (int)h->tx);
	for (unsigned k = 0; k < h->tones; k++, from += h->rx * h->tx, to += h->rx * h->tx)
		for (unsigned i = 0; i < h->rx * h->tx; i++)
			to[i] = from[i % h->tx * h->rx + i / h->tx];
	return NULL;
}

static const char *read_ax(struct csi_stream *s, const struct csi_head *h)
{
	const struct intel_ax_kind *kind = intel_ax_find_phy(s->record.phy, (int)h->bandwidth_mhz, h->tones);
	struct state *st = s->state;

	if (!kind)
		return "a number of tones that no bandwidth has";
	if (h->len < 4u * h->rx * h->tx * h->tones)
		return "counts and length of AX200 values disagree";
	intel_ax_fill(&s->record, &st->ax, kind, h->values, h->tones, true);
	return NULL;
}

/* Software radios name their tones, and write numbers of any kind. */
static const char *read_usrp(struct csi_stream *s, const struct csi_head *h)
{
	struct state *st = s->state;
	struct csi_record *r = &s->record;
	int16_t index[CSI_MAX_TONES];

	if (h->len < 2u * h->tones)
		return "the tones of a software radio are cut off";
	for (unsigned i = 0; i < h->tones; i++)
		index[i] = (int16_t)get_le16(h->values + 2 * i);
	if (st->named.stored != h->tones || memcmp(st->named.tones.index, index, sizeof(*index) * h->tones))
		if (tone_layout_set(&st->named, index, NULL, (int)h->tones, (float)h->spacing_hz) < 0)
			return "the tones of a software radio repeat or have no spacing";
	r->layout = &st->named;
	r->chain_major = true;
	return picoscenes_matrix(r, h->values + 2 * h->tones, h->len - 2 * h->tones,
				 (int)(h->rx * h->tx * h->tones));
}

static uint8_t phy_of(unsigned format)
{
	static const uint8_t phys[] = { CSI_PHY_LEGACY, CSI_PHY_HT, CSI_PHY_VHT, CSI_PHY_HE, CSI_PHY_HE,
					CSI_PHY_HE, CSI_PHY_HE };

	return format < sizeof(phys) ? phys[format] : format == 7 ? CSI_PHY_EHT : CSI_PHY_UNKNOWN;
}

/* Transmitter: the second address of the packet, which acknowledgements lack. */
static void read_packet(struct csi_record *r, const uint8_t *packet, size_t len)
{
	bool control = len && (packet[0] & 0x0c) == 0x04;

	if (len >= 16 && !(control && (packet[0] == 0xc4 || packet[0] == 0xd4)))
		memcpy(r->tx_mac, packet + 10, sizeof(r->tx_mac));
}

static const char *read_values(struct csi_stream *s, const struct csi_head *h)
{
	switch (h->device) {
	case DEVICE_5300:
		return read_5300(s, h);
	case DEVICE_9300:
		return read_9300(s, h);
	case DEVICE_AX200:
	case DEVICE_AX210:
		return read_ax(s, h);
	case DEVICE_USRP:
		return read_usrp(s, h);
	default:
		return "values of an unknown kind of device";
	}
}

static const char *read_record(struct csi_stream *s, const struct parts *parts)
{
	struct csi_record *r = &s->record;
	struct csi_head h;

	if (!read_csi_head(&h, &parts->csi))
		return "a CSI segment of an unknown version, or its counts are out of range";
	csi_record_clear(r);
	r->phy = phy_of(h.format);
	r->flags = CSI_SHARED_LO;
	r->bandwidth_mhz = (uint16_t)h.bandwidth_mhz;
	r->rx_count = (uint8_t)h.rx;
	r->tx_count = (uint8_t)h.tx;
	r->tone_count = (uint16_t)h.tones;
	read_basic(r, &parts->basic);
	if (h.carrier_hz >= 1000000 && h.carrier_hz <= UINT64_C(65535000000))
		r->freq_mhz = (uint16_t)((h.carrier_hz + 500000) / 1000000);
	read_clock(r, h.device, &parts->mvm);
	read_packet(r, parts->packet, parts->packet_len);
	return read_values(s, &h);
}

static void start(struct csi_stream *s)
{
	struct state *st = s->state;

	snprintf(s->info.driver, sizeof(s->info.driver), "picoscenes");
	if (s->record.time_bits == 63 && s->record.clock_us)
		s->info.start_unix_us = s->record.clock_us;	/* a computer's clock */
	st->started = true;
}

static struct parsed picoscenes_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;
	struct parsed parsed;
	struct parts parts;
	const char *why;
	size_t whole;

	if (st->seek.active && !seek_on(&st->seek, &s->info, p, len, last, starts_here, NULL, &parsed))
		return parsed;
	if (len < HEAD && !last)
		return (struct parsed){ PARSE_MORE, 0 };
	if (len < HEAD || !is_head(p))
		return seek_from(&st->seek, &s->info, p, len, last, starts_here, NULL);
	whole = 4u + get_le32(p);
	if (len < whole && !last)
		return (struct parsed){ PARSE_MORE, 0 };
	if (len < whole || !take_apart(&parts, p, whole))
		return seek_from(&st->seek, &s->info, p, len, last, starts_here, NULL);
	if (!parts.csi.p)
		return (struct parsed){ PARSE_SKIP, whole };
	why = read_record(s, &parts);
	if (why) {
		s->info.dropped++;
		s->info.why = why;
		return (struct parsed){ PARSE_BAD, whole };
	}
	if (!st->started)
		start(s);
	return (struct parsed){ PARSE_RECORD, whole };
}

static int picoscenes_detect(const uint8_t *p, size_t len)
{
	return len >= HEAD && is_head(p) ? 95 : 0;
}

const struct csi_format format_picoscenes = {
	.name       = "picoscenes",
	.help       = "PicoScenes for Intel 5300, QCA9300, AX200, AX210 and USRP, .csi",
	.state_size = sizeof(struct state),
	.record_max = FRAME_MAX,
	.detect     = picoscenes_detect,
	.parse      = picoscenes_parse,
};
