/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * wake.h -- how a thread tells another to look: an eventfd. */
#ifndef DAEMON_WAKE_H
#define DAEMON_WAKE_H

#include <stdint.h>
#include <unistd.h>

/* Makes fd readable.  Never blocks (the eventfd is EFD_NONBLOCK). */
static inline void wake(int fd)
{
	const uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) < 0)
		return;			/* full: it is awake */
}

/* Makes it unreadable until the next wake(). */
static inline void hush(int fd)
{
	uint64_t n;

	if (read(fd, &n, sizeof(n)) < 0)
		return;			/* nobody had woken it */
}

#endif
