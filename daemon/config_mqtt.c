/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * config_mqtt.c -- what is particular about [mqtt]. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "daemon/config_mqtt.h"
#include "daemon/config_value.h"
#include "daemon/log.h"

#define LINES_MAX 100		/* of a file with secrets */
#define KEY_HEX_MIN 32		/* a shared key of 128 bits */

struct secret {
	const char *name;
	char *value;
	size_t size;
};

__attribute__((format(printf, 3, 4)))
static void say(const struct config_mqtt_errors *e, const char *option, const char *fmt, ...)
{
	char text[CONFIG_COMPLAINT_LEN + CONFIG_PATH_LEN];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	e->say(e->owner, option, text);
}

/* --- what fits together ------------------------------------------------------------- */

static bool any_tls(const struct config_mqtt *m)
{
	for (int i = 0; i < m->brokers; i++)
		if (m->broker[i].tls)
			return true;
	return false;
}

void config_mqtt_check(const struct config_mqtt *m, const struct config_mqtt_errors *e)
{
	const struct { const char *option, *value; } tls[] = {
		{ "ca_file", m->ca_file }, { "cert_file", m->cert_file }, { "key_file", m->key_file },
		{ "crl_file", m->crl_file }, { "psk_file", m->psk_file },
	};

	for (size_t i = 0; i < sizeof(tls) / sizeof(*tls); i++) {
		if (*tls[i].value && !any_tls(m))
			say(e, tls[i].option, "%s is for TLS, and no broker is; write mqtts://HOST or remove it",
			    tls[i].option);
		else if (*m->psk_file && *tls[i].value && tls[i].value != m->psk_file)
			say(e, tls[i].option, "%s and psk_file exclude each other; remove one", tls[i].option);
	}
	if (*m->cert_file && !*m->key_file)
		say(e, "cert_file", "cert_file needs its key; add key_file = FILE");
	if (*m->key_file && !*m->cert_file)
		say(e, "key_file", "key_file needs its certificate; add cert_file = FILE");
}

/* --- files with secrets ------------------------------------------------------------- */

/* Only its owner may read it, and that is root or us: who runs as root becomes another
 * user later, to whom such files belong. */
static bool is_safe(const struct stat *st, mode_t forbidden, const char *option, const char *path,
		    const struct config_mqtt_errors *e)
{
	if (!S_ISREG(st->st_mode))
		say(e, option, "%s %s: not a file; name one", option, path);
	else if (st->st_mode & forbidden)
		say(e, option, "%s %s: others may read it; chmod %s it", option, path,
		    forbidden & S_IRWXG ? "600" : "640");
	else if (geteuid() && st->st_uid && st->st_uid != geteuid())
		say(e, option, "%s %s: it belongs to somebody else; chown it", option, path);
	else
		return true;
	return false;
}

static char *trim(char *s)
{
	size_t len;

	while (isspace((unsigned char)*s))
		s++;
	for (len = strlen(s); len && isspace((unsigned char)s[len - 1]); len--)
		s[len - 1] = 0;
	return s;
}

static bool read_secret(const struct secret *s, char *line)
{
	char *equals = strchr(line, '='), *name, *value;

	if (!equals)
		return false;
	*equals = 0;
	name = trim(line);
	value = trim(equals + 1);
	for (int i = 0; i < 2; i++) {
		if (strcmp(s[i].name, name) || strlen(value) >= s[i].size)
			continue;
		memcpy(s[i].value, value, strlen(value) + 1);
		return true;
	}
	return false;
}

/* Lines `NAME = VALUE` for the two secrets.  A '#' begins a comment only at the start of
 * a line: passwords have them. */
