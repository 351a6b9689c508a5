/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * keeper.h -- one small file kept up to date without the loop ever waiting for flash.
 *
 * What is put is written by a thread of its own, which is there only from the first put
 * on.  The latest text wins; one that was not begun yet is never written. */
#ifndef DAEMON_KEEPER_H
#define DAEMON_KEEPER_H

#define KEEPER_CLOSE_MS 2000

struct keeper;

/* Touches nothing yet.  `path` is copied.  NULL: out of memory. */
struct keeper *keeper_open(const char *path);

/* Writes what still waits: at most KEEPER_CLOSE_MS, then a thread that is stuck in the
 * disk is left behind with its memory.  NULL is fine. */
void keeper_close(struct keeper *k);

/* The file is to have this text (from malloc(); taken over), or, NULL, not to be there.
 * Never waits. */
void keeper_put(struct keeper *k, char *text);

/* 0, or -errno of the last attempt to write. */
int keeper_error(struct keeper *k);

#endif
