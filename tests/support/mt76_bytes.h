/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mt76_bytes.h -- netlink messages as MediaTek's driver sends them, attribute by
 * attribute, in every numbering and both byte orders. */
#ifndef TESTS_SUPPORT_MT76_BYTES_H
#define TESTS_SUPPORT_MT76_BYTES_H

#include <stdbool.h>
#include "tests/support/csic_bytes.h"

/* What is wrong with the attributes. */
enum mt76_spoil {
	MT76_WHOLE,
	MT76_TWICE,		/* the bandwidth */
	MT76_VALUE_TWICE,	/* a tone */
	MT76_LONG,		/* a value of 4 bytes */
	MT76_SHORT,		/* a time of 2 bytes */
	MT76_FLAT,		/* values that are no attributes */
	MT76_NESTED,		/* the time within another one */
	MT76_TAIL,		/* something behind the last that is none */
};

/* One antenna pair.  Value i is i + add (real), -i (imaginary), at array place i. */
struct mt76_made {
	char     abi;			/* 'A', 'B', 'C' */
	bool     big_endian, no_nested_flag;
	int      tones;			/* that are stored; numbering A: without a count */
	int      said;			/* in the count; 0: as many as are stored */
	unsigned width, primary, mode;	/* as the driver numbers them */
	unsigned rx, tx, chain_info;
	int      rssi;
	uint32_t time_us;
	uint8_t  mac[6];
	int      add;
	uint32_t sequence;		/* numbering A: not 0 appends what a fork of it does */
	unsigned leave_out;		/* an attribute of the data that is missing; 0: none */
	enum mt76_spoil spoil;
};

/* HT, 20 MHz, chain 0 of 1, numbering B. */
extern const struct mt76_made mt76_usual;

/* The whole message, padded. */
void mt76_add(struct bytes *b, const struct mt76_made *m);

/* Bare netlink, for what else stands in a capture. */
void netlink_add(struct bytes *b, bool big_endian, unsigned type, unsigned flags, const void *body, size_t len);

#endif
