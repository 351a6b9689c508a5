/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * source_counts.h -- what a source could not use, counted by cause.
 *
 * A closed list: what stands under `drops` of a source in a room's `sensing` message
 * is here and in the README, nowhere else. */
#ifndef DAEMON_SOURCE_COUNTS_H
#define DAEMON_SOURCE_COUNTS_H

#include <stdint.h>

#define SOURCE_DROPS(X) \
	X(MALFORMED,      "malformed",      "records that make no sense") \
	X(DAMAGED,        "damaged",        "stretches of bytes that are no record") \
	X(TORN,           "torn",           "records whose end never came") \
	X(TOO_LONG,       "too_long",       "longer than anything that could be a record") \
	X(INCOMPLETE,     "incomplete",     "packets of which antenna pairs are missing") \
	X(OTHER_KIND,     "other_kind",     "messages that carry no measurement") \
	X(UNREADABLE,     "unreadable",     "measurements whose form is not known") \
	X(FOREIGN_SENDER, "foreign_sender", "from an address or port that is not allowed to send") \
	X(UNKNOWN_KEY,    "unknown_key",    "signed with a key that we do not have") \
	X(FORGED,         "forged",         "the signature does not fit") \
	X(REPLAYED,       "replayed",       "authentic once: sent again, or from an earlier session") \
	X(LATE,           "late",           "authentic, but overtaken by later ones") \
	X(MISSED,         "missed",         "sent, by their sequence, and never arrived") \
	X(OVERRUN,        "overrun",        "lost in the kernel because we were too slow") \
	X(CLOCK_RESET,    "clock_reset",    "times the radio's clock jumped") \
	X(REFUSED,        "refused",        "connections turned away, as one is open already") \
	X(REOPENED,       "reopened",       "times it vanished and was opened again")

enum source_drop {
#define X(id, name, help) SOURCE_DROP_##id,
	SOURCE_DROPS(X)
#undef X
	SOURCE_DROP_COUNT
};

#define SOURCE_UNREADABLE_MAX 8

/* Who sent what could not be read. */
struct source_unreadable {
	uint8_t  from[6];
	uint64_t count;
};

struct source_counts {
	uint64_t dropped[SOURCE_DROP_COUNT];
	struct source_unreadable unreadable[SOURCE_UNREADABLE_MAX];	/* the first so many */
	int transmitters;		/* of them */
};

/* One measurement more that came and cannot be read; from: its transmitter, NULL: not known. */
void source_count_unreadable(struct source_counts *c, const uint8_t *from);

/* The published name, and what it means.  Static. */
const char *source_drop_name(enum source_drop d);
const char *source_drop_help(enum source_drop d);

#endif
