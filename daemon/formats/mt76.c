/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mt76.c -- captures of the netlink messages in which MediaTek's patched mt76 driver
 * delivers measurements: one after the other as they came (.nl), or as
 * `tcpdump -i nlmon0 -w FILE` writes them (pcap of link type NETLINK).
 *
 * Netlink numbers are of the machine's own byte order.  Every message that is no answer
 * with a measurement is passed over: requests, ends of dumps, other families.  An answer
 * names neither its family nor its vendor.  Where the capture has what was said before, in
 * which nl80211 got its number and somebody asked for a vendor's data, that decides; and
 * always the content.  Before each run of messages in a pcap stand 16 big-endian bytes, the
 * last two of which are the protocol. */
#include <stdio.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/mt76.h"
#include "daemon/formats/pcap_stream.h"
#include "daemon/formats/seek.h"

#define FLAG_REQUEST     1
#define TYPE_FAMILIES    16		/* smaller types are netlink's own; this is the register's */
#define NEW_FAMILY       1		/* its command, and attributes */
#define FAMILY_ID        1
#define FAMILY_NAME      2
#define MESSAGE_MAX      65536
#define COOKED_HEAD      16
#define PROTOCOL_GENERIC 16
#define PCAP_FILE_HEAD   24
#define LOOK_MESSAGES    64

/* What was said before that tells whose answer comes. */
struct talk {
	uint32_t family;		/* nl80211's number; 0: not said */
	bool     asked, ours;		/* a vendor's data, and that vendor is MediaTek */
	uint32_t sequence, port;	/* of that question, and its answers */
};

struct state {
	bool started, pcap, big_endian;
	struct talk talk;
	size_t in_packet;		/* bytes left of the pcap packet we are in */
	struct seek seek;
	struct pcap_stream container;
	struct mt76 mt76;
};

static const struct nl_attr no_data;

static bool message_fits(const struct nl_message *m)
{
	return m->len >= NL_MESSAGE_HEAD && m->len <= MESSAGE_MAX;
}

static bool has_data(const uint8_t *p, const struct nl_message *m, bool big_endian, struct nl_attr *data)
{
	return m->type >= TYPE_FAMILIES && !(m->flags & FLAG_REQUEST) &&
	       m->len >= NL_MESSAGE_HEAD + NL_GENERIC_HEAD &&
	       mt76_find_data(p + NL_MESSAGE_HEAD, m->len - NL_MESSAGE_HEAD, big_endian, data);
}

static uint32_t number_at(const uint8_t *p, bool big_endian)
{
	struct nl_attr at = { 0, p, 4 };
	uint32_t v = 0;

	nl_attr_number(&at, big_endian, &v);
	return v;
}

/* The register says which number a family has. */
static void learn_family(struct talk *t, struct nl_attrs attrs, bool big_endian)
{
	static const char name[] = "nl80211";
	struct nl_attr at;
	bool is_ours = false;
	uint32_t id = 0;

	while (nl_attr_next(&attrs, &at)) {
		if (at.type == FAMILY_ID)
			nl_attr_number(&at, big_endian, &id);
		else if (at.type == FAMILY_NAME)
			is_ours = at.len == sizeof(name) && !memcmp(at.data, name, sizeof(name));
	}
	if (is_ours && id > TYPE_FAMILIES)
		t->family = id;
}

/* Notes what message m at p says about those that follow; true if it asks MediaTek's
 * driver. */
static bool listen(struct talk *t, const uint8_t *p, const struct nl_message *m, bool big_endian)
{
	const uint8_t *body = p + NL_MESSAGE_HEAD;
	bool ours;

	if (m->type < TYPE_FAMILIES || m->len < NL_MESSAGE_HEAD + NL_GENERIC_HEAD)
		return false;
	if (m->type == TYPE_FAMILIES && body[0] == NEW_FAMILY) {
		learn_family(t, (struct nl_attrs){ body + NL_GENERIC_HEAD, m->len - NL_MESSAGE_HEAD - NL_GENERIC_HEAD,
						   big_endian, false }, big_endian);
	} else if (m->flags & FLAG_REQUEST &&
		   mt76_is_question(body, m->len - NL_MESSAGE_HEAD, big_endian, &ours)) {
		t->asked = true;
		t->ours = ours;
		t->sequence = number_at(p + 8, big_endian);
		t->port = number_at(p + 12, big_endian);
		return ours;
	}
	return false;
}

