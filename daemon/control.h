/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * control.h -- commands from this machine, by a local socket, also while no broker is there.
 *
 * One JSON object a line in, one a line out: the commands of MQTT, with the member `room`
 * in place of a room's topic.
 *
 *	echo '{"action":"pause","for_s":600}' | socat - UNIX-CONNECT:/run/sixth/control
 *
 * Who asks is known from the kernel, not from what is said: root, our own user, and whose
 * group is ours.  Others are told not_allowed, counted, and hung up on; the socket's mode
 * (0660) keeps them off before that.  CONTROL_CLIENTS_MAX at a time; who sends nothing for
 * CONTROL_PATIENCE_S makes room. */
#ifndef DAEMON_CONTROL_H
#define DAEMON_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "daemon/loop.h"

#define CONTROL_CLIENTS_MAX 4
#define CONTROL_LINE_MAX    4096
#define CONTROL_PATIENCE_S  10

struct control;

struct control_stats {
	uint64_t accepted, not_allowed, too_many, too_long, silent;
};

/* What a line is answered with: JSON text that is freed by free(); NULL: hang up; or, with
 * `*later` set, control_say() comes with it: until then that client's next lines wait. */
typedef char *control_answer_fn(void *owner, uint64_t client, const char *text, size_t len, bool *later);

/* `answer` gets a line without its end.  `path` is borrowed during the call; a socket that an earlier life left there is
 * replaced, anything else is not.  0 or -errno, which has been logged. */
int control_open(struct control **out, struct loop *loop, const char *path,
		 control_answer_fn *answer, void *owner);
void control_close(struct control *c);		/* removes the socket; NULL is fine */

/* The answer that a client, if it is still there, waits for. */
void control_say(struct control *c, uint64_t client, const char *text);

struct control_stats control_stats(const struct control *c);

#endif
