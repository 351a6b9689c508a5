/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include "daemon/sensing_memory.h"
#include "daemon/sensing_room.h"

#define ROOM_VERSION    1
#define DEVICES_VERSION 1
#define MODELS_VERSION  1
#define LINK_VERSION    1
#define AGE_MAX_S       (10 * 365 * 86400.0f)

void room_memory_clear(struct room_memory *m)
{
	free(m->p);
	memset(m, 0, sizeof(*m));
}

/* --- bytes ------------------------------------------------------------------------- */

static void put_name(struct snapshot_out *out, const char *name)
{
	size_t len = strlen(name);

	snapshot_put(out, len, 1);
	snapshot_put_bytes(out, name, len);
}

/* Is it this name? */
struct name {
	const uint8_t *p;
	size_t len;
};

static struct name get_name(struct snapshot_in *in)
{
	struct name n = { .len = (size_t)snapshot_get(in, 1, UINT8_MAX) };

	n.p = snapshot_get_bytes(in, n.len);
	return n;
}

static bool is_name(const struct name *n, const char *name)
{
	return n->p && strlen(name) == n->len && !memcmp(n->p, name, n->len);
}

static uint32_t hash(uint32_t h, const void *p, size_t len)
{
	for (const uint8_t *b = p; len--; b++)
		h = (h ^ *b) * 16777619u;
	return h;
}

/* FNV-1a of what a link's knowledge goes by: the places of devices, and its grid. */
static uint32_t circumstances(const struct sensing_room *r)
{
	uint32_t h = 2166136261u;

	for (int i = 0; i < r->options.devices; i++) {
		const uint8_t kind = (uint8_t)r->options.device[i].kind;

		h = hash(h, r->options.device[i].name, strlen(r->options.device[i].name) + 1);
		h = hash(h, &kind, 1);
	}
	for (int i = 0; i < 2; i++) {
		float hz = i ? r->params.breath_hi_hz : r->params.breath_lo_hz;
		uint32_t n = (uint32_t)(hz * 1e5f + 0.5f);
		const uint8_t b[] = { (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16) };

		h = hash(h, b, sizeof(b));
	}
	return h;
}

static void put_key(struct snapshot_out *out, const struct wiring_key *k)
{
	snapshot_put_bytes(out, k->mac, sizeof(k->mac));
	snapshot_put(out, k->phy, 1);
	snapshot_put(out, k->rx_count, 1);
	snapshot_put(out, k->tx_count, 1);
	snapshot_put(out, k->flags, 1);
	snapshot_put(out, k->freq_mhz, 2);
	snapshot_put(out, k->bandwidth_mhz, 2);
	snapshot_put(out, k->tones, 2);
	snapshot_put(out, k->tones_hash, 4);
}

static void get_key(struct snapshot_in *in, struct wiring_key *k)
{
	const uint8_t *mac = snapshot_get_bytes(in, sizeof(k->mac));

	memset(k, 0, sizeof(*k));
	if (mac)
		memcpy(k->mac, mac, sizeof(k->mac));
	k->phy = (uint8_t)snapshot_get(in, 1, UINT8_MAX);
	k->rx_count = (uint8_t)snapshot_get(in, 1, UINT8_MAX);
	k->tx_count = (uint8_t)snapshot_get(in, 1, UINT8_MAX);
	k->flags = (uint8_t)snapshot_get(in, 1, UINT8_MAX);
	k->freq_mhz = (uint16_t)snapshot_get(in, 2, UINT16_MAX);
	k->bandwidth_mhz = (uint16_t)snapshot_get(in, 2, UINT16_MAX);
	k->tones = (uint16_t)snapshot_get(in, 2, UINT16_MAX);
	k->tones_hash = (uint32_t)snapshot_get(in, 4, UINT32_MAX);
}

/* --- to ---------------------------------------------------------------------------- */

static void save_devices(const struct sensing_room *r, struct snapshot_out *out)
{
	size_t begun = snapshot_begin(out, SNAPSHOT_DEVICES, DEVICES_VERSION);

	for (int i = 0; i < r->options.devices; i++) {
		if (r->around.device[i].state == r->options.device[i].state)
			continue;
		put_name(out, r->options.device[i].name);
		snapshot_put(out, r->options.device[i].state, 1);
		snapshot_put(out, r->around.device[i].state, 1);
	}
	snapshot_end(out, begun, true);
}

static size_t begin_link(const struct sensing *s, const struct wiring_key *key, uint32_t age_s,
			 struct snapshot_out *out)
{
	size_t begun = snapshot_begin(out, SNAPSHOT_LINK, LINK_VERSION);

	put_name(out, sensing_source_name(s, key->source));
	put_key(out, key);
	snapshot_put(out, age_s, 4);
	return begun;
}

static void save_links(const struct sensing *s, const struct sensing_room *r, struct snapshot_out *out)
{
	const struct wiring *w = &r->wiring;

	for (int i = 0; i < WIRING_LINKS_MAX; i++) {
		const struct wiring_link *l = &w->link[i];
		size_t begun, empty;

		if (!l->link || !l->counts || w->hearsay >> l->key.source & 1)
			continue;
		begun = begin_link(s, &l->key, 0, out);
		empty = out->len;
		link_save(l->link, out);
		if (out->len == empty)
			out->len = begun;
		else
			snapshot_end(out, begun, true);
	}
	for (int i = 0; i < WIRING_MEMORY_MAX; i++) {
		const struct wiring_absent *a = &w->memory.of[i];
		size_t begun;

		if (!a->p)
			continue;
		begun = begin_link(s, &a->key, (uint32_t)wiring_absent_s(a, r->next_tick_us), out);
		snapshot_put_bytes(out, a->p, a->len);
		snapshot_end(out, begun, true);
	}
}

