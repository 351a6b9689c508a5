/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_envelope.c -- envelopes one after the other: u8 what to do, u16 length, the bytes
 * before the signature.  What to do, bit 0: sign it; bit 1: put the session in that we were
 * offered; bit 2: that one with the session in use.  Nothing is taken that is not signed,
 * and nothing twice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/envelope.h"
#include "daemon/formats/bytes.h"
#include "tests/fuzz/fuzz.h"

#define LONGEST 512
#define MUST(condition) do {									\
	if (!(condition)) {									\
		fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #condition);	\
		abort();									\
	}											\
} while (0)

static const uint8_t key[HMAC_KEY_LEN] = "for the fuzzer, of 32 bytes ...";
static uint64_t offer;
static struct envelope keyed;		/* made once; each input starts with a copy */
static struct hmac *h;

static void open_twice(struct envelope *e, const uint8_t *p, size_t len, bool is_signed, uint64_t now_us)
{
	struct envelope_result r = envelope_open(e, p, len, now_us);

	MUST(r.verdict != ENVELOPE_TAKEN || is_signed);
	MUST(r.verdict != ENVELOPE_TAKEN || (r.p >= p && r.p + r.len + HMAC_TAG_LEN == p + len));
	MUST(r.answer_len <= sizeof(r.answer) && (!r.answer_len || is_signed));
	if (r.answer_len == ENVELOPE_ANSWER_MAX)
		offer = get_le64(r.answer + ENVELOPE_HEAD);
	MUST(envelope_open(e, p, len, now_us).verdict != ENVELOPE_TAKEN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct envelope e;
	uint64_t now_us = 1000000;

	if (!h) {
		h = hmac_new(key);
		MUST(h && !envelope_add_key(&keyed, 1, key));
	}
	e = keyed;
	offer = 0;
	while (size >= 3) {
		size_t len = get_le16(data + 1);
		uint8_t *own, what = data[0];

		data += 3;
		size -= 3;
		len = len < size ? len : size;
		len = len < LONGEST ? len : LONGEST;
		own = malloc(len + HMAC_TAG_LEN);
		MUST(own);
		memcpy(own, data, len);
		memset(own + len, 0, HMAC_TAG_LEN);
		if (what & 2 && len >= ENVELOPE_HEAD)
			put_le64(own + 16, offer);
		else if (what & 4 && len >= ENVELOPE_HEAD)
			put_le64(own + 16, e.session);
		if (what & 1)
			hmac_sign(h, own, len, own + len);
		open_twice(&e, own, what & 1 ? len + HMAC_TAG_LEN : len, what & 1, now_us);
		free(own);
		data += len;
		size -= len;
		now_us += what * 1000u;
	}
	return 0;
}
