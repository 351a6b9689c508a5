/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sandbox.h -- gives up everything that sensing does not need, before the first byte
 * from outside is read.  sandbox.c alone knows libseccomp.
 *
 * In this order: another user, if we are root and there is one; all capabilities but
 * those that a radio needs, for us and for whatever we might start; no new privileges;
 * no core dump; files that only we may read; and, where libseccomp is there, a list of
 * the system calls that are left.  What is not on the list fails with ENOSYS, as on a
 * kernel that does not know it: libraries fall back, and an intruder gets nowhere.
 *
 * None of it can be undone.  It holds for the threads that are started later. */
#ifndef DAEMON_SANDBOX_H
#define DAEMON_SANDBOX_H

#include <stdbool.h>

struct sandbox_options {
	const char *user;	/* to become where we are root */
	bool user_required;	/* it was asked for: without it we do not start */
	bool radio;		/* keeps CAP_NET_ADMIN and CAP_NET_RAW */
	bool runs_programs;	/* others have to run inside of it too: only what nobody needs is
				 * forbidden, in place of a list of what is left */
};

/* Call it once, with one thread.  0, or -errno, which has been logged: do not go on. */
int sandbox_enter(const struct sandbox_options *o);

#endif
