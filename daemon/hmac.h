/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * hmac.h -- signatures of messages with a shared key; hmac.c alone knows libcrypto's MACs.
 *
 * HMAC (Krawczyk, Bellare, Canetti 1997) with SHA-256, cut to 16 bytes.  libcrypto is
 * there anyway, as the connection to the broker needs it for TLS. */
#ifndef DAEMON_HMAC_H
#define DAEMON_HMAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HMAC_KEY_LEN 32
#define HMAC_TAG_LEN 16

struct hmac;

/* NULL: no memory, or libcrypto has no HMAC.  The key is copied.  Free with hmac_free(). */
struct hmac *hmac_new(const uint8_t key[HMAC_KEY_LEN]);
void hmac_free(struct hmac *h);			/* NULL is fine; the key is wiped */

/* Signs.  False if libcrypto fails; then the tag is all zero. */
bool hmac_sign(struct hmac *h, const void *p, size_t len, uint8_t tag[HMAC_TAG_LEN]);

/* Whether the tag is that of these bytes.  Takes as long for a wrong one as for the right
 * one.  A failure of libcrypto is a no. */
bool hmac_fits(struct hmac *h, const void *p, size_t len, const uint8_t tag[HMAC_TAG_LEN]);

#endif
