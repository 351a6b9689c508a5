/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * live.h -- what the sources that read a radio share: from bytes to the sink.
 *
 *      bytes --parser--> record --assembler--> packet --clock--> frame --> sink
 *
 * The parsers are those that read files.  What they cannot use is counted in the source's
 * counts, by cause, and told in the log now and then.  All memory is taken when the
 * source opens. */
#ifndef DAEMON_LIVE_H
#define DAEMON_LIVE_H

#include "daemon/formats/format.h"
#include "daemon/source.h"

#define LIVE_READ_BYTES 65536	/* of a stream, before the loop has its turn again */

struct live;

/* For records of this format that come out of source `s` from now on; keeps the source's
 * clock going, which is the host's monotonic one.  A stream may have `window` bytes of a
 * record that is not whole yet; 0: only messages will come.  0 or -ENOMEM.  Free with
 * live_close(). */
int live_open(struct live **out, struct source *s, const struct csi_format *format, size_t window);
void live_close(struct live *l);			/* NULL is fine */

/* Begins afresh: another stream follows, maybe of another format.  What the stream before
 * left unfinished is counted as torn.  0 or -ENOMEM. */
int live_restart(struct live *l, const struct csi_format *format);

/* Bytes of a stream, cut anywhere; borrowed.  0, or -EBADMSG if this is not such a stream
 * or a record is longer than the window: the why is in s->error. */
int live_bytes(struct live *l, const uint8_t *p, size_t len);

/* One message that holds whole records; borrowed.  It came at arrived_us on the host's
 * monotonic clock.  How many things were in it that count, as frames or as losses. */
int live_message(struct live *l, const uint8_t *p, size_t len, uint64_t arrived_us);

/* Reads a stream from fd, which does not block, while there is something and the loop may
 * wait.  0, or -errno with s->error: -ENODATA at its end, -EBADMSG as live_bytes(). */
int live_read(struct live *l, int fd);

/* The channel that the radio is on, for formats that do not say; 0: as they assume. */
void live_channel(struct live *l, uint16_t freq_mhz);

/* Who sent the messages that follow, of those that the source listens to: 0 to 255, from 0 on. */
void live_sender(struct live *l, int sender);

/* How the values of the records are packed; borrowed until live_close(). */
void live_packing(struct live *l, const struct packing *p);

/* Frames come up to so late, because they are fetched: the source's clock waits for them,
 * and so does what still lacks antenna pairs. */
void live_lag(struct live *l, uint64_t lag_us);

/* For how long no record came, or none since it opened, µs. */
uint64_t live_silent_us(const struct live *l);

/* Ends the stream: what is still under way is finished, or counted. */
void live_end(struct live *l);

/* What the stream says about itself.  Borrowed. */
const struct stream_info *live_info(const struct live *l);

#endif
