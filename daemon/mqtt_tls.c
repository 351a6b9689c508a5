/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt_tls.c -- whom we trust on a TLS connection; the only file that knows OpenSSL. */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "daemon/mqtt_tls.h"

#define PSK_MAX  64		/* bytes of a key */
#define NAME_MAX_LEN 128	/* of what we quote from a certificate */

/* With a key that both sides share, still a new secret for each connection. */
#define PSK_CIPHERS "ECDHE-PSK-CHACHA20-POLY1305:DHE-PSK-AES256-GCM-SHA384:DHE-PSK-AES128-GCM-SHA256:" \
	"DHE-PSK-CHACHA20-POLY1305:ECDHE-PSK-AES128-CBC-SHA256"

struct mqtt_tls {
	SSL_CTX *ctx;
	char host[256];
	char problem[MQTT_REASON_LEN];
	char psk_identity[128];
	unsigned char psk[PSK_MAX];
	unsigned int psk_bytes;
};

__attribute__((format(printf, 2, 3)))
static int say(char told[MQTT_REASON_LEN], const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(told, MQTT_REASON_LEN, fmt, args);
	va_end(args);
	return -1;
}

/* OpenSSL's first complaint, the one that is nearest to the cause. */
static const char *complaint(void)
{
	unsigned long e = ERR_peek_error();
	const char *reason = ERR_SYSTEM_ERROR(e) ? strerror(ERR_GET_REASON(e)) : ERR_reason_error_string(e);

	ERR_clear_error();
	return reason ? reason : "not understood";
}

/* --- what is wrong with a certificate --------------------------------------------- */

/* A certificate comes from outside: all but printable ASCII becomes '?'. */
static void make_plain(char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			*s = '?';
}

static void name_of(const X509_NAME *name, char text[NAME_MAX_LEN])
{
	if (!name || X509_NAME_get_text_by_NID((X509_NAME *)name, NID_commonName, text, NAME_MAX_LEN) <= 0)
		snprintf(text, NAME_MAX_LEN, "without a name");
	make_plain(text);
}

/* "a.lan, 10.0.0.1": whom it is for. */
static void subjects_of(X509 *cert, char text[NAME_MAX_LEN])
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	size_t len = 0;

	text[0] = 0;
	for (int i = 0; i < sk_GENERAL_NAME_num(names) && len < NAME_MAX_LEN - 1; i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(names, i);
		char address[INET6_ADDRSTRLEN];
		const unsigned char *bytes;
		int n;

		if (g->type != GEN_DNS && g->type != GEN_IPADD)
			continue;	/* the others are no strings */
		bytes = ASN1_STRING_get0_data(g->d.ia5);
		n = ASN1_STRING_length(g->d.ia5);
		if (g->type == GEN_DNS)
			snprintf(text + len, NAME_MAX_LEN - len, "%s%.*s", len ? ", " : "", n, (const char *)bytes);
		else if ((n == 4 || n == 16) &&
			 inet_ntop(n == 4 ? AF_INET : AF_INET6, bytes, address, sizeof(address)))
			snprintf(text + len, NAME_MAX_LEN - len, "%s%s", len ? ", " : "", address);
		len = strlen(text);
	}
	GENERAL_NAMES_free(names);
	if (!len)
		name_of(X509_get_subject_name(cert), text);
	make_plain(text);
}

static void day_of(const ASN1_TIME *t, char day[16])
{
	struct tm tm;

	if (!ASN1_TIME_to_tm(t, &tm) || !strftime(day, 16, "%Y-%m-%d", &tm))
		snprintf(day, 16, "a bad date");
}

static void today(char day[16])
{
	time_t now = time(NULL);
	struct tm tm;

	if (!gmtime_r(&now, &tm) || !strftime(day, 16, "%Y-%m-%d", &tm))
		snprintf(day, 16, "no date");
}

