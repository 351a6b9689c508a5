/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include "daemon/wiring_memory.h"

static void drop(struct wiring_absent *a)
{
	free(a->p);
	memset(a, 0, sizeof(*a));
}

static struct wiring_absent *find(struct wiring_memory *m, const struct wiring_key *key)
{
	for (int i = 0; i < WIRING_MEMORY_MAX; i++)
		if (m->of[i].p && !memcmp(&m->of[i].key, key, sizeof(*key)))
			return &m->of[i];
	return NULL;
}

/* A free place, else the oldest's. */
static struct wiring_absent *place(struct wiring_memory *m, uint64_t now_us)
{
	struct wiring_absent *oldest = &m->of[0];

	for (int i = 0; i < WIRING_MEMORY_MAX; i++) {
		if (!m->of[i].p)
			return &m->of[i];
		if (wiring_absent_s(&m->of[i], now_us) > wiring_absent_s(oldest, now_us))
			oldest = &m->of[i];
	}
	return oldest;
}

void wiring_memory_put(struct wiring_memory *m, const struct wiring_key *key, const uint8_t *p, size_t len,
		       uint64_t at_us, float before_s)
{
	struct wiring_absent *a = find(m, key);

	if (!a)
		a = place(m, at_us);
	drop(a);
	if (!len || len > WIRING_MEMORY_BYTES)
		return;
	a->p = malloc(len);
	if (!a->p)
		return;
	memcpy(a->p, p, len);
	a->len = len;
	a->key = *key;
	a->at_us = at_us;
	a->before_s = before_s;
}

float wiring_absent_s(const struct wiring_absent *a, uint64_t now_us)
{
	return a->before_s + (now_us > a->at_us ? (float)(now_us - a->at_us) * 1e-6f : 0);
}

void wiring_memory_give(struct wiring_memory *m, const struct wiring_key *key, struct link *l, uint64_t now_us)
{
	struct wiring_absent *a = find(m, key);

	if (!a)
		return;
	m->spoilt += !link_load(l, a->p, a->len, wiring_absent_s(a, now_us));
	drop(a);
}

void wiring_memory_clear(struct wiring_memory *m)
{
	for (int i = 0; i < WIRING_MEMORY_MAX; i++)
		drop(&m->of[i]);
}
