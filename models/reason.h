/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * reason.h -- why there is no value.  A closed list: what can stand in the
 * `reason` of any published message is in this table and in docs, nowhere else. */
#ifndef MODELS_REASON_H
#define MODELS_REASON_H

#define REASONS(X) \
	X(NONE,           NULL,             "there is a value") \
	X(WARMING_UP,     "warming_up",     "not enough has been seen since the start") \
	X(NO_CSI,         "no_csi",         "no frames arrive") \
	X(SOURCE_DOWN,    "source_down",    "the source of the frames is closed or failed") \
	X(FIRMWARE_SILENT, "firmware_silent", "the radio hears packets, but its firmware measures none of them") \
	X(RATE_LOW,       "rate_low",       "too few frames a second for this value") \
	X(GAP,            "gap",            "too long a hole in the frames") \
	X(BLIND,          "blind",          "too much was missing while something happened") \
	X(LINK_ASLEEP,    "link_asleep",    "the transmitter sleeps") \
	X(WEAK_LINK,      "weak_link",      "too much noise to see anything") \
	X(ONE_TONE,       "one_tone",       "too few usable subcarriers") \
	X(CHAIN_DEAD,     "chain_dead",     "a receive chain delivers nothing") \
	X(SATURATED,      "saturated",      "the receiver is overdriven") \
	X(FORMAT_CHANGED, "format_changed", "the packets changed their format") \
	X(STALE,          "stale",          "the radio hands out old measurements again and again") \
	X(NOBODY,         "nobody",         "nobody is there") \
	X(MOVING,         "moving",         "somebody moves too much") \
	X(OUT_OF_BAND,    "out_of_band",    "what is there is not in the band") \
	X(MACHINE,        "machine",        "a fan or another machine, not a person") \
	X(AMBIGUOUS,      "ambiguous",      "several answers fit") \
	X(UNSUPPORTED,    "unsupported",    "this radio or rate cannot") \
	X(PAUSED,         "paused",         "switched off for a while")

enum reason {
#define X(id, name, help) REASON_##id,
	REASONS(X)
#undef X
	REASON_COUNT
};

/* The published name, NULL for REASON_NONE.  Static. */
const char *reason_name(enum reason r);
const char *reason_help(enum reason r);

#endif
