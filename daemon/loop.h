/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * loop.h -- the one event loop; loop.c alone knows libev.
 *
 * Everything that waits is added here, at start or when a source opens; nothing
 * that runs in a callback may block. */
#ifndef DAEMON_LOOP_H
#define DAEMON_LOOP_H

#include <stdint.h>

struct loop;
struct loop_timer;
struct loop_io;

struct loop *loop_create(void);		/* NULL: out of memory */
void loop_destroy(struct loop *l);	/* NULL is fine; removes what is still there */

void loop_run(struct loop *l);		/* until loop_stop() */
void loop_stop(struct loop *l);

/* Calls cb after after_s seconds and then every repeat_s (0: once).  NULL: out of
 * memory.  Owned by the loop. */
struct loop_timer *loop_timer_add(struct loop *l, double after_s, double repeat_s,
				  void (*cb)(void *owner), void *owner);
void loop_timer_set(struct loop_timer *t, double after_s);	/* once more, from now */
void loop_timer_remove(struct loop_timer *t);			/* NULL is fine */

/* Calls cb when fd is readable.  NULL: out of memory.  The fd stays the caller's. */
struct loop_io *loop_io_add(struct loop *l, int fd, void (*cb)(void *owner), void *owner);
void loop_io_remove(struct loop_io *io);			/* NULL is fine */

/* SIGINT, SIGTERM and, unless it is ignored (nohup), SIGHUP end the loop; SIGPIPE is ignored. */
void loop_stop_on_signals(struct loop *l);

/* The monotonic clock, µs. */
uint64_t loop_now_us(void);

#endif
