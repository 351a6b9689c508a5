/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * seek.h -- finds on after damage, for formats whose records have no checksum.
 *
 * Such a format knows a record by a header that makes sense.  When one does not,
 * bytes are passed over to the next that does.  A length that was damaged looks
 * like a record torn off at the end of the file; only when no record follows was it
 * one. */
#ifndef DAEMON_FORMATS_SEEK_H
#define DAEMON_FORMATS_SEEK_H

#include "daemon/formats/format.h"

enum seek_verdict { SEEK_NO, SEEK_YES, SEEK_UNSURE };

/* Whether a record starts at p.  UNSURE: more bytes are needed to tell; never when
 * `last`.  Must not depend on how many bytes more there are, once it is sure. */
typedef enum seek_verdict seek_fn(const void *arg, const uint8_t *p, size_t len, bool last);

/* All zero: no damage. */
struct seek {
	bool     active;
	uint64_t skipped;		/* bytes of the damage we are in */
};

/* The record at p is none: goes to the next.  Answers as a parser does; counts the
 * damage in the info when it is behind us. */
struct parsed seek_from(struct seek *s, struct stream_info *info, const uint8_t *p, size_t len, bool last,
			seek_fn *starts, const void *arg);

/* To be called first, as long as s->active: looks on at p.  Returns true if a record
 * starts at p, which ends the search; else *parsed is the parser's answer. */
bool seek_on(struct seek *s, struct stream_info *info, const uint8_t *p, size_t len, bool last,
	     seek_fn *starts, const void *arg, struct parsed *parsed);

#endif