static void explain(struct mqtt_tls *t, int error, X509 *cert)
{
	char who[NAME_MAX_LEN], issuer[NAME_MAX_LEN], day[16], now[16];

	subjects_of(cert, who);
	name_of(X509_get_issuer_name(cert), issuer);
	today(now);
	if (t->psk_bytes) {
		say(t->problem, "the broker shows a certificate, of %s, and knows no shared key; remove psk_file, "
		    "or see to the broker's", who);
		return;
	}
	switch (error) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		day_of(X509_get0_notAfter(cert), day);
		say(t->problem, "the certificate of %s expired on %s (our clock says %s); renew it", who, day, now);
		break;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		day_of(X509_get0_notBefore(cert), day);
		say(t->problem, "the certificate of %s is valid from %s on, and our clock says %s; set the "
		    "clock, or renew it", who, day, now);
		break;
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		say(t->problem, "the certificate of %s is self-signed, and ca_file does not name it; put into "
		    "ca_file who signs for the broker", who);
		break;
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		say(t->problem, "the certificate of %s was signed by %s, whom ca_file does not name; put into "
		    "ca_file who signs for the broker", who, issuer);
		break;
	case X509_V_ERR_CERT_REVOKED:
		say(t->problem, "the certificate of %s was revoked by %s; the broker needs a new one", who, issuer);
		break;
	case X509_V_ERR_UNABLE_TO_GET_CRL:
		say(t->problem, "crl_file has no list of %s, who signed the certificate of %s; add it", issuer, who);
		break;
	case X509_V_ERR_CRL_HAS_EXPIRED:
		say(t->problem, "the list of revoked certificates of %s has expired (our clock says %s); put "
		    "its new one into crl_file", issuer, now);
		break;
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		say(t->problem, "the certificate is for %s, not for %s; name the broker as it does", who, t->host);
		break;
	default:
		say(t->problem, "the certificate of %s is refused (%s)", who, X509_verify_cert_error_string(error));
	}
}

static int on_verify(int ok, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct mqtt_tls *t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	X509 *cert = X509_STORE_CTX_get_current_cert(store);

	if (!ok && cert && !*t->problem)
		explain(t, X509_STORE_CTX_get_error(store), cert);
	return ok;			/* never better than OpenSSL thinks */
}

/* --- what we bring along --------------------------------------------------------- */

static int load_authorities(struct mqtt_tls *t, const struct mqtt_options *o, char *told)
{
	if (!o->ca_file)
		return SSL_CTX_set_default_verify_paths(t->ctx) == 1 ? 0 :
			say(told, "the system's certificates: %s; set ca_file", complaint());
	if (SSL_CTX_load_verify_locations(t->ctx, o->ca_file, NULL) == 1)
		return 0;
	return say(told, "ca_file %s: %s; it must be a PEM file that we may read", o->ca_file, complaint());
}

static int load_revoked(struct mqtt_tls *t, const struct mqtt_options *o, char *told)
{
	X509_STORE *store = SSL_CTX_get_cert_store(t->ctx);
	X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());

	if (!lookup || X509_load_crl_file(lookup, o->crl_file, X509_FILETYPE_PEM) < 1)
		return say(told, "crl_file %s: %s; it must be a PEM file of revocation lists that we may read",
			   o->crl_file, complaint());
	X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
	return 0;
}

static int no_passphrase(char *buf, int size, int writing, void *owner)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)owner;
	return -1;			/* nobody is there to be asked */
}

static int load_identity(struct mqtt_tls *t, const struct mqtt_options *o, char *told)
{
	SSL_CTX_set_default_passwd_cb(t->ctx, no_passphrase);
	if (SSL_CTX_use_certificate_chain_file(t->ctx, o->cert_file) != 1)
		return say(told, "cert_file %s: %s; it must be a PEM file that we may read", o->cert_file,
			   complaint());
	if (SSL_CTX_use_PrivateKey_file(t->ctx, o->key_file, SSL_FILETYPE_PEM) != 1)
		return say(told, "key_file %s: %s; it must be a PEM file without a passphrase that we may read, "
			   "and fit cert_file", o->key_file, complaint());
	return 0;
}

