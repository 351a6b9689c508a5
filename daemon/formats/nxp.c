/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * nxp.c -- events of NXP's mwifiex (mxm_wifiex), and blocks of Infineon's brcmfmac: what
 * comes over raw netlink without its values' packing being published.
 *
 * An event is 16 bytes of an interface's name, "EVENT=MLAN_CSI" without a 0, u16 sequence
 * in the machine's byte order, and a little-endian record:
 *
 *    0 u16 length in words with this head   2 u16 0xabcd   4 u32 head id   8 u16 packet info
 *   10 u16 frame control   12 u64 TSF, us   20, 26 u8[6] receiver, transmitter   32 u8[2] RSSI
 *   34 u8[2] noise   36 u8 SINR   37 u8 channel   38 u16 chip   40 u32 reserved
 *   44 u32 words of values   48 values   end u32 tail id
 *
 * The values are read as the stream's packing says; without one nothing becomes a record.
 * Details: firmware-notes/nxp.md, firmware-notes/infineon.md. */
#include <stdbool.h>
#include <string.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/nxp.h"
#include "daemon/formats/packing.h"

#define TAG       "EVENT=MLAN_CSI"
#define TAG_LEN   14
#define RECORD    (NXP_INTERFACE + TAG_LEN + 2)
#define HEAD      48
#define TAIL      4
#define WORD      4
#define SIGNATURE 0xabcd
#define EVENT_MAX 3072
#define BLOCK_MAX 16384

/* --- NXP ---------------------------------------------------------------------------------- */

/* dBm in 8 bits, as a number with a sign or without its minus: neither can be taken for the
 * other, as nothing is received with 1 mW or with -128 dBm. */
static int8_t dbm(uint8_t v)
{
	return v == 0 ? CSI_RSSI_UNKNOWN : v < 0x80 ? (int8_t)-v : (int8_t)v;
}

/* Centre of the primary channel; 0: there is no such channel. */
static uint16_t channel_mhz(uint8_t channel)
{
	if (channel >= 1 && channel <= 13)
		return (uint16_t)(2407 + 5 * channel);
	if (channel == 14)
		return 2484;
	return channel >= 32 && channel <= 177 ? (uint16_t)(5000 + 5 * channel) : 0;
}

/* Letters, digits and what else names of interfaces have, then zeros. */
static bool read_name(char name[NXP_INTERFACE + 1], const uint8_t *p)
{
	size_t len = strnlen((const char *)p, NXP_INTERFACE);

	for (size_t i = 0; i < NXP_INTERFACE; i++)
		if (i < len ? p[i] <= ' ' || p[i] > '~' : p[i] != 0)
			return false;
	memcpy(name, p, len);
	name[len] = 0;
	return len > 0;
}

/* NULL, or what the record contradicts.  Whether its length counts the tail id is not
 * published: both are taken. */
static const char *check_record(const uint8_t *r, size_t len)
{
	size_t words, values;

	if (len < HEAD + TAIL)
		return "an event ends within its head";
	words = get_le16(r);
	values = get_le32(r + 44);
	if (get_le16(r + 2) != SIGNATURE)
		return "an event without the signature 0xabcd";
	if (values > EVENT_MAX / WORD || len != HEAD + values * WORD + TAIL)
		return "an event's values have another length than it says";
	if (words * WORD != len && words * WORD != len - TAIL)
		return "an event has another length than it says";
	if (r[26] & 1)
		return "an event's transmitter is a group address";
	return channel_mhz(r[37]) ? NULL : "an event of a channel that does not exist";
}

enum nxp_verdict nxp_event_read(struct nxp_event *e, const uint8_t *p, size_t len, const char **why)
{
	const uint8_t *r = p + RECORD;

