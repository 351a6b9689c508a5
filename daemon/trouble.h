/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * trouble.h -- why an alarm might not reach anybody.  A closed list, published in `sensing`
 * of every room and in `info`; why nothing is sensed is the `reason` beside it. */
#ifndef DAEMON_TROUBLE_H
#define DAEMON_TROUBLE_H

#define TROUBLES(X) \
	X(BROKER,   "broker_down",      "there is no connection to a broker") \
	X(SPOOL,    "undelivered",      "an alarm waits for the broker longer than 15 s") \
	X(DISK,     "disk",             "the journal or the state folder cannot be written, or takes too long") \
	X(CLOCK,    "clock_unsynced",   "nothing keeps the clock right; times may be wrong") \
	X(TEST,     "test_undelivered", "the daily test alarm did not arrive within 5 minutes") \
	X(REFUSED,  "publish_refused",  "the broker's access list drops what we publish, or does not let us read it") \
	X(TWIN,     "second_daemon",    "another sixthd speaks under the same name") \
	X(HOOK,     "hook",             "the program of [alarms] hook failed when it ran last, or cannot be run") \
	X(GPIO,     "gpio",             "the line of [alarms] gpio cannot be used")

enum {
#define X(id, name, help) TROUBLE_##id##_BIT,
	TROUBLES(X)
#undef X
	TROUBLE_COUNT
};

enum {
#define X(id, name, help) TROUBLE_##id = 1 << TROUBLE_##id##_BIT,
	TROUBLES(X)
#undef X
};

/* The published name of a bit, 0 to TROUBLE_COUNT - 1.  Static. */
const char *trouble_name(int bit);

struct json;

/* Adds the array "trouble" of the names of these bits. */
void trouble_write(struct json *j, unsigned trouble);

#endif
