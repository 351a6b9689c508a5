/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * alarm_record.h -- an alarm as the bytes of a journal record, the same on every
 * machine.  The id is the record's key and not among them. */
#ifndef DAEMON_ALARM_RECORD_H
#define DAEMON_ALARM_RECORD_H

#include "daemon/alarm.h"

#define ALARM_RECORD_BYTES 391

/* Writes exactly ALARM_RECORD_BYTES. */
void alarm_pack(uint8_t record[ALARM_RECORD_BYTES], const struct alarm *a);

/* Takes any bytes.  False if they are no alarm that we would have written: wrong version
 * or length, values outside their tables, no room, a state that is never journaled. */
bool alarm_unpack(struct alarm *a, const char *id, const uint8_t *record, size_t bytes);

#endif