static bool read_secrets(FILE *f, const struct secret s[2], const char *option, const char *path,
			 const struct config_mqtt_errors *e)
{
	char line[CONFIG_LINE_MAX], *text;
	bool ok = true;

	for (int n = 1; n <= LINES_MAX && fgets(line, sizeof(line), f); n++) {
		text = trim(line);
		if (!*text || *text == '#' || read_secret(s, text))
			continue;
		say(e, option, "%s %s, line %d: not understood; write %s = ... and %s = ...", option, path, n,
		    s[0].name, s[1].name);
		ok = false;
	}
	explicit_bzero(line, sizeof(line));
	for (int i = 0; i < 2; i++) {
		if (*s[i].value)
			continue;
		say(e, option, "%s %s: no %s in it; add a line %s = ...", option, path, s[i].name, s[i].name);
		return false;
	}
	return ok;
}

static bool load(const struct secret s[2], const char *option, const char *path,
		 const struct config_mqtt_errors *e)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	bool ok;

	if (!f) {
		say(e, option, "%s %s: %s; does it exist, and may we read it?", option, path, strerror(errno));
		return false;
	}
	ok = fstat(fileno(f), &st) == 0 && is_safe(&st, S_IRWXG | S_IRWXO, option, path, e) &&
	     read_secrets(f, s, option, path, e);
	fclose(f);
	return ok;
}

static bool key_ok(const char *key)
{
	size_t digits = strspn(key, "0123456789abcdefABCDEF");

	return !key[digits] && digits >= KEY_HEX_MIN && digits % 2 == 0;
}

void config_mqtt_load(struct config_mqtt *m, const struct config_mqtt_errors *e)
{
	const struct secret login[2] = {
		{ "user", m->user, sizeof(m->user) }, { "password", m->password, sizeof(m->password) },
	};
	const struct secret shared[2] = {
		{ "identity", m->psk_identity, sizeof(m->psk_identity) },
		{ "key", m->psk_key, sizeof(m->psk_key) },
	};
	struct stat st;

	if (*m->user_file)
		load(login, "user_file", m->user_file, e);
	if (*m->psk_file && load(shared, "psk_file", m->psk_file, e) && !key_ok(m->psk_key))
		say(e, "psk_file", "psk_file %s: the key is no hex number of 128 to 512 bits; make one with "
		    "openssl rand -hex 32", m->psk_file);
	if (*m->key_file && stat(m->key_file, &st) < 0)
		say(e, "key_file", "key_file %s: %s; does it exist, and may we read it?", m->key_file,
		    strerror(errno));
	else if (*m->key_file)
		is_safe(&st, S_IRWXO, "key_file", m->key_file, e);
}

static enum mqtt_protocol protocol_of(const char *name)
{
	return !strcmp(name, "5") ? MQTT_PROTOCOL_ONLY_5 :
	       !strcmp(name, "3.1.1") ? MQTT_PROTOCOL_ONLY_3_1_1 : MQTT_PROTOCOL_AUTO;
}

void config_mqtt_options(struct mqtt_options *o, const struct config_mqtt *m)
{
	for (int i = 0; i < m->brokers && i < MQTT_BROKERS_MAX; i++)
		o->broker[i] = (struct mqtt_broker){ m->broker[i].host, m->broker[i].port, m->broker[i].tls };
	o->protocol = protocol_of(m->protocol);
	o->ca_file = m->ca_file;
	o->cert_file = m->cert_file;
	o->key_file = m->key_file;
	o->crl_file = m->crl_file;
	o->psk_identity = m->psk_identity;
	o->psk_key = m->psk_key;
	o->user = m->user;
	o->password = m->password;
	o->client_id = m->client_id;
	o->keepalive_s = m->keepalive_s;
}

void config_mqtt_warn(const struct config_mqtt *c)
{
	for (int i = 0; i < c->brokers; i++) {
		const struct config_broker *b = &c->broker[i];

		if (!b->tls && strncmp(b->host, "127.", 4) && strcmp(b->host, "::1") && strcmp(b->host, "localhost"))
			log_warn("mqtt %s:%d: not encrypted; everybody on that network can read along%s; use "
				 "mqtts://", b->host, b->port, *c->user ? ", the password too" : "");
	}
}
