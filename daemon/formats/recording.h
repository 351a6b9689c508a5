/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * recording.h -- a file of any known format, read record by record or as frames. */
#ifndef DAEMON_FORMATS_RECORDING_H
#define DAEMON_FORMATS_RECORDING_H

#include "daemon/formats/format.h"

struct recording;

#define RECORDING_ERROR_LEN 256

/* Opens a recording and recognises its format by content.  0 or -errno, with a
 * sentence in error[] (what, where, what to do).  Free with recording_close(). */
int recording_open(struct recording **out, const char *path, char error[RECORDING_ERROR_LEN]);
void recording_close(struct recording *r);		/* NULL is fine */

/* Reads on to the first record, so that recording_info() knows what stands before it.
 * 1, or 0 if there is none; -errno if the file cannot be read. */
int recording_prepare(struct recording *r, char error[RECORDING_ERROR_LEN]);

/* The next record as the driver wrote it (borrowed): 1, or 0 at the end.
 * -errno if the file cannot be read on; error[] says why. */
int recording_record(struct recording *r, const struct csi_record **record, char error[RECORDING_ERROR_LEN]);

/* The same, sorted into a frame (borrowed).  Its time counts from the start of the
 * recording, unwrapped, and never goes back: clocks that do are counted. */
int recording_frame(struct recording *r, const struct csi_frame **frame, char error[RECORDING_ERROR_LEN]);

/* What is known about the recording, and what was lost up to here.  Borrowed. */
const struct csi_format *recording_format(const struct recording *r);
const struct stream_info *recording_info(const struct recording *r);
uint64_t recording_clock_resets(const struct recording *r);

/* What went wrong with the compression, NULL if nothing.  Static. */
const char *recording_damage(const struct recording *r);

#endif
