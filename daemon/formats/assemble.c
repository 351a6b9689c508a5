/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * assemble.c -- packets under way stand in a ring in the order in which they began.  A
 * packet closes when its transmitter begins the next one, when its last part says so
 * and no chain is missing, when ASSEMBLE_WAIT_US have passed, or when too many are open.
 * Only the first of the ring goes out, so that time does not run back. */
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/assemble.h"
#include "daemon/formats/unpack.h"

#define RING (ASSEMBLE_OPEN + 1)	/* with one that was closed and can be popped */

struct packet {
	bool closed, spoiled;		/* spoiled: a part of it makes no sense */
	int parts;
	uint8_t at_rx[ASSEMBLE_PAIRS], at_tx[ASSEMBLE_PAIRS];	/* of each part */
	float scale[ASSEMBLE_PAIRS];
	uint8_t rx_mask, tx_mask;
	uint64_t pairs;			/* bit rx * CSI_MAX_TX + tx */
	uint32_t tones_hash;
	struct csi_record r;		/* of the first part; samples of all, part by part */
};

/* What is known of a transmitter. */
struct transmitter {
	bool used, key_known;
	uint8_t mac[6];
	uint8_t chains;			/* receive chains its packets have, a mask; 0: not known */
	int others;			/* packets in a row that had others */
	uint64_t last_key;		/* of the last packet that closed */
	uint64_t last_used;
};

struct assembler {
	int first, count;		/* of the ring */
	uint64_t uses;
	struct packet ring[RING];
	struct transmitter known[ASSEMBLE_TRANSMITTERS];
	struct csi_record whole;	/* what was popped */
};

struct assembler *assembler_new(void)
{
	return calloc(1, sizeof(struct assembler));
}

void assembler_free(struct assembler *a)
{
	free(a);
}

static struct packet *at_ring(struct assembler *a, int i)
{
	return &a->ring[(a->first + i) % RING];
}

/* A known one, a free place, or that of the one silent longest. */
static struct transmitter *find_transmitter(struct assembler *a, const uint8_t mac[6])
{
	struct transmitter *t = a->known, *oldest = a->known;

	for (; t < a->known + ASSEMBLE_TRANSMITTERS && t->used; t++) {
		if (!memcmp(t->mac, mac, 6)) {
			t->last_used = ++a->uses;
			return t;
		}
		if (t->last_used < oldest->last_used)
			oldest = t;
	}
	if (t == a->known + ASSEMBLE_TRANSMITTERS)
		t = oldest;
	*t = (struct transmitter){ .used = true, .last_used = ++a->uses };
	memcpy(t->mac, mac, 6);
	return t;
}

static int bits(uint8_t mask)
{
	int n = 0;

	for (; mask; mask &= (uint8_t)(mask - 1))
		n++;
	return n;
}

/* Every chain has every stream. */
static bool is_rectangle(const struct packet *p)
{
	return p->parts == bits(p->rx_mask) * bits(p->tx_mask);
}

static bool from_zero(uint8_t mask)
{
	return !(mask & (mask + 1));
}

/* Whether these are all receive chains.  Fewer than before are an accident, until they
 * are the rule; more are believed at once. */
static bool has_all_chains(struct transmitter *t, uint8_t chains)
{
	bool known = t->chains;

	if (t->chains == chains) {
		t->others = 0;
		return true;
	}
	if (bits(chains) > bits(t->chains) || ++t->others >= ASSEMBLE_RELEARN) {
		t->chains = chains;
		t->others = 0;
		return known || from_zero(chains);
	}
	return false;
}

/* From now on it takes no more parts; it goes out if it is whole, else it is lost. */
static void close_packet(struct assembler *a, struct packet *p, struct stream_info *info)
{
	struct transmitter *t = find_transmitter(a, p->r.tx_mac);

	if (p->closed)
		return;
	p->closed = true;
	t->key_known = true;
	t->last_key = p->r.part_key;
	if (!p->spoiled && is_rectangle(p) && has_all_chains(t, p->rx_mask))
		return;
	p->spoiled = true;
	info->dropped++;
	info->why = "antenna pairs of a packet are missing";
}

/* Whether so much time lies between; not if the clock went back, as two transmitters'
 * packets may be delivered in the wrong order. */
static bool is_much_later(const struct csi_record *earlier, const struct csi_record *later)
{
	uint64_t us = later->raw_time - earlier->raw_time;

	if (later->time_bits == 32)
		us = (uint32_t)us;
	return us > ASSEMBLE_WAIT_US && us < (later->time_bits == 32 ? UINT64_C(1) << 31 : UINT64_C(1) << 63);
}

/* Closes what this part shows to be over. */
static void close_older(struct assembler *a, const struct csi_record *part, struct stream_info *info)
{
	for (int i = 0; i < a->count; i++) {
		struct packet *p = at_ring(a, i);
		bool mine = !memcmp(p->r.tx_mac, part->tx_mac, 6);

		if ((mine && p->r.part_key != part->part_key) || is_much_later(&p->r, part))
			close_packet(a, p, info);
	}
}

static struct packet *find_packet(struct assembler *a, const struct csi_record *part)
{
	for (int i = 0; i < a->count; i++) {
		struct packet *p = at_ring(a, i);

		if (!p->closed && p->r.part_key == part->part_key &&
		    !memcmp(p->r.tx_mac, part->tx_mac, 6))
			return p;
	}
	return NULL;
}

static struct packet *begin_packet(struct assembler *a, const struct csi_record *part,
				   struct stream_info *info)
{
	struct packet *p;

