/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * alarm_commands.h -- what people do to alarms: acknowledge, clear, test. */
#ifndef DAEMON_ALARM_COMMANDS_H
#define DAEMON_ALARM_COMMANDS_H

#include "daemon/alarming.h"
#include "daemon/commands.h"

/* acknowledge, clear: the alarm that is named; from the topic of a room and without a
 * name, all that call there, of that `kind` if it is given: that is what a button can
 * say.  clear needs a verdict, except for what is only a test.  test: raises an alarm of
 * `kind` (default: test) that is marked as a test.  Other actions: NOT_SUPPORTED. */
enum command_error alarm_command(struct alarming *s, const struct command_request *r,
				 struct command_reply *reply);

#endif
