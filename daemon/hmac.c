/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/hmac.h"

#define WHOLE_LEN 32		/* of SHA-256 */

struct hmac {
	EVP_MAC_CTX *context;	/* keyed; used again for every message */
};

struct hmac *hmac_new(const uint8_t key[HMAC_KEY_LEN])
{
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	struct hmac *h = calloc(1, sizeof(*h));

	if (h && mac)
		h->context = EVP_MAC_CTX_new(mac);
	EVP_MAC_free(mac);		/* the context keeps a reference */
	if (h && h->context && EVP_MAC_init(h->context, key, HMAC_KEY_LEN, params))
		return h;
	hmac_free(h);
	return NULL;
}

void hmac_free(struct hmac *h)
{
	if (!h)
		return;
	EVP_MAC_CTX_free(h->context);	/* wipes the key */
	free(h);
}

bool hmac_sign(struct hmac *h, const void *p, size_t len, uint8_t tag[HMAC_TAG_LEN])
{
	uint8_t whole[WHOLE_LEN] = { 0 };
	size_t n = 0;
	bool done = EVP_MAC_init(h->context, NULL, 0, NULL) && EVP_MAC_update(h->context, p, len) &&
		    EVP_MAC_final(h->context, whole, &n, sizeof(whole)) && n == sizeof(whole);

	if (done)
		memcpy(tag, whole, HMAC_TAG_LEN);
	else
		memset(tag, 0, HMAC_TAG_LEN);
	return done;
}

bool hmac_fits(struct hmac *h, const void *p, size_t len, const uint8_t tag[HMAC_TAG_LEN])
{
	uint8_t own[HMAC_TAG_LEN];

	return hmac_sign(h, p, len, own) && !CRYPTO_memcmp(own, tag, HMAC_TAG_LEN);
}
