/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * calibration.h -- what a room has seen of a step of a calibration, as `calibration` in its `sensing` message. */
#ifndef DAEMON_CALIBRATION_H
#define DAEMON_CALIBRATION_H

#include <stdbool.h>
#include "models/survey.h"

struct json;

/* Adds what was seen as `calibration`, null where there was no step of late. */
void calibration_write(struct json *j, const struct survey_result *s);

/* Reads what that wrote, of a whole `sensing` message, which may be anybody's.  False: it has none, or one that makes no
 * sense. */
bool calibration_read(struct survey_result *s, const struct json *sensing);

#endif
