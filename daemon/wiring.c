/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include "daemon/wiring.h"

#define SILENT_US  10000000	/* after this a link may lose its place to another */
#define RARE_US    5000000	/* who sends less often is as good as not there */
#define FORGET_US  60000000	/* after this it is gone */

void wiring_init(struct wiring *w, const struct model_params *params,
		 const struct wiring_wanted *wanted, int wanted_count)
{
	memset(w, 0, sizeof(*w));
	w->params = *params;
	w->wanted_count = wanted_count < WIRING_WANTED_MAX ? wanted_count : WIRING_WANTED_MAX;
	for (int i = 0; i < w->wanted_count; i++)
		w->wanted[i] = wanted[i];
}

void wiring_free(struct wiring *w)
{
	wiring_memory_clear(&w->memory);
	for (int i = 0; i < WIRING_LINKS_MAX; i++)
		link_destroy(w->link[i].link);
	memset(w, 0, sizeof(*w));
}

void wiring_forget(struct wiring *w)
{
	wiring_memory_clear(&w->memory);
	for (int i = 0; i < WIRING_LINKS_MAX; i++)
		if (w->link[i].link)
			link_load(w->link[i].link, NULL, 0, 0);
}

/* A link goes.  What it has learned stays, unless anybody may have taught it. */
static void end_link(struct wiring *w, struct wiring_link *l, uint64_t now_us)
{
	uint8_t bytes[WIRING_MEMORY_BYTES];
	struct snapshot_out out = { .p = bytes, .size = sizeof(bytes) };

	if (l->counts && !(w->hearsay >> l->key.source & 1)) {
		link_save(l->link, &out);
		wiring_memory_put(&w->memory, &l->key, bytes, out.len, now_us,
				  now_us > l->last_us ? (float)(now_us - l->last_us) * 1e-6f : 0);
	}
	link_destroy(l->link);
	memset(l, 0, sizeof(*l));
}

static struct wiring_key key_of(int source, const struct csi_frame *f)
{
	struct wiring_key k;

	memset(&k, 0, sizeof(k));	/* keys are compared as bytes */
	k.source = source;
	memcpy(k.mac, f->tx_mac, sizeof(k.mac));
	k.phy = f->phy;
	k.rx_count = f->rx_count;
	k.tx_count = f->tx_count;
	k.flags = f->flags;
	k.freq_mhz = f->freq_mhz;
	k.bandwidth_mhz = f->bandwidth_mhz;
	k.tones = f->tones->count;
	k.tones_hash = f->tones->hash;
	return k;
}