	memset(e, 0, sizeof(*e));
	if (len < NXP_INTERFACE + TAG_LEN || memcmp(p + NXP_INTERFACE, TAG, TAG_LEN) != 0)
		return NXP_OTHER;
	*why = !read_name(e->interface, p) ? "an event without an interface's name" :
	       len < RECORD ? "an event ends within its head" :
	       len > EVENT_MAX ? "an event is longer than the driver makes them" : check_record(r, len - RECORD);
	if (*why)
		return NXP_BROKEN;
	memcpy(&e->sequence, p + RECORD - 2, 2);
	e->head_id = get_le32(r + 4);
	e->tsf_us = get_le64(r + 12);
	memcpy(e->from, r + 26, 6);
	for (int i = 0; i < 2; i++) {
		e->rssi_dbm[i] = dbm(r[32 + i]);
		e->noise_dbm[i] = dbm(r[34 + i]);
	}
	e->channel = r[37];
	e->values = r + HEAD;
	e->values_len = (size_t)get_le32(r + 44) * WORD;
	e->tail_id = get_le32(e->values + e->values_len);
	return NXP_EVENT;
}

static struct parsed bad(struct csi_stream *s, size_t len, const char *why)
{
	s->info.dropped++;
	s->info.why = why;
	return (struct parsed){ PARSE_BAD, len };
}

/* One event; a file of them does not exist. */
static struct parsed nxp_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct csi_record *r = &s->record;
	const struct tone_layout *layout;
	struct nxp_event e;
	const char *why;

	if (!last)
		return (struct parsed){ PARSE_MORE, 0 };
	switch (nxp_event_read(&e, p, len, &why)) {
	case NXP_OTHER:
		return (struct parsed){ PARSE_SKIP, len };
	case NXP_BROKEN:
		return bad(s, len, why);
	case NXP_EVENT:
		break;
	}
	layout = s->packing ? packing_fits(s->packing, e.values_len, WORD) : NULL;
	if (!layout)
		return bad(s, len, "an event's values do not have the length that `layout` gives");
	csi_record_clear(r);
	r->raw_time = e.tsf_us;
	r->time_bits = 63;		/* a TSF starts anywhere */
	memcpy(r->tx_mac, e.from, sizeof(r->tx_mac));
	r->freq_mhz = channel_mhz(e.channel);
	r->sequence = e.sequence;
	for (int i = 0; i < 2; i++)
		r->rssi_dbm[i] = e.rssi_dbm[i];
	r->noise_dbm = e.noise_dbm[0];
	packing_values(s->packing, layout, e.values, r);
	return (struct parsed){ PARSE_RECORD, len };
}

const struct csi_format format_nxp = {
	.name       = "nxp",
	.help       = "events of NXP's mwifiex, as far as they are known",
	.state_size = 1,
	.record_max = EVENT_MAX,
	.parse      = nxp_parse,
};

/* --- Infineon ------------------------------------------------------------------------------ */

/* One block, of which nothing is known but what the packing says. */
static struct parsed infineon_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	const struct packing *known = s->packing;
	struct csi_record *r = &s->record;
	const struct tone_layout *layout = known ? packing_fits(known, len, 1) : NULL;

	if (!last)
		return (struct parsed){ PARSE_MORE, 0 };
	if (!layout)
		return bad(s, len, "a block does not have the length that `layout` gives");
	if ((size_t)known->from + 6 > len || (known->clock >= 0 && (size_t)known->clock + 4 > len) ||
	    (known->rssi >= 0 && (size_t)known->rssi >= len))
		return bad(s, len, "a block ends before the places that `layout` gives");
	if (p[known->from] & 1)
		return bad(s, len, "a block's transmitter is a group address: `from` of `layout` is not its place");
	csi_record_clear(r);
	r->raw_time = known->clock < 0 ? s->arrived_us : get_le32(p + known->clock);
	r->time_bits = known->clock < 0 ? 64 : 32;
	memcpy(r->tx_mac, p + known->from, sizeof(r->tx_mac));
	r->freq_mhz = known->freq_mhz;
	if (known->rssi >= 0)
		r->rssi_dbm[0] = (int8_t)p[known->rssi];
	packing_values(known, layout, p, r);
	return (struct parsed){ PARSE_RECORD, len };
}

const struct csi_format format_infineon = {
	.name       = "infineon",
	.help       = "blocks of Infineon's brcmfmac, as the configuration describes them",
	.state_size = 1,
	.record_max = BLOCK_MAX,
	.parse      = infineon_parse,
};