/* Whether, by what was said before, m at p may be an answer of ours. */
static bool may_be_ours(const struct talk *t, const uint8_t *p, const struct nl_message *m, bool big_endian)
{
	if (t->family && m->type != t->family)
		return false;
	return t->ours || !t->asked || number_at(p + 8, big_endian) != t->sequence ||
	       number_at(p + 12, big_endian) != t->port;
}

static size_t padded(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

/* A length below 64 KiB has its zero bytes where the byte order says. */
static bool is_big_endian(const uint8_t *p)
{
	struct nl_message little = nl_message_head(p, false), big = nl_message_head(p, true);

	return !message_fits(&little) && message_fits(&big);
}

/* Measurements, and questions for them, among the first messages at p. */
static int measurements(struct talk *t, const uint8_t *p, size_t len, bool big_endian)
{
	struct nl_attr data = no_data;
	int n = 0;

	for (int i = 0; i < LOOK_MESSAGES && len >= NL_MESSAGE_HEAD; i++) {
		struct nl_message m = nl_message_head(p, big_endian);

		if (!message_fits(&m) || m.len > len)
			break;
		n += listen(t, p, &m, big_endian) ||
		     (has_data(p, &m, big_endian, &data) && may_be_ours(t, p, &m, big_endian));
		if (padded(m.len) >= len)
			break;
		p += padded(m.len);
		len -= padded(m.len);
	}
	return n;
}

static void start(struct csi_stream *s, const uint8_t *p, size_t len)
{
	struct state *st = s->state;

	st->pcap = pcap_starts(p, len);
	st->big_endian = len >= NL_MESSAGE_HEAD && is_big_endian(p);
	snprintf(s->info.driver, sizeof(s->info.driver), "mt76");
	snprintf(s->info.note, sizeof(s->info.note), "channel not recorded, %d MHz assumed",
		 MT76_FREQ_ASSUMED_MHZ);
	st->started = true;
}

static struct parsed bad(struct csi_stream *s, size_t used, const char *why)
{
	s->info.dropped++;
	s->info.why = why;
	return (struct parsed){ PARSE_BAD, used };
}

/* A whole message of m->len bytes; `used` with its padding. */
static struct parsed message(struct csi_stream *s, const uint8_t *p, const struct nl_message *m, size_t used)
{
	struct state *st = s->state;
	struct nl_attr data = no_data;
	const char *why;

	listen(&st->talk, p, m, st->big_endian);
	if (!has_data(p, m, st->big_endian, &data) || !may_be_ours(&st->talk, p, m, st->big_endian))
		return (struct parsed){ PARSE_SKIP, used };
	why = mt76_read(&st->mt76, &s->record, &data, st->big_endian);
	return why ? bad(s, used, why) : (struct parsed){ PARSE_RECORD, used };
}

/* After damage a message is only believed when it is a measurement. */
static enum seek_verdict starts_here(const void *arg, const uint8_t *p, size_t len, bool last)
{
	const struct state *st = arg;
	struct nl_attr data = no_data;
	struct nl_message m;

	if (len < NL_MESSAGE_HEAD + NL_GENERIC_HEAD)
		return last ? SEEK_NO : SEEK_UNSURE;
	m = nl_message_head(p, st->big_endian);
	if (!message_fits(&m) || m.type < TYPE_FAMILIES || p[NL_MESSAGE_HEAD] != NL80211_CMD_VENDOR)
		return SEEK_NO;
	if (m.len > len)
		return last ? SEEK_NO : SEEK_UNSURE;
	return has_data(p, &m, st->big_endian, &data) ? SEEK_YES : SEEK_NO;
}

static struct parsed parse_messages(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;
	struct nl_message m = { 0, 0, 0 };
	struct parsed parsed;

	if (st->seek.active && !seek_on(&st->seek, &s->info, p, len, last, starts_here, st, &parsed))
		return parsed;
	if (len < NL_MESSAGE_HEAD && !last)
		return (struct parsed){ PARSE_MORE, 0 };
	if (len >= NL_MESSAGE_HEAD)
		m = nl_message_head(p, st->big_endian);
	if (!message_fits(&m) || (m.len > len && last))
		return seek_from(&st->seek, &s->info, p, len, last, starts_here, st);
	if (len < padded(m.len) && !last)
		return (struct parsed){ PARSE_MORE, 0 };
	return message(s, p, &m, padded(m.len) < len ? padded(m.len) : len);
}

/* The messages in a packet of nlmon; false if they are not generic netlink. */
static bool inside(const struct pcap_packet *packet, const uint8_t **p, size_t *len)
{
	if (packet->len < COOKED_HEAD + NL_MESSAGE_HEAD || get_be16(packet->data + 14) != PROTOCOL_GENERIC)
		return false;
	*p = packet->data + COOKED_HEAD;
	*len = packet->len - COOKED_HEAD;
	return true;
}

/* Goes into a packet of generic netlink, passes over others. */
static struct parsed open_packet(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;
	struct pcap_packet packet;
	struct parsed parsed = pcap_next(&st->container, &s->info, p, len, last, &packet);

	if (st->container.started && st->container.link_type != PCAP_NETLINK) {
		s->info.why = "a pcap file of something else than netlink";
		return (struct parsed){ PARSE_FATAL, 0 };
	}
	if (parsed.status != PARSE_RECORD)
		return parsed;
	if (!inside(&packet, &p, &st->in_packet))
		return (struct parsed){ PARSE_SKIP, parsed.used };
	st->big_endian = is_big_endian(p);
	return (struct parsed){ PARSE_SKIP, parsed.used - st->in_packet };
}

static struct parsed parse_packet(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;
	size_t left = st->in_packet, used;
	struct nl_message m;

	if (!left)
		return open_packet(s, p, len, last);
	if (len < left && !last)
		return (struct parsed){ PARSE_MORE, 0 };
	if (len < left)			/* pcap_next() saw it all */
		left = len;
	st->in_packet = 0;
	if (left < NL_MESSAGE_HEAD)
		return (struct parsed){ PARSE_SKIP, left };
	m = nl_message_head(p, st->big_endian);
	if (!message_fits(&m) || m.len > left)
		return bad(s, left, "a message is longer than the packet that was captured");
	used = padded(m.len) < left ? padded(m.len) : left;
	st->in_packet = left - used;
	return message(s, p, &m, used);
}

static struct parsed mt76_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;

	if (!st->started) {
		if (len < PCAP_FILE_HEAD && !last)
			return (struct parsed){ PARSE_MORE, 0 };
		start(s, p, len);
	}
	return st->pcap ? parse_packet(s, p, len, last) : parse_messages(s, p, len, last);
}