void sensing_save(const struct sensing *s, int room, struct snapshot_out *out)
{
	const struct sensing_room *r = sensing_room(s, room);
	size_t begun = out->len, empty, models;

	empty = snapshot_begin(out, SNAPSHOT_ROOM, ROOM_VERSION);
	put_name(out, r->options.name);
	snapshot_put(out, circumstances(r), 4);
	snapshot_end(out, empty, true);
	empty = out->len;
	save_devices(r, out);
	models = snapshot_begin(out, SNAPSHOT_ROOM_MODELS, MODELS_VERSION);
	if (r->hearsay)
		snapshot_put_bytes(out, r->memory.p, r->memory.len);
	else
		room_save(r->room, out);
	snapshot_end(out, models, true);
	save_links(s, r, out);
	if (out->len == empty)
		out->len = begun;
}

/* --- from -------------------------------------------------------------------------- */

static struct sensing_room *load_room(const struct sensing *s, uint64_t rooms, struct snapshot_in *in,
				      struct sensing_memory_tally *tally, bool *same)
{
	struct name name = get_name(in);
	uint32_t was = (uint32_t)snapshot_get(in, 4, UINT32_MAX);

	if (!snapshot_whole(in)) {
		tally->spoilt++;
		return NULL;
	}
	for (int i = 0; i < sensing_rooms(s); i++) {
		struct sensing_room *r = sensing_room(s, i);

		if (!(rooms >> i & 1) || !is_name(&name, r->options.name))
			continue;
		tally->rooms++;
		*same = was == circumstances(r);
		return r;
	}
	tally->unknown++;
	return NULL;
}

/* What was configured since is the newer word. */
static bool load_devices(struct sensing_room *r, struct snapshot_in *in)
{
	while (!in->spoilt && in->at < in->len) {
		struct name name = get_name(in);
		uint64_t from = snapshot_get(in, 1, DEVICE_STATE_COUNT - 1);
		uint64_t state = snapshot_get(in, 1, DEVICE_STATE_COUNT - 1);

		for (int i = 0; i < r->options.devices && !in->spoilt; i++)
			if (is_name(&name, r->options.device[i].name) && from == (uint64_t)r->options.device[i].state)
				r->around.device[i].state = (enum device_state)state;
	}
	return snapshot_whole(in);
}

/* Kept beside the room, too, which may have to begin anew before it knows better. */
static bool load_models(struct sensing_room *r, const struct snapshot_in *in, float away_s)
{
	free(r->memory.p);
	r->memory = (struct room_memory){ .p = malloc(in->len ? in->len : 1), .len = in->len, .away_s = away_s };
	if (!r->memory.p)
		r->memory.len = 0;
	else if (in->len)
		memcpy(r->memory.p, in->p, in->len);
	return room_load(r->room, in->p, in->len, away_s);
}

static void load_link(const struct sensing *s, struct sensing_room *r, struct snapshot_in *in, uint64_t now_us,
		      float away_s, struct sensing_memory_tally *tally)
{
	struct name source = get_name(in);
	struct wiring_key key;
	float age_s;

	get_key(in, &key);
	age_s = (float)snapshot_get(in, 4, UINT32_MAX);
	if (in->spoilt || in->at == in->len || age_s > AGE_MAX_S) {
		tally->spoilt++;
		return;
	}
	for (int i = 0; i < 32; i++) {
		const char *name = r->options.sources >> i & 1 ? sensing_source_name(s, i) : NULL;

		if (!name || !is_name(&source, name) || r->wiring.hearsay >> i & 1)
			continue;
		key.source = i;
		wiring_memory_put(&r->wiring.memory, &key, in->p + in->at, in->len - in->at, now_us, age_s + away_s);
		tally->links++;
		return;
	}
	tally->unknown++;
}

void sensing_load(struct sensing *s, uint64_t rooms, const uint8_t *p, size_t len, uint64_t now_us, float away_s,
		  struct sensing_memory_tally *tally)
{
	struct snapshot_in in = { .p = p, .len = len };
	struct snapshot_section part;
	struct sensing_room *r = NULL;
	bool same = false, ok = true;

	while (snapshot_next(&in, &part)) {
		if (part.id == SNAPSHOT_ROOM && part.version == ROOM_VERSION)
			r = load_room(s, rooms, &part.body, tally, &same);
		else if (part.id == SNAPSHOT_ROOM)
			r = NULL;
		else if (r && part.id == SNAPSHOT_DEVICES && part.version == DEVICES_VERSION)
			ok = load_devices(r, &part.body);
		else if (r && part.id == SNAPSHOT_ROOM_MODELS && part.version == MODELS_VERSION)
			ok = load_models(r, &part.body, away_s);
		else if (r && part.id == SNAPSHOT_LINK && part.version == LINK_VERSION && same)
			load_link(s, r, &part.body, now_us, away_s, tally);
		else if (r && part.id == SNAPSHOT_LINK && part.version == LINK_VERSION)
			tally->other++;
		else
			tally->unknown++;
		tally->spoilt += !ok;
		ok = true;
	}
	tally->spoilt += in.spoilt;
}

void sensing_forget(struct sensing *s, int room)
{
	struct sensing_room *r = sensing_room(s, room);

	room_memory_clear(&r->memory);
	room_forget(r->room);
	wiring_forget(&r->wiring);
}
