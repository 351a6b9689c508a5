/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/checksum.h"
#include "daemon/learned.h"

#define MAGIC     "SXLEARN1"
#define MAGIC_LEN 8
#define BOOT_LEN  40
#define HEAD      (MAGIC_LEN + BOOT_LEN + 8 + 8)
#define CHECK     4

static void put_head(struct snapshot_out *out, const struct alarm_clock *now, const char *boot_id)
{
	char boot[BOOT_LEN] = "";
	size_t len = strlen(boot_id);

	memcpy(boot, boot_id, len < sizeof(boot) ? len : sizeof(boot) - 1);
	snapshot_put_bytes(out, MAGIC, MAGIC_LEN);
	snapshot_put_bytes(out, boot, sizeof(boot));
	snapshot_put(out, now->mono_us, 8);
	snapshot_put(out, now->synced ? now->wall_us : 0, 8);
}

uint8_t *learned_pack(const struct sensing *s, uint64_t rooms, const struct alarm_clock *now, const char *boot_id,
		      size_t *len, int *left_out)
{
	struct snapshot_out out = { .p = malloc(LEARNED_MAX), .size = LEARNED_MAX - CHECK };
	uint8_t *p;

	*len = 0;
	*left_out = 0;
	if (!out.p)
		return NULL;
	put_head(&out, now, boot_id);
	for (int i = 0; i < sensing_rooms(s); i++) {
		size_t before = out.len;

		if (!(rooms >> i & 1))
			continue;
		sensing_save(s, i, &out);
		if (!out.full)
			continue;
		out.len = before;
		out.full = false;
		++*left_out;
	}
	if (out.len == HEAD) {
		free(out.p);
		return NULL;
	}
	out.size = LEARNED_MAX;
	snapshot_put(&out, checksum_bytes(0, out.p, out.len), CHECK);
	*len = out.len;
	p = realloc(out.p, out.len);
	return p ? p : out.p;
}

uint32_t learned_hash(const uint8_t *p, size_t len)
{
	return len > HEAD + CHECK ? checksum_bytes(0, p + HEAD, len - HEAD - CHECK) : 0;
}

/* 0: it is not known. */
static float away_s(const char *boot, const char *boot_id, uint64_t mono_us, uint64_t wall_us,
		    const struct alarm_clock *now)
{
	if (*boot_id && !strncmp(boot, boot_id, BOOT_LEN - 1))
		return now->mono_us > mono_us ? (float)(now->mono_us - mono_us) * 1e-6f : 0;
	return now->synced && wall_us && now->wall_us > wall_us ? (float)(now->wall_us - wall_us) * 1e-6f : 0;
}

const char *learned_unpack(struct sensing *s, uint64_t rooms, const struct alarm_clock *now, const char *boot_id,
			   const uint8_t *p, size_t len, struct sensing_memory_tally *tally)
{
	struct snapshot_in in = { .p = p, .len = len }, check;
	char boot[BOOT_LEN + 1] = "";
	uint64_t mono_us, wall_us;

	*tally = (struct sensing_memory_tally){ 0 };
	if (len < MAGIC_LEN || memcmp(p, MAGIC, MAGIC_LEN - 1))
		return "is not what is written there";
	if (p[MAGIC_LEN - 1] != MAGIC[MAGIC_LEN - 1])
		return "is of another version";
	if (len < HEAD + CHECK)
		return "is cut short";
	check = (struct snapshot_in){ .p = p + len - CHECK, .len = CHECK };
	if (snapshot_get(&check, CHECK, UINT32_MAX) != checksum_bytes(0, p, len - CHECK))
		return "is damaged";
	snapshot_get_bytes(&in, MAGIC_LEN);
	memcpy(boot, snapshot_get_bytes(&in, BOOT_LEN), BOOT_LEN);
	mono_us = snapshot_get(&in, 8, UINT64_MAX);
	wall_us = snapshot_get(&in, 8, UINT64_MAX);
	sensing_load(s, rooms, p + HEAD, len - HEAD - CHECK, now->mono_us,
		     away_s(boot, boot_id, mono_us, wall_us, now), tally);
	return NULL;
}
