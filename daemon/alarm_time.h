/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * alarm_time.h -- when something was, on a machine whose clock may be set only later. */
#ifndef DAEMON_ALARM_TIME_H
#define DAEMON_ALARM_TIME_H

#include <stdbool.h>
#include <stdint.h>

#define ALARM_BOOT_BYTES 16

/* Now, on both clocks.  `synced`: the wall clock has been set since power on. */
struct alarm_clock {
	uint64_t mono_us;	/* since boot */
	uint64_t wall_us;	/* since 1970 */
	bool     synced;
};

/* When something was.  With `unsynced` the wall time is not to be believed; it is put
 * right when the clock is set, as long as the machine has not been off in between. */
struct alarm_time {
	uint64_t wall_us, mono_us;
	uint8_t  boot[ALARM_BOOT_BYTES];
	bool     unsynced;
};

/* The 16 bytes of a boot id as the kernel writes it (32 hex digits, dashes ignored).
 * False, and all zero, if it is none: then take random bytes, so that times of
 * different boots are never mixed up. */
bool alarm_boot_parse(uint8_t boot[ALARM_BOOT_BYTES], const char *text);

/* Puts a time right that was taken without a set clock, if `now` and `boot` tell how.
 * True if that changed it. */
bool alarm_time_correct(struct alarm_time *t, const uint8_t boot[ALARM_BOOT_BYTES],
			const struct alarm_clock *now);

#endif
