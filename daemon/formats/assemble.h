/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * assemble.h -- antenna pairs that a driver delivers one by one, joined to packets.
 *
 *      if (record->part) {
 *              assembler_push(a, record, info);
 *              while (assembler_pop(a, &packet, info))
 *                      use(packet);
 *      }
 *
 * Ratios of antennas need all receive chains of the same packet, so a packet of which
 * some are missing is of no use: it is dropped and counted.  Nothing says how many
 * there should be, so that is learned: the most that this transmitter's packets had
 * lately.  Streams may come and go, as senders choose their number by packet. */
#ifndef DAEMON_FORMATS_ASSEMBLE_H
#define DAEMON_FORMATS_ASSEMBLE_H

#include "daemon/formats/format.h"

#define ASSEMBLE_OPEN         4		/* packets under way; one more closes the oldest */
#define ASSEMBLE_TRANSMITTERS 16	/* known; one more forgets the one silent longest */
#define ASSEMBLE_PAIRS        (CSI_MAX_RX * CSI_MAX_TX)
#define ASSEMBLE_WAIT_US      10000	/* parts of a packet that come later are lost */
#define ASSEMBLE_RELEARN      64	/* packets with other chains until these are believed */

struct assembler;

/* NULL if there is no memory.  Free with assembler_free(). */
struct assembler *assembler_new(void);
void assembler_free(struct assembler *a);		/* NULL is fine */

/* Takes one part.  What is lost by it is counted in the info. */
void assembler_push(struct assembler *a, const struct csi_record *part, struct stream_info *info);

/* Closes what is under way: at the end of a recording, or when nothing came for a while. */
void assembler_flush(struct assembler *a, struct stream_info *info);

/* The next packet that is whole, in the order in which they began; borrowed until the
 * next call of any of these, as long as the parser is there.  False if there is none. */
bool assembler_pop(struct assembler *a, const struct csi_record **packet, struct stream_info *info);

#endif
