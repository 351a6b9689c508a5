/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include "tests/support/mt76_bytes.h"

#define NESTED     0x8000
#define FAMILY     28		/* what nl80211 often gets */
#define MULTI      2
#define CMD_VENDOR 103

const struct mt76_made mt76_usual = {
	.abi = 'B', .tones = 64, .mode = 2, .chain_info = 0x8000, .rssi = -50, .time_us = 1000000,
	.mac = { 2, 0x11, 0x22, 0x33, 0x44, 0x55 },
};

struct maker {
	struct bytes *b;
	bool big, no_flag;
	unsigned leave_out;
	enum mt76_spoil spoil;
};

static void number(const struct maker *m, uint32_t v, size_t size)
{
	uint8_t p[4];

	for (size_t i = 0; i < size; i++)
		p[i] = (uint8_t)(v >> 8 * (m->big ? size - 1 - i : i));
	bytes_add(m->b, p, size);
}

static void set16(const struct maker *m, size_t at, unsigned v)
{
	m->b->p[at] = (uint8_t)(m->big ? v >> 8 : v);
	m->b->p[at + 1] = (uint8_t)(m->big ? v : v >> 8);
}

static void pad(const struct maker *m)
{
	static const uint8_t zeros[4];

	bytes_add(m->b, zeros, (4 - m->b->len % 4) % 4);
}

static void attr(const struct maker *m, unsigned type, uint32_t v, size_t size)
{
	if (type == m->leave_out)
		return;
	number(m, (uint32_t)(4 + size), 2);
	number(m, type, 2);
	number(m, v, size);
	pad(m);
}

static size_t open_nest(const struct maker *m, unsigned type)
{
	size_t at = m->b->len;

	number(m, 4, 2);
	number(m, type | (m->no_flag ? 0 : NESTED), 2);
	return at;
}

static void close_nest(const struct maker *m, size_t at)
{
	set16(m, at, (unsigned)(m->b->len - at));
}

static void values(const struct maker *m, unsigned type, int n, int add, int sign)
{
	struct maker all = *m;
	size_t nest;

	if (type == m->leave_out)
		return;
	all.leave_out = UINT32_MAX;
	nest = open_nest(m, type);
	for (int i = 0; i < n && m->spoil != MT76_FLAT; i++)
		attr(&all, (unsigned)i, (uint16_t)(sign * i + add), i == 5 && m->spoil == MT76_LONG ? 4 : 2);
	for (int i = 0; i < n && m->spoil == MT76_FLAT; i++)
		number(m, 0xffffffff, 4);
	if (m->spoil == MT76_VALUE_TWICE)
		attr(&all, 7, 0, 2);
	close_nest(m, nest);
}

static void address(const struct maker *m, const uint8_t mac[6])
{
	struct maker all = *m;
	size_t nest;

	if (m->leave_out == 8)
		return;
	all.leave_out = UINT32_MAX;
	nest = open_nest(m, 8);
	for (unsigned i = 0; i < 6; i++)
		attr(&all, i, mac[i], 1);
	close_nest(m, nest);
}

static void data(const struct maker *m, const struct mt76_made *made)
{
	unsigned one = made->abi != 'A';

	attr(m, 2, 1, 1);
	if (m->spoil == MT76_NESTED) {
		size_t nest = open_nest(m, 1);

		attr(m, 3, made->time_us, 4);
		close_nest(m, nest);
	} else {
		attr(m, 3, made->time_us, m->spoil == MT76_SHORT ? 2 : 4);
	}
	attr(m, 4, (uint8_t)made->rssi, 1);
	attr(m, 5, 30, 1);
	for (int i = 0; i <= (m->spoil == MT76_TWICE); i++)
		attr(m, 6, made->width, 1);
	attr(m, 7, made->primary, 1);
	address(m, made->mac);
	if (one)
		attr(m, 9, (uint32_t)(made->said ? made->said : made->tones), 4);
	values(m, 9 + one, made->tones, made->add, 1);
	values(m, 10 + one, made->tones, 0, -1);
	attr(m, 11 + one, 4096, 4);
	attr(m, 16 + one, made->tx, 2);
	attr(m, 17 + one, made->rx, 2);
	attr(m, 18 + one, made->mode, 1);
	attr(m, 19 + one, one ? made->chain_info : 7, 4);
	if (m->spoil == MT76_TAIL)
		number(m, 0xffffffff, 4);
	if (!one && made->sequence) {
		attr(m, 21, (uint32_t)(made->said ? made->said : made->tones), 4);
		attr(m, 22, made->sequence, 2);
		attr(m, 26, made->chain_info, 4);
	}
}

static size_t open_message(const struct maker *m, unsigned type, unsigned flags)
{
	size_t at = m->b->len;

	number(m, 0, 4);
	number(m, type, 2);
	number(m, flags, 2);
	number(m, 1, 4);		/* sequence, port */
	number(m, 4242, 4);
	return at;
}

static void close_message(const struct maker *m, size_t at)
{
	uint32_t len = (uint32_t)(m->b->len - at);

	for (size_t i = 0; i < 4; i++)
		m->b->p[at + i] = (uint8_t)(len >> 8 * (m->big ? 3 - i : i));
	pad(m);
}

void mt76_add(struct bytes *b, const struct mt76_made *made)
{
	struct maker m = { b, made->big_endian, made->no_nested_flag, UINT32_MAX, made->spoil };
	size_t message = open_message(&m, FAMILY, MULTI), vendor, nest;

	number(&m, CMD_VENDOR, 1);
	number(&m, 1, 1);
	number(&m, 0, 2);
	attr(&m, 195, 0x0ce7, 4);
	attr(&m, 196, 0xc2, 4);
	vendor = open_nest(&m, 197);
	nest = open_nest(&m, made->abi == 'A' ? 9 : made->abi == 'B' ? 10 : 8);
	m.leave_out = made->leave_out ? made->leave_out : UINT32_MAX;
	data(&m, made);
	close_nest(&m, nest);
	close_nest(&m, vendor);
	close_message(&m, message);
}

void netlink_add(struct bytes *b, bool big_endian, unsigned type, unsigned flags, const void *body, size_t len)
{
	struct maker m = { b, big_endian, false, UINT32_MAX, MT76_WHOLE };
	size_t message = open_message(&m, type, flags);

	bytes_add(b, body, len);
	close_message(&m, message);
}