static bool key_equal(const struct wiring_key *a, const struct wiring_key *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static bool is_wanted(const struct wiring *w, int source, const struct csi_frame *f, bool *beyond)
{
	*beyond = false;
	for (int i = 0; i < w->wanted_count; i++)
		if (w->wanted[i].source == source && !memcmp(w->wanted[i].mac, f->tx_mac, 6)) {
			*beyond = w->wanted[i].beyond;
			return true;
		}
	return w->wanted_count == 0;
}

/* A free place for a link, else that of the one silent the longest. */
static struct wiring_link *link_place(struct wiring *w, uint64_t now_us)
{
	struct wiring_link *oldest = &w->link[0];

	for (int i = 0; i < WIRING_LINKS_MAX; i++) {
		if (!w->link[i].link)
			return &w->link[i];
		if (w->link[i].last_us < oldest->last_us)
			oldest = &w->link[i];
	}
	if (now_us < oldest->last_us || now_us - oldest->last_us < SILENT_US)
		return NULL;
	end_link(w, oldest, now_us);
	return oldest;
}

static struct wiring_candidate *find_candidate(struct wiring *w, const struct wiring_key *key)
{
	struct wiring_candidate *oldest = &w->candidate[0];

	for (int i = 0; i < WIRING_CANDIDATES_MAX; i++) {
		struct wiring_candidate *c = &w->candidate[i];
		int newest = (c->next + WIRING_JOIN_FRAMES - 1) % WIRING_JOIN_FRAMES;
		int oldest_newest = (oldest->next + WIRING_JOIN_FRAMES - 1) % WIRING_JOIN_FRAMES;

		if (c->used && key_equal(&c->key, key))
			return c;
		if (!c->used ? oldest->used : oldest->used && c->seen_us[newest] < oldest->seen_us[oldest_newest])
			oldest = c;
	}
	memset(oldest, 0, sizeof(*oldest));
	oldest->key = *key;
	oldest->used = true;
	return oldest;
}

/* Notes one more frame of the candidate.  Did the last WIRING_JOIN_FRAMES come within 2 s?  *first_us: the
 * first of them. */
static bool candidate_delivers(struct wiring_candidate *c, uint64_t now_us, uint64_t *first_us)
{
	uint64_t first;

	c->seen_us[c->next] = now_us + 1;
	c->next = (c->next + 1) % WIRING_JOIN_FRAMES;
	first = c->seen_us[c->next];
	*first_us = first - 1;
	return first && now_us >= *first_us && now_us - *first_us <= WIRING_JOIN_US;
}

/* FNV-1a. */
static uint32_t path_of(const struct wiring_key *key)
{
	uint32_t h = 2166136261u ^ (uint32_t)key->source;

	for (size_t i = 0; i < sizeof(key->mac); i++)
		h = (h ^ key->mac[i]) * 16777619u;
	return h;
}

static void consider(struct wiring *w, const struct wiring_key *key, const struct csi_frame *f, bool beyond)
{
	struct wiring_candidate *c = find_candidate(w, key);
	uint64_t first_us;
	struct model_params params = w->params;
	struct wiring_link *place;

	w->foreign++;
	if (!candidate_delivers(c, f->time_us, &first_us))
		return;
	place = link_place(w, f->time_us);
	params.hearsay = w->hearsay >> key->source & 1;
	params.beyond = beyond;
	params.path = path_of(key);
	if (place)
		place->link = link_create(f, &params);
	if (!place || !place->link) {
		w->refused++;
		return;
	}
	place->key = *key;
	place->first_us = first_us;
	place->last_us = f->time_us;
	place->counts = false;
	place->evidence = NULL;
	c->used = false;
}

static void push(struct wiring *w, struct wiring_link *l, const struct csi_frame *f, unsigned lost)
{
	l->last_us = f->time_us;
	link_push(l->link, f, lost);
	w->foreign += !l->counts;
}

/* Has it delivered enough for long enough?  One that pauses has not. */
static bool has_joined(const struct wiring_link *l, uint64_t now_us)
{
	return l->evidence->rate_hz >= WIRING_JOIN_HZ && now_us >= l->first_us + WIRING_JOIN_US &&
		now_us <= l->last_us + WIRING_JOIN_US / WIRING_JOIN_FRAMES;
}

static void join(struct wiring *w, struct wiring_link *l, uint64_t now_us)
{
	l->counts = true;
	if (!(w->hearsay >> l->key.source & 1))
		wiring_memory_give(&w->memory, &l->key, l->link, now_us);
}

void wiring_frame(struct wiring *w, int source, const struct csi_frame *f, unsigned lost)
{
	struct wiring_key key = key_of(source, f);
	bool beyond;

	if (!is_wanted(w, source, f, &beyond)) {
		w->foreign++;
		return;
	}
	for (int i = 0; i < WIRING_LINKS_MAX; i++)
		if (w->link[i].link && key_equal(&w->link[i].key, &key)) {
			push(w, &w->link[i], f, lost);
			return;
		}
	consider(w, &key, f, beyond);
}

/* Another format of the transmitter came later. */
static bool is_superseded(const struct wiring *w, const struct wiring_link *l)
{
	for (int i = 0; i < WIRING_LINKS_MAX; i++) {
		const struct wiring_link *other = &w->link[i];

		if (other->link && other->last_us > l->last_us && other->key.source == l->key.source &&
		    !memcmp(other->key.mac, l->key.mac, sizeof(l->key.mac)))
			return true;
	}
	return false;
}

int wiring_tick(struct wiring *w, uint64_t now_us, const struct evidence *evidence[WIRING_LINKS_MAX])
{
	int n = 0;

	for (int i = 0; i < WIRING_LINKS_MAX; i++) {
		struct wiring_link *l = &w->link[i];

		if (!l->link)
			continue;
		if (now_us > l->last_us && now_us - l->last_us > FORGET_US) {
			end_link(w, l, now_us);
			continue;
		}
		link_superseded(l->link, is_superseded(w, l));
		l->evidence = link_tick(l->link, now_us);
		if (!l->counts && has_joined(l, now_us))
			join(w, l, now_us);
		if (l->counts)
			evidence[n++] = l->evidence;
	}
	return n;
}

bool wiring_hears_too_little(const struct wiring *w, uint64_t now_us)
{
	for (int i = 0; i < WIRING_CANDIDATES_MAX; i++) {
		const struct wiring_candidate *c = &w->candidate[i];
		uint64_t newest_us = c->seen_us[(c->next + WIRING_JOIN_FRAMES - 1) % WIRING_JOIN_FRAMES];
		uint64_t third_us = c->seen_us[(c->next + WIRING_JOIN_FRAMES - 3) % WIRING_JOIN_FRAMES];

		if (c->used && third_us && now_us < newest_us + RARE_US && now_us > third_us + WIRING_JOIN_US)
			return true;
	}
	return false;
}

static bool names(const struct wiring *w, const struct wiring_key *key)
{
	for (int i = 0; i < w->wanted_count; i++)
		if (w->wanted[i].source == key->source && !memcmp(w->wanted[i].mac, key->mac, sizeof(key->mac)))
			return true;
	return false;
}

int wiring_lend(const struct wiring *from, const struct wiring *to, const struct evidence *evidence[], int max)
{
	int n = 0;

	if (!from->wanted_count || !to->wanted_count)
		return 0;
	for (int i = 0; i < WIRING_LINKS_MAX && n < max; i++) {
		const struct wiring_link *l = &from->link[i];

		if (l->link && l->counts && l->evidence && !l->evidence->beyond && !names(to, &l->key))
			evidence[n++] = l->evidence;
	}
	return n;
}