static unsigned int on_psk(SSL *ssl, const char *hint, char *identity, unsigned int identity_size,
			   unsigned char *key, unsigned int key_size)
{
	const struct mqtt_tls *t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	(void)hint;
	if (strlen(t->psk_identity) >= identity_size || t->psk_bytes > key_size)
		return 0;
	memcpy(identity, t->psk_identity, strlen(t->psk_identity) + 1);
	memcpy(key, t->psk, t->psk_bytes);
	return t->psk_bytes;
}

/* The configuration has checked that it is hex, of a length that fits. */
static int set_psk(struct mqtt_tls *t, const struct mqtt_options *o, char *told)
{
	size_t bytes = 0;

	if (!OPENSSL_hexstr2buf_ex(t->psk, sizeof(t->psk), &bytes, o->psk_key, 0) ||
	    strlen(o->psk_identity) >= sizeof(t->psk_identity))
		return say(told, "psk_file: %s; the key is up to %d bytes in hex", complaint(), PSK_MAX);
	t->psk_bytes = (unsigned int)bytes;
	memcpy(t->psk_identity, o->psk_identity, strlen(o->psk_identity) + 1);
	SSL_CTX_set_psk_client_callback(t->ctx, on_psk);
	if (SSL_CTX_set_cipher_list(t->ctx, PSK_CIPHERS) != 1)
		return say(told, "psk_file: %s; this OpenSSL has no cipher for it", complaint());
	return 0;
}

static int set_name(struct mqtt_tls *t, char *told)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(t->ctx);
	unsigned char address[16];
	bool is_address = inet_pton(AF_INET, t->host, address) == 1 ||
			  inet_pton(AF_INET6, t->host, address) == 1;

	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if ((is_address ? X509_VERIFY_PARAM_set1_ip_asc(param, t->host)
			: X509_VERIFY_PARAM_set1_host(param, t->host, 0)) == 1)
		return 0;
	return say(told, "TLS: %s; is %s a name?", complaint(), t->host);
}

/* A shared key proves who the broker is: then no certificate will do, and there is no
 * authority that could have signed one. */
static int prepare(struct mqtt_tls *t, const struct mqtt_options *o, char *told)
{
	int err;

	SSL_CTX_set_app_data(t->ctx, t);
	SSL_CTX_set_min_proto_version(t->ctx, TLS1_2_VERSION);
	SSL_CTX_set_options(t->ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_mode(t->ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_verify(t->ctx, SSL_VERIFY_PEER, on_verify);
	err = set_name(t, told);
	if (err || o->psk_key)
		return err ? err : set_psk(t, o, told);
	err = load_authorities(t, o, told);
	if (!err && o->crl_file)
		err = load_revoked(t, o, told);
	if (!err && o->cert_file)
		err = load_identity(t, o, told);
	return err;
}

int mqtt_tls_create(struct mqtt_tls **out, const struct mqtt_options *o, const char *host,
		    char told[MQTT_REASON_LEN])
{
	struct mqtt_tls *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return say(told, "out of memory; trying again");
	ERR_clear_error();
	snprintf(t->host, sizeof(t->host), "%s", host);
	t->ctx = SSL_CTX_new(TLS_client_method());
	err = t->ctx ? prepare(t, o, told) : say(told, "TLS: %s; trying again", complaint());
	if (err)
		mqtt_tls_free(t);
	else
		*out = t;
	return err;
}

void mqtt_tls_free(struct mqtt_tls *t)
{
	if (!t)
		return;
	SSL_CTX_free(t->ctx);
	explicit_bzero(t->psk, sizeof(t->psk));
	free(t);
}

void *mqtt_tls_context(struct mqtt_tls *t)
{
	return t->ctx;
}

const char *mqtt_tls_problem(const struct mqtt_tls *t)
{
	return t->problem;
}
