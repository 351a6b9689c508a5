/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt_tls.h -- whom we trust on a TLS connection; mqtt_tls.c alone knows OpenSSL.
 *
 * The library's own options know no revocation lists, and its errors do not say what
 * is wrong with a certificate.  So the context is made here: TLS 1.2 or newer, the
 * chain checked up to ca_file, the name against the certificate, lists against all of
 * the chain.  There is no option that switches a check off. */
#ifndef DAEMON_MQTT_TLS_H
#define DAEMON_MQTT_TLS_H

#include "daemon/mqtt.h"
#include "daemon/mqtt_reason.h"

struct mqtt_tls;

/* Makes the context for one connection to `host` from the files and keys in `o`, which
 * are read now.  0, or -1 and `told` says "what; what to do".  Free with mqtt_tls_free(). */
int mqtt_tls_create(struct mqtt_tls **out, const struct mqtt_options *o, const char *host,
		    char told[MQTT_REASON_LEN]);
void mqtt_tls_free(struct mqtt_tls *t);		/* NULL is fine */

/* OpenSSL's SSL_CTX.  Borrowed; who keeps it takes a reference of its own. */
void *mqtt_tls_context(struct mqtt_tls *t);

/* What was wrong with the certificate that the broker showed, "what; what to do"; "" if
 * nothing was, or none has come. */
const char *mqtt_tls_problem(const struct mqtt_tls *t);

#endif
