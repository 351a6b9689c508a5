/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * snapshot.h -- what was learned as plain bytes, that another run of us may read: on the same machine,
 * another one, or of another version.
 *
 * A row of sections: what it is, its version, how long it is, its bytes, lowest first.  A
 * section that is not known, or of another version, is stepped over; a number out of its bounds spoils the
 * section that it is in.  Who reads takes nothing of a spoilt section. */
#ifndef MODELS_SNAPSHOT_H
#define MODELS_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers of sections are never used for anything else. */
enum snapshot_id {
	SNAPSHOT_DEVICE_NOISE = 1, SNAPSHOT_DEVICE_MOTION, SNAPSHOT_MACHINES, SNAPSHOT_ABSORBED,
	SNAPSHOT_STILL, SNAPSHOT_LOW, SNAPSHOT_GAIT, SNAPSHOT_VACANCY, SNAPSHOT_FALLS,
	SNAPSHOT_FALLS_STILL, SNAPSHOT_SIGHTS, SNAPSHOT_FALLS_LIVED,
	SNAPSHOT_ROOM = 32, SNAPSHOT_DEVICES, SNAPSHOT_LINK, SNAPSHOT_ROOM_MODELS,	/* of the daemon, around them */
};

#define SNAPSHOT_SECTION_MAX 65535
#define SNAPSHOT_STIRS_S     3600.0f	/* what stirred a room so long ago may be anything by now */

/* Where to: the caller's bytes.  All zero but p and size at the start. */
struct snapshot_out {
	uint8_t *p;
	size_t size, len;
	bool full;			/* something had no place: len is what had */
};

void snapshot_put(struct snapshot_out *out, uint64_t value, int bytes);
void snapshot_put_float(struct snapshot_out *out, float value);
void snapshot_put_bytes(struct snapshot_out *out, const void *p, size_t len);

/* A section from here on; returns what ends it.  One that does not fit, or is empty if `drop_empty`, is taken
 * back whole by snapshot_end(). */
size_t snapshot_begin(struct snapshot_out *out, enum snapshot_id id, uint8_t version);
void snapshot_end(struct snapshot_out *out, size_t begun, bool drop_empty);

/* Where from: borrowed bytes.  All zero but p and len at the start. */
struct snapshot_in {
	const uint8_t *p;
	size_t len, at;
	bool spoilt;			/* cut short, or a number was out of bounds */
};

/* At most `most`; a number beyond, or behind the end, is 0 and spoils it. */
uint64_t snapshot_get(struct snapshot_in *in, int bytes, uint64_t most);
float snapshot_get_float(struct snapshot_in *in, float least, float most);
const uint8_t *snapshot_get_bytes(struct snapshot_in *in, size_t len);	/* NULL: there are not so many */

/* All was read, and nothing was wrong. */
bool snapshot_whole(const struct snapshot_in *in);

struct snapshot_section {
	unsigned id, version;
	struct snapshot_in body;
};

/* The next section.  False: there is none; in->spoilt if it was cut short. */
bool snapshot_next(struct snapshot_in *in, struct snapshot_section *s);

/* The first section of that kind and version; false: there is none. */
bool snapshot_find(const uint8_t *p, size_t len, enum snapshot_id id, uint8_t version, struct snapshot_in *body);

#endif