	if (a->count == RING) {			/* nobody popped */
		p = at_ring(a, 0);
		if (!p->spoiled) {
			info->dropped++;
			info->why = "packets came faster than they were used";
		}
		a->first = (a->first + 1) % RING;
		a->count--;
	}
	p = at_ring(a, a->count++);
	memset(p, 0, offsetof(struct packet, r));
	memcpy(&p->r, part, offsetof(struct csi_record, samples));
	memset(p->r.rssi_dbm, CSI_RSSI_UNKNOWN, sizeof(p->r.rssi_dbm));
	p->tones_hash = part->layout->tones.hash;
	if (a->count > ASSEMBLE_OPEN)
		close_packet(a, at_ring(a, 0), info);
	return p;
}

static bool same_shape(const struct packet *p, const struct csi_record *part)
{
	return p->r.layout == part->layout && p->tones_hash == part->layout->tones.hash &&
	       p->r.tone_count == part->tone_count && part->rx_count == 1 && part->tx_count == 1;
}

/* A part that is there twice, of another shape or of an antenna that does not exist
 * shows that the packet is not what it seems. */
static void add_part(struct packet *p, const struct csi_record *part)
{
	unsigned pair = part->part_rx * CSI_MAX_TX + part->part_tx;
	size_t n = part->tone_count;

	if (part->part_rx >= CSI_MAX_RX || part->part_tx >= CSI_MAX_TX || !same_shape(p, part) ||
	    p->pairs >> pair & 1 || (size_t)(p->parts + 1) * n > CSI_MAX_SAMPLES) {
		p->spoiled = true;
		return;
	}
	memcpy(p->r.samples + (size_t)p->parts * n, part->samples, n * sizeof(*part->samples));
	p->at_rx[p->parts] = (uint8_t)part->part_rx;
	p->at_tx[p->parts] = (uint8_t)part->part_tx;
	p->scale[p->parts] = part->scale;
	if (part->scale > p->r.scale)
		p->r.scale = part->scale;
	p->parts++;
	p->pairs |= UINT64_C(1) << pair;
	p->rx_mask |= (uint8_t)(1u << part->part_rx);
	p->tx_mask |= (uint8_t)(1u << part->part_tx);
	p->r.rssi_dbm[part->part_rx] = part->rssi_dbm[0];
}

/* Whether the packet of this part is over already. */
static bool is_late(struct assembler *a, const struct csi_record *part)
{
	const struct transmitter *t = find_transmitter(a, part->tx_mac);

	return t->key_known && t->last_key == part->part_key;
}

/* Whether nothing can come any more, if the driver is to be believed. */
static bool seems_whole(struct assembler *a, const struct packet *p, const struct csi_record *part)
{
	const struct transmitter *t = find_transmitter(a, part->tx_mac);

	return part->part_last && t->chains && p->rx_mask == t->chains && is_rectangle(p);
}

void assembler_push(struct assembler *a, const struct csi_record *part, struct stream_info *info)
{
	struct packet *p;

	if (!part->layout) {
		info->dropped++;
		info->why = "a number of tones that no bandwidth has";
		return;
	}
	close_older(a, part, info);
	p = find_packet(a, part);
	if (!p && is_late(a, part)) {
		info->dropped++;
		info->why = "a part came after its packet was over";
		return;
	}
	if (!p)
		p = begin_packet(a, part, info);
	add_part(p, part);
	if (seems_whole(a, p, part))
		close_packet(a, p, info);
}

void assembler_flush(struct assembler *a, struct stream_info *info)
{
	for (int i = 0; i < a->count; i++)
		close_packet(a, at_ring(a, i), info);
}

/* Which of the chains that there are this one is. */
static int rank(uint8_t mask, int bit)
{
	return bits((uint8_t)(mask & ((1u << bit) - 1)));
}

/* A packet has one scale, the largest of its parts. */
static void copy_scaled(struct csi_sample *to, const struct csi_sample *from, size_t n, float by)
{
	if (by == 1) {
		memcpy(to, from, n * sizeof(*to));
		return;
	}
	for (size_t i = 0; i < n; i++)
		to[i] = (struct csi_sample){ round_int16(from[i].re * by), round_int16(from[i].im * by) };
}

/* Parts in order of arrival become [rx][tx][tone]. */
static void compose(struct csi_record *whole, const struct packet *p)
{
	size_t n = p->r.tone_count;

	memcpy(whole, &p->r, offsetof(struct csi_record, samples));
	whole->part = whole->part_last = false;
	whole->chain_major = true;
	whole->rx_count = (uint8_t)bits(p->rx_mask);
	whole->tx_count = (uint8_t)bits(p->tx_mask);
	memset(whole->rssi_dbm, CSI_RSSI_UNKNOWN, sizeof(whole->rssi_dbm));
	for (int i = 0; i < p->parts; i++) {
		int rx = rank(p->rx_mask, p->at_rx[i]), tx = rank(p->tx_mask, p->at_tx[i]);

		copy_scaled(whole->samples + (size_t)(rx * whole->tx_count + tx) * n,
			    p->r.samples + (size_t)i * n, n, p->scale[i] / p->r.scale);
		whole->rssi_dbm[rx] = p->r.rssi_dbm[p->at_rx[i]];
	}
}

bool assembler_pop(struct assembler *a, const struct csi_record **packet, struct stream_info *info)
{
	while (a->count && at_ring(a, 0)->closed) {
		const struct packet *p = at_ring(a, 0);

		a->first = (a->first + 1) % RING;
		a->count--;
		if (p->spoiled)
			continue;
		if (p->tones_hash != p->r.layout->tones.hash) {
			info->dropped++;
			info->why = "tones changed too often";	/* the parser's table was too small */
			continue;
		}
		compose(&a->whole, p);
		*packet = &a->whole;
		return true;
	}
	return false;
}