/* Any program that talks to the kernel is in a capture of nlmon: one is ours if
 * MediaTek's driver is asked or answers. */
static bool in_capture(const uint8_t *p, size_t len)
{
	struct stream_info info = { .damaged = 0 };
	struct pcap_stream container = { .started = false };
	struct pcap_packet packet;
	struct talk talk = { 0 };
	struct parsed parsed;
	const uint8_t *messages;
	size_t left;

	for (;;) {
		parsed = pcap_next(&container, &info, p, len, false, &packet);
		if (parsed.status == PARSE_MORE || parsed.status == PARSE_FATAL || container.link_type != PCAP_NETLINK)
			return false;
		if (parsed.status == PARSE_RECORD && inside(&packet, &messages, &left) &&
		    measurements(&talk, messages, left, is_big_endian(messages)))
			return true;
		p += parsed.used;
		len -= parsed.used;
	}
}

static int mt76_detect(const uint8_t *p, size_t len)
{
	struct talk talk = { 0 };

	if (len < NL_MESSAGE_HEAD)
		return 0;
	if (pcap_starts(p, len))
		return in_capture(p, len) ? 90 : 0;
	return measurements(&talk, p, len, is_big_endian(p)) ? 90 : 0;
}

const struct csi_format format_mt76 = {
	.name       = "mt76",
	.help       = "MediaTek mt76 netlink captures: .nl, or pcap of tcpdump -i nlmon0",
	.state_size = sizeof(struct state),
	.record_max = PCAP_RECORD_MAX,
	.detect     = mt76_detect,
	.parse      = mt76_parse,
};
