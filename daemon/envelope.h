/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * envelope.h -- datagrams that prove who sent them, and that they are new: the receiver's
 * half, without a socket.
 *
 *   sender                                   receiver
 *   HELLO   a number it just drew      -->
 *                                      <--   WELCOME  that number, and a session just drawn
 *   DATA    session, sequence, content -->   ... taken once
 *   DATA    of a session from before   -->
 *                                      <--   UNKNOWN  that session: say HELLO again
 *
 * Everything is signed (hmac.h).  The receiver draws the session, so what was recorded
 * on the air before means nothing to it, even after both have started anew and without a
 * clock; within a session every sequence is taken once.  A session that nobody has used
 * yet never ends the one in use: who sends an old HELLO again gains nothing.
 * Bytes: firmware-notes/envelope.md.  The window of sequences is that of IPsec
 * (RFC 4303, 3.4.3). */
#ifndef DAEMON_ENVELOPE_H
#define DAEMON_ENVELOPE_H

#include "daemon/hmac.h"

#define ENVELOPE_MAGIC    "SXE1"
#define ENVELOPE_HEAD     24		/* before the content of DATA */
#define ENVELOPE_LEAST    (ENVELOPE_HEAD + HMAC_TAG_LEN)
#define ENVELOPE_ANSWER_MAX (ENVELOPE_HEAD + 8 + HMAC_TAG_LEN)
#define ENVELOPE_KEYS_MAX 8
#define ENVELOPE_WINDOW   64		/* sequences that may be overtaken and still be told apart */
#define ENVELOPE_ANSWER_US 100000	/* between two answers */

enum { ENVELOPE_HELLO = 1, ENVELOPE_WELCOME, ENVELOPE_DATA, ENVELOPE_UNKNOWN };

enum envelope_content {
	ENVELOPE_CSIC = 1,		/* whole records of a .csic recording */
	ENVELOPE_ESP32_LINES,		/* CSI_DATA lines */
	ENVELOPE_ESP32_UDP,		/* a datagram of ADR-018 or ESPectre */
	ENVELOPE_NEXMON,		/* a datagram of Nexmon */
};

enum { ENVELOPE_SIMULATED = 1, ENVELOPE_REPLAYED = 2 };	/* bits of the flags */

struct envelope_key {
	uint16_t id;
	struct hmac *hmac;
};

/* All zero: no key, no session. */
struct envelope {
	struct envelope_key key[ENVELOPE_KEYS_MAX];
	int keys;

	bool     open;			/* there is a session */
	uint64_t session;
	uint16_t session_key;		/* the key that it was opened with */
	uint32_t top;			/* the highest sequence that was taken */
	uint64_t seen;			/* bit i: top - i was taken, too */

	bool     offered;		/* a session that was offered and not used yet */
	uint64_t offer, offer_for;	/* the sender's number that it answers */
	uint16_t offer_key;
	uint64_t answered_us;		/* when the last answer went out; 0: never */
};

enum envelope_verdict {
	ENVELOPE_TAKEN,			/* content is there */
	ENVELOPE_ANSWERED,		/* HELLO: there may be an answer, nothing else */
	ENVELOPE_MALFORMED,
	ENVELOPE_NO_KEY,
	ENVELOPE_FORGED,
	ENVELOPE_OLD,			/* seen before, or of another session: maybe an answer */
	ENVELOPE_LATE,			/* overtaken: not seen before, but later ones were */
};

struct envelope_result {
	enum envelope_verdict verdict;
	bool     begins;		/* the first of a session */
	uint8_t  content, flags;
	uint32_t missed;		/* sequences between the last one and this */
	const uint8_t *p;		/* the content, borrowed */
	size_t   len;
	uint8_t  answer[ENVELOPE_ANSWER_MAX];
	size_t   answer_len;		/* 0: none */
};

/* Adds a key; 0, -ENOSPC, -EEXIST or -ENOMEM. */
int envelope_add_key(struct envelope *e, uint16_t id, const uint8_t key[HMAC_KEY_LEN]);

/* Reads keys from a file: lines of an id, 1 to 65535, and 64 hexadecimal digits; '#' starts
 * a comment.  Nobody but its owner may read it.  0, or -errno with a sentence in error. */
int envelope_read_keys(struct envelope *e, const char *path, char error[256]);

void envelope_clear(struct envelope *e);	/* frees the keys, forgets everything */

/* Judges one datagram (borrowed) that came now. */
struct envelope_result envelope_open(struct envelope *e, const uint8_t *p, size_t len, uint64_t now_us);

#endif
