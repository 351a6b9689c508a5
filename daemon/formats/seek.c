/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/formats/seek.h"

static struct parsed look(struct seek *s, struct stream_info *info, const uint8_t *p, size_t len, bool last,
			  seek_fn *starts, const void *arg, size_t at)
{
	enum seek_verdict v = SEEK_NO;

	while (at < len && (v = starts(arg, p + at, len - at, last)) == SEEK_NO)
		at++;
	s->active = v != SEEK_YES;
	s->skipped += at;
	if (v == SEEK_YES) {
		info->damaged++;
		info->why = "a record's header makes no sense";
	} else if (last) {
		info->torn_bytes += s->skipped;
		info->why = "the file ends within a record";
	}
	if (v == SEEK_YES || last)
		s->skipped = 0;
	return (struct parsed){ at ? PARSE_BAD : PARSE_MORE, at };
}

struct parsed seek_from(struct seek *s, struct stream_info *info, const uint8_t *p, size_t len, bool last,
			seek_fn *starts, const void *arg)
{
	return look(s, info, p, len, last, starts, arg, 1);
}

bool seek_on(struct seek *s, struct stream_info *info, const uint8_t *p, size_t len, bool last,
	     seek_fn *starts, const void *arg, struct parsed *parsed)
{
	*parsed = look(s, info, p, len, last, starts, arg, 0);
	return !s->active && !parsed->used;
}
