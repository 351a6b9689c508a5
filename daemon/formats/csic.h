/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * csic.h -- our own recordings: what reader and writer share, and the writer.
 *
 * The layout of every field is in firmware-notes/csic.md. */
#ifndef DAEMON_FORMATS_CSIC_H
#define DAEMON_FORMATS_CSIC_H

#include "daemon/formats/format.h"

#define CSIC_MAGIC        "\x89" "CSIC1\r\n"
#define CSIC_MAGIC_LEN    8
#define CSIC_VERSION      1
#define CSIC_HEADER_LEN   32
#define CSIC_META_MAX     (1 << 20)
#define CSIC_SYNC         0x43495343u
#define CSIC_RECORD_MIN   13
#define CSIC_RECORD_MAX   (2 << 20)
#define CSIC_FRAME_HEAD   48
#define CSIC_TONES_HEAD   20
#define CSIC_ANNOTATION_HEAD 20
#define CSIC_CRC_LEN      4

/* Tone sets that a writer remembers as written (a forgotten one is written again)
 * and that a reader knows at once (the one not used for longest makes room). */
#define CSIC_WRITER_SETS  64
#define CSIC_READER_SETS  256

enum { CSIC_FRAME = 1, CSIC_ANNOTATION = 2, CSIC_TONE_SET = 3 };
enum { CSIC_INT8, CSIC_INT16, CSIC_FLOAT32 };

struct csic_writer;

/* Creates a recording at `path`, compressed if the name ends in .gz, and writes its
 * header from the info (copied).  0 or -errno; nothing is left behind on error. */
int csic_create(struct csic_writer **out, const char *path, const struct stream_info *info);

/* The same to anything: `put` takes each piece whole, or returns -errno, which ends it. */
int csic_begin(struct csic_writer **out, const struct stream_info *info,
	       int (*put)(void *owner, const void *p, size_t len), void *owner);

/* Appends a frame (copied), and its tone set when it is new.  time_us must not be
 * less than that of the frame before.  0 or -errno (-ENOSPC: the disk is full,
 * -EINVAL: more samples than a frame may have). */
int csic_write(struct csic_writer *w, const struct csi_frame *f);

/* Hands everything written so far to the system.  0 or -errno. */
int csic_flush(struct csic_writer *w);

/* Gives up: frees the writer and removes the file, if it is one (not a device).
 * NULL is fine. */
void csic_abandon(struct csic_writer *w);

/* Ends the recording and frees the writer.  0, or -errno if the last bytes could
 * not be written.  NULL is fine. */
int csic_close(struct csic_writer *w);

#endif
