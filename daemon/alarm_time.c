/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include "daemon/alarm_time.h"

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef0123456789ABCDEF", *at = c ? strchr(digits, c) : NULL;

	return at ? (int)((at - digits) % 16) : -1;
}

bool alarm_boot_parse(uint8_t boot[ALARM_BOOT_BYTES], const char *text)
{
	int n = 0;

	memset(boot, 0, ALARM_BOOT_BYTES);
	for (; *text && n < 2 * ALARM_BOOT_BYTES; text++) {
		int digit = hex_digit(*text);

		if (*text == '-')
			continue;
		if (digit < 0)
			break;
		boot[n / 2] = (uint8_t)(boot[n / 2] << 4 | digit);
		n++;
	}
	if (n == 2 * ALARM_BOOT_BYTES && !*text)
		return true;
	memset(boot, 0, ALARM_BOOT_BYTES);
	return false;
}

bool alarm_time_correct(struct alarm_time *t, const uint8_t boot[ALARM_BOOT_BYTES],
			const struct alarm_clock *now)
{
	if (!now->synced || !t->unsynced || memcmp(t->boot, boot, sizeof(t->boot)) ||
	    t->mono_us > now->mono_us || now->mono_us - t->mono_us > now->wall_us)
		return false;
	t->wall_us = now->wall_us - (now->mono_us - t->mono_us);
	t->unsynced = false;
	return true;
}
