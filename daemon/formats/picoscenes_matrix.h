/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * picoscenes_matrix.h -- the arrays of numbers that PicoScenes writes for software
 * radios: a header that says what they are, then the numbers. */
#ifndef DAEMON_FORMATS_PICOSCENES_MATRIX_H
#define DAEMON_FORMATS_PICOSCENES_MATRIX_H

#include "daemon/formats/format.h"

/* Reads an array of `count` complex numbers, quantised to their maximum, into samples,
 * scale and floats of the record.  More in the array than that are other parts of
 * the measurement and not looked at.  NULL, or why it cannot be; static. */
const char *picoscenes_matrix(struct csi_record *r, const uint8_t *p, size_t len, int count);

#endif
