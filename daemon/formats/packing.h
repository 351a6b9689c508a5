/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * packing.h -- how the values of a measurement are packed, for radios whose makers publish
 * that to their customers only: whoever has the documentation writes it into the
 * configuration, in words with blanks between them.
 *
 *	iq16 chains=2 tones=-28..-1,1..28|-58..-2,2..58
 *
 *	iq8 qi8 iq16 qi16 iq16be qi16be		a component's bits, and whether the real one (i) is first
 *	tones=LIST[|LIST...]	indices in the order in which they are stored; of several lists that
 *				counts whose values fill the record
 *	chains=N streams=N	1 each
 *	order=chain, tone	which of them goes slowest (default: chain)
 *	spacing=HZ		of tones (312500)
 *	at=N			bytes before the values
 *
 * and for records that say nothing else that is known, too, places in bytes:
 *
 *	from=N			the transmitter, 6 bytes; needed
 *	clock=N			microseconds, 32 bits, little-endian; without: when it came
 *	rssi=N			dBm, 8 bits with a sign
 *	mhz=N			centre of the channel (5180)
 *
 * Nothing is guessed: a record whose length is not exactly that of one of the lists is
 * refused. */
#ifndef DAEMON_FORMATS_PACKING_H
#define DAEMON_FORMATS_PACKING_H

#include "daemon/formats/format.h"

#define PACKING_LISTS 4
#define PACKING_NOWHERE (-1)

struct packing {
	bool known;			/* else the rest means nothing */
	uint8_t bytes;			/* of a component */
	bool imaginary_first, big_endian, tone_major;
	uint8_t rx, tx;
	int at, from, clock, rssi;	/* bytes from the start; PACKING_NOWHERE */
	uint16_t freq_mhz;
	int lists;
	struct tone_layout list[PACKING_LISTS];
};

/* Reads the words; "" is no mistake and leaves p unknown.  `alone`: for records of which
 * nothing else is known.  NULL, or what is wrong with them; static.  About 32 KiB: not for a
 * small stack. */
const char *packing_read(struct packing *p, const char *text, bool alone);

/* The list whose values fill `len` bytes that are a multiple of `align`; NULL if none does, or
 * nothing is known. */
const struct tone_layout *packing_fits(const struct packing *p, size_t len, size_t align);

/* Fills counts, tones, bandwidth and values of a record out of bytes that fit `layout`,
 * which the record borrows. */
void packing_values(const struct packing *p, const struct tone_layout *layout, const uint8_t *bytes,
		    struct csi_record *r);

#endif
