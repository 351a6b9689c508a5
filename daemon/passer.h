/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * passer.h -- a small process of its own that opens what the daemon may not, or must not
 * wait for, and does nothing but pass on what it reads.
 *
 * Files below debugfs belong to root, and /dev/CSI_dev makes its reader wait for seconds.
 * So before the daemon gives up its rights it starts a passer for each such source
 * (passer_prepare()).  The passer keeps its user but no capability, cannot start another
 * process, opens the one file (and writes the switches that turn it on), and sends each
 * read as one message over a socket.  When the file vanishes it tries again, after 1 s,
 * then less and less often; when the daemon is gone it ends. */
#ifndef DAEMON_PASSER_H
#define DAEMON_PASSER_H

#include <sys/types.h>
#include "daemon/config.h"

#define PASSER_PATH_LEN     256
#define PASSER_SWITCHES_MAX (CONFIG_STATIONS_MAX + 1)
#define PASSER_BYTES_MAX    65536	/* of one read */

struct passer_job {
	char path[PASSER_PATH_LEN];		/* what is read */
	struct passer_switch {
		char path[PASSER_PATH_LEN], text[64];
	} on[PASSER_SWITCHES_MAX];	/* written each time before it is opened, and when it is silent */
	int switches;
};

/* A message begins with one of these. */
enum {
	PASSER_DATA   = 'D',		/* what one read gave */
	PASSER_OPENED = 'O',		/* the file is open */
	PASSER_FAILED = 'F',		/* errno as a native int: it does not open, or cannot be read on */
	PASSER_SWITCH = 'S',		/* int errno, int number of the switch that cannot be written */
};

struct passer {
	int   fd;			/* does not block; -1: none */
	pid_t pid;
};

/* Starts one for this source, to be taken by passer_take().  0 or -errno. */
int passer_prepare(const struct config_source *c, const struct passer_job *job);

/* The passer of this source: the one that was prepared, else one started now.  0 or -errno;
 * end it with passer_end(). */
int passer_take(struct passer *p, const struct config_source *c, const struct passer_job *job);

/* Ends it.  One of another user ends by itself, as nobody listens any more. */
void passer_end(struct passer *p);

#endif
