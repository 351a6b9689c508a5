/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include "daemon/envelope.h"
#include "daemon/formats/bytes.h"

/* Offsets. */
enum { AT_TYPE = 4, AT_CONTENT = 5, AT_FLAGS = 6, AT_KEY = 8, AT_SEQUENCE = 12, AT_SESSION = 16 };

int envelope_add_key(struct envelope *e, uint16_t id, const uint8_t key[HMAC_KEY_LEN])
{
	if (e->keys == ENVELOPE_KEYS_MAX)
		return -ENOSPC;
	for (int i = 0; i < e->keys; i++)
		if (e->key[i].id == id)
			return -EEXIST;
	e->key[e->keys].hmac = hmac_new(key);
	if (!e->key[e->keys].hmac)
		return -ENOMEM;
	e->key[e->keys++].id = id;
	return 0;
}

void envelope_clear(struct envelope *e)
{
	for (int i = 0; i < e->keys; i++)
		hmac_free(e->key[i].hmac);
	memset(e, 0, sizeof(*e));
}

static const struct envelope_key *find_key(const struct envelope *e, uint16_t id)
{
	for (int i = 0; i < e->keys; i++)
		if (e->key[i].id == id)
			return &e->key[i];
	return NULL;
}

/* Writes an answer; `more`: a second number.  Seldom, so that a stranger who sends old
 * datagrams again, under another's address, does not make us shout. */
static void answer(struct envelope *e, struct envelope_result *r, int type, const struct envelope_key *k,
		   uint64_t number, const uint64_t *more, uint64_t now_us)
{
	size_t len = ENVELOPE_HEAD;
	uint8_t *p = r->answer;

	if (e->answered_us && now_us - e->answered_us < ENVELOPE_ANSWER_US)
		return;
	memset(p, 0, ENVELOPE_HEAD);
	memcpy(p, ENVELOPE_MAGIC, 4);
	p[AT_TYPE] = (uint8_t)type;
	put_le16(p + AT_KEY, k->id);
	put_le64(p + AT_SESSION, number);
	if (more) {
		put_le64(p + len, *more);
		len += 8;
	}
	if (!hmac_sign(k->hmac, p, len, p + len))
		return;
	r->answer_len = len + HMAC_TAG_LEN;
	e->answered_us = now_us;
}

/* A HELLO that comes again, as the answer was lost, gets the same session. */
static void read_hello(struct envelope *e, struct envelope_result *r, const struct envelope_key *k,
		       uint64_t number, uint64_t now_us)
{
	r->verdict = ENVELOPE_ANSWERED;
	if (!e->offered || e->offer_for != number || e->offer_key != k->id) {
		uint64_t drawn;

		if (getrandom(&drawn, sizeof(drawn), GRND_NONBLOCK) != sizeof(drawn))
			return;		/* just after boot; the sender asks again */
		e->offered = true;
		e->offer = drawn;
		e->offer_for = number;
		e->offer_key = k->id;
	}
	answer(e, r, ENVELOPE_WELCOME, k, number, &e->offer, now_us);
}

static bool is_session(bool there, uint64_t session, uint16_t key, const uint8_t *p, const struct envelope_key *k)
{
	return there && key == k->id && session == get_le64(p + AT_SESSION);
}

/* Every sequence once.  Sets verdict and missed. */
static void judge_sequence(struct envelope *e, struct envelope_result *r, uint32_t sequence)
{
	uint32_t ahead = sequence - e->top, behind = e->top - sequence;

	if (r->begins) {
		e->top = sequence;
		e->seen = 1;
	} else if (sequence > e->top) {
		e->seen = ahead < ENVELOPE_WINDOW ? e->seen << ahead | 1 : 1;
		e->top = sequence;
		r->missed = ahead - 1;
	} else if (behind >= ENVELOPE_WINDOW || e->seen >> behind & 1) {
		r->verdict = ENVELOPE_OLD;
		return;
	} else {
		e->seen |= UINT64_C(1) << behind;
		r->verdict = ENVELOPE_LATE;
		return;
	}
	r->verdict = ENVELOPE_TAKEN;
}

static void read_data(struct envelope *e, struct envelope_result *r, const struct envelope_key *k,
		      const uint8_t *p, size_t len, uint64_t now_us)
{
	uint64_t session = get_le64(p + AT_SESSION);

	if (is_session(e->offered, e->offer, e->offer_key, p, k)) {
		e->offered = false;
		e->open = true;
		e->session = session;
		e->session_key = k->id;
		r->begins = true;
	} else if (!is_session(e->open, e->session, e->session_key, p, k)) {
		r->verdict = ENVELOPE_OLD;
		answer(e, r, ENVELOPE_UNKNOWN, k, session, NULL, now_us);
		return;
	}
	r->content = p[AT_CONTENT];
	r->flags = p[AT_FLAGS];
	r->p = p + ENVELOPE_HEAD;
	r->len = len - ENVELOPE_HEAD;
	judge_sequence(e, r, get_le32(p + AT_SEQUENCE));
}

struct envelope_result envelope_open(struct envelope *e, const uint8_t *p, size_t len, uint64_t now_us)
{
	struct envelope_result r = { .verdict = ENVELOPE_MALFORMED };
	const struct envelope_key *k;

	if (len < ENVELOPE_LEAST || memcmp(p, ENVELOPE_MAGIC, 4) != 0 ||
	    (p[AT_TYPE] != ENVELOPE_HELLO && p[AT_TYPE] != ENVELOPE_DATA))
		return r;
	k = find_key(e, get_le16(p + AT_KEY));
	if (!k) {
		r.verdict = ENVELOPE_NO_KEY;
		return r;
	}
	len -= HMAC_TAG_LEN;
	if (!hmac_fits(k->hmac, p, len, p + len)) {
		r.verdict = ENVELOPE_FORGED;
		return r;
	}
	if (p[AT_TYPE] == ENVELOPE_DATA)
		read_data(e, &r, k, p, len, now_us);
	else if (len == ENVELOPE_HEAD)
		read_hello(e, &r, k, get_le64(p + AT_SESSION), now_us);
	return r;
}
