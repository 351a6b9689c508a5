/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * pcap_stream.c -- header of the file: u32 magic, which tells the byte order and
 * whether times are in micro- or nanoseconds, u16[2] version, u32[2] nothing, u32
 * snaplen, u32 link type.  Before each packet: u32 seconds, u32 fraction, u32 bytes
 * captured, u32 bytes there were.
 *
 * There is no checksum and no sync word.  A header that makes no sense starts a
 * search for one that does and is followed by another.  Headers four bytes off may look
 * right all the way (the two lengths are equal, and what follows may pass for one), but
 * their "seconds" jump: so after damage time must go on. */
#include "daemon/formats/bytes.h"
#include "daemon/formats/pcap_stream.h"

#define FILE_HEAD  24
#define MAGIC_US   0xa1b2c3d4u
#define MAGIC_NS   0xa1b23c4du
#define DAY_S       86400
#define DOUBT       8			/* packets after damage that must convince */

static uint32_t get32(const struct pcap_stream *ps, const uint8_t *p)
{
	return ps->big_endian ? (uint32_t)get_be16(p) << 16 | get_be16(p + 2) : get_le32(p);
}

/* Byte order and unit of time by the magic; false if it is none. */
static bool read_magic(struct pcap_stream *ps, const uint8_t *p)
{
	for (int big = 0; big < 2; big++) {
		ps->big_endian = big;
		ps->nanoseconds = get32(ps, p) == MAGIC_NS;
		if (ps->nanoseconds || get32(ps, p) == MAGIC_US)
			return true;
	}
	return false;
}

bool pcap_starts(const uint8_t *p, size_t len)
{
	struct pcap_stream ps;

	return len >= FILE_HEAD && read_magic(&ps, p);
}

static struct parsed fatal(struct stream_info *info, const char *why)
{
	info->why = why;
	return (struct parsed){ PARSE_FATAL, 0 };
}

static struct parsed file_head(struct pcap_stream *ps, struct stream_info *info, const uint8_t *p,
			       size_t len, bool last)
{
	if (len < FILE_HEAD)
		return last ? fatal(info, "the file ends within the pcap header") :
			      (struct parsed){ PARSE_MORE, 0 };
	if (!read_magic(ps, p))
		return fatal(info, "magic: this is no pcap file");
	ps->link_type = get32(ps, p + 20) & 0xffff;	/* above: about checksums of frames */
	ps->started = true;
	return (struct parsed){ PARSE_SKIP, FILE_HEAD };
}

static bool plausible(const struct pcap_stream *ps, const uint8_t *p)
{
	return get32(ps, p + 4) < (ps->nanoseconds ? 1000000000u : 1000000u) &&
	       get32(ps, p + 8) <= PCAP_BYTES_MAX && get32(ps, p + 8) <= get32(ps, p + 12);
}

static bool is_near(uint32_t second, uint32_t other)
{
	return second - other + DAY_S <= 2 * DAY_S;
}

/* What we demand where a header may or may not stand: also that time goes on. */
static bool convincing(const struct pcap_stream *ps, const uint8_t *p)
{
	uint32_t captured = get32(ps, p + 8), on_wire = get32(ps, p + 12);

	return plausible(ps, p) && captured && on_wire <= PCAP_BYTES_MAX &&
	       (!ps->timed || is_near(get32(ps, p), ps->last_s));
}

/* Whether a packet starts here, within damage. */
static enum seek_verdict starts_here(const void *arg, const uint8_t *p, size_t len, bool last)
{
	const struct pcap_stream *ps = arg;
	size_t whole;

	if (len < PCAP_HEAD)
		return last ? SEEK_NO : SEEK_UNSURE;
	if (!convincing(ps, p))
		return SEEK_NO;
	whole = PCAP_HEAD + get32(ps, p + 8);
	if (len >= whole + PCAP_HEAD)
		return convincing(ps, p + whole) && is_near(get32(ps, p), get32(ps, p + whole)) ? SEEK_YES : SEEK_NO;
	if (!last)
		return SEEK_UNSURE;
	return len == whole ? SEEK_YES : SEEK_NO;
}

static struct parsed search(struct pcap_stream *ps, struct stream_info *info, const uint8_t *p, size_t len, bool last)
{
	if (ps->doubt)			/* what was found last was none */
		ps->timed = false;
	ps->doubt = DOUBT;
	return seek_from(&ps->seek, info, p, len, last, starts_here, ps);
}

struct parsed pcap_next(struct pcap_stream *ps, struct stream_info *info, const uint8_t *p, size_t len,
			bool last, struct pcap_packet *packet)
{
	struct parsed parsed;
	size_t captured;

	if (!ps->started)
		return file_head(ps, info, p, len, last);
	if (ps->seek.active && !seek_on(&ps->seek, info, p, len, last, starts_here, ps, &parsed))
		return parsed;
	if (len < PCAP_HEAD && !last)
		return (struct parsed){ PARSE_MORE, 0 };
	if (len < PCAP_HEAD || !(ps->doubt ? convincing(ps, p) : plausible(ps, p)))
		return search(ps, info, p, len, last);
	captured = get32(ps, p + 8);
	if (len - PCAP_HEAD < captured)
		return last ? search(ps, info, p, len, last) : (struct parsed){ PARSE_MORE, 0 };
	packet->time_us = get32(ps, p) * UINT64_C(1000000) +
			  get32(ps, p + 4) / (ps->nanoseconds ? 1000u : 1u);
	ps->timed = true;
	ps->last_s = get32(ps, p);
	ps->doubt -= ps->doubt > 0;
	packet->data = p + PCAP_HEAD;
	packet->len = captured;
	return (struct parsed){ PARSE_RECORD, PCAP_HEAD + captured };
}
