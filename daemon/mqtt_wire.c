/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt_wire.c -- one connection to one broker; the only file that knows libmosquitto. */
#include <errno.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/messages.h"
#include "daemon/mqtt_tls.h"
#include "daemon/mqtt_wire.h"

#define SESSION_S    300	/* the broker keeps commands for us while we are away */
#define WILL_DELAY_S 3		/* a short break is no news */
#define PACKET_MAX   (MQTT_PAYLOAD_MAX + MQTT_TOPIC_MAX + 1024)	/* that we let brokers send */

struct wire {
	struct mosquitto *mosq;
	struct mqtt_tls *tls;		/* NULL: without */
	const struct mqtt_options *o;
	const struct wire_handler *handler;
	bool v5, answered;
	int  answer;			/* the broker's, in MQTT 5's numbers */
	bool taken_over;
	int  error;
	char detail[MQTT_REASON_LEN];	/* the library's last complaint, or a file's */
};

void wire_library_init(void)
{
	mosquitto_lib_init();
}

void wire_library_free(void)
{
	mosquitto_lib_cleanup();
}

int wire_library_version(void)
{
	int major, minor, revision;

	mosquitto_lib_version(&major, &minor, &revision);
	return major * 1000000 + minor * 1000 + revision;
}

/* --- what the library calls ------------------------------------------------------- */

/* The answers of MQTT 3.1.1, table 3.1, as MQTT 5 numbers them; 1 is never a success. */
static int as_v5(int answer)
{
	static const int codes[] = { 0, MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION, MQTT_RC_CLIENTID_NOT_VALID,
				     MQTT_RC_SERVER_UNAVAILABLE, MQTT_RC_BAD_USERNAME_OR_PASSWORD,
				     MQTT_RC_NOT_AUTHORIZED };

	return answer >= 0 && answer < (int)(sizeof(codes) / sizeof(*codes)) ? codes[answer] : answer;
}

static void on_connect(struct mosquitto *mosq, void *owner, int answer, int flags,
		       const mosquitto_property *properties)
{
	struct wire *w = owner;

	(void)mosq;
	(void)flags;
	(void)properties;
	w->answered = true;
	w->answer = as_v5(answer);
	if (!answer)
		w->handler->connected(w->handler->owner);
}

static void on_disconnect(struct mosquitto *mosq, void *owner, int code, const mosquitto_property *properties)
{
	struct wire *w = owner;

	(void)mosq;
	(void)properties;
	w->taken_over |= code == MQTT_RC_SESSION_TAKEN_OVER;
}

static void on_publish(struct mosquitto *mosq, void *owner, int mid, int code,
		       const mosquitto_property *properties)
{
	struct wire *w = owner;

	(void)mosq;
	(void)properties;
	w->handler->delivered(w->handler->owner, mid, code < 0x80);
}

static void on_message(struct mosquitto *mosq, void *owner, const struct mosquitto_message *msg,
		       const mosquitto_property *properties)
{
	struct wire *w = owner;
	struct mqtt_event e = {
		.kind = MQTT_MESSAGE, .topic = msg->topic, .payload = msg->payload,
		.payload_bytes = (size_t)msg->payloadlen, .retained = msg->retain,
	};
	char *response = NULL;
	void *correlation = NULL;
	uint16_t bytes = 0;

	(void)mosq;
	mosquitto_property_read_string(properties, MQTT_PROP_RESPONSE_TOPIC, &response, false);
	mosquitto_property_read_binary(properties, MQTT_PROP_CORRELATION_DATA, &correlation, &bytes, false);
	e.response_topic = response;
	e.correlation = correlation;
	e.correlation_bytes = bytes;
	w->handler->arrived(w->handler->owner, &e);
	free(response);
	free(correlation);
}

static void on_subscribe(struct mosquitto *mosq, void *owner, int mid, int count, const int *granted)
{
	struct wire *w = owner;

	(void)mosq;
	(void)mid;
	for (int i = 0; i < count; i++)
		if (granted[i] >= 0x80)
			w->handler->filter_refused(w->handler->owner);
}

/* Only what says why TLS failed: "OpenSSL Error[0]: error:0A:lib:func:reason". */
static void on_log(struct mosquitto *mosq, void *owner, int level, const char *text)
{
	struct wire *w = owner;
	const char *colon = strrchr(text, ':');

	(void)mosq;
	if (!(level & (MOSQ_LOG_ERR | MOSQ_LOG_WARNING)))
		return;
	if (!strncmp(text, "OpenSSL Error", 13) && colon && colon[1])
		text = colon + 1;
	snprintf(w->detail, sizeof(w->detail), "%s", text);
}

/* --- opening ---------------------------------------------------------------------- */

static enum mqtt_end end_of(struct wire *w, int rc)
{
	if (!rc)
		return MQTT_END_NONE;
	w->error = errno;
	if (w->tls && *mqtt_tls_problem(w->tls)) {
		snprintf(w->detail, sizeof(w->detail), "%s", mqtt_tls_problem(w->tls));
		return MQTT_END_TOLD;
	}
	if (w->taken_over)
		return MQTT_END_TAKEN_OVER;
	if (w->answered && w->answer == MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION)
		return MQTT_END_VERSION;
	if (w->answered && w->answer)
		return MQTT_END_REFUSED;
	if (w->tls && (rc == MOSQ_ERR_TLS || strstr(w->detail, "alert")))
		return MQTT_END_TLS;
	switch (rc) {
	case MOSQ_ERR_EAI:
		return MQTT_END_NAME;
	case MOSQ_ERR_ERRNO:
		return w->error ? MQTT_END_SYSTEM : MQTT_END_LOST;
	case MOSQ_ERR_KEEPALIVE:
		return MQTT_END_SILENT;
	case MOSQ_ERR_CONN_LOST:
	case MOSQ_ERR_NO_CONN:
		return MQTT_END_LOST;
	default:
		if (!*w->detail)
			snprintf(w->detail, sizeof(w->detail), "%s", mosquitto_strerror(rc));
		return MQTT_END_OTHER;
	}
}

static int set_will(struct wire *w)
{
	mosquitto_property *properties = NULL;
	int rc = 0;

	if (!w->o->status_topic)
		return 0;
	if (!w->v5)
		return mosquitto_will_set(w->mosq, w->o->status_topic, 7, "offline", 1, true);
	rc = mosquitto_property_add_int32(&properties, MQTT_PROP_WILL_DELAY_INTERVAL, WILL_DELAY_S);
	if (!rc)
		rc = mosquitto_will_set_v5(w->mosq, w->o->status_topic, 7, "offline", 1, true, properties);
	if (rc)
		mosquitto_property_free_all(&properties);
	return rc;
}

/* Makes the library's object.  On 3.1.1 there is no session that ends, so none is kept. */
static int prepare(struct wire *w, const struct mqtt_broker *b)
{
	bool clean = !w->v5 || !w->o->status_topic;
	int rc;

	w->mosq = mosquitto_new(w->o->client_id, clean, w);
	if (!w->mosq)
		return MOSQ_ERR_NOMEM;
	mosquitto_connect_v5_callback_set(w->mosq, on_connect);
	mosquitto_disconnect_v5_callback_set(w->mosq, on_disconnect);
	mosquitto_publish_v5_callback_set(w->mosq, on_publish);
	mosquitto_message_v5_callback_set(w->mosq, on_message);
	mosquitto_subscribe_callback_set(w->mosq, on_subscribe);
	mosquitto_log_callback_set(w->mosq, on_log);
	rc = mosquitto_int_option(w->mosq, MOSQ_OPT_PROTOCOL_VERSION,
				  w->v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
	mosquitto_max_inflight_messages_set(w->mosq, MQTT_WINDOW);
	if (!rc)
		rc = set_will(w);
	if (!rc && w->o->user)
		rc = mosquitto_username_pw_set(w->mosq, w->o->user, w->o->password);
	if (!rc && b->tls)
		rc = mosquitto_int_option(w->mosq, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0);
	if (!rc && b->tls)
		rc = mosquitto_void_option(w->mosq, MOSQ_OPT_SSL_CTX, mqtt_tls_context(w->tls));
	return rc;
}

static int connect_v5(struct wire *w, const struct mqtt_broker *b)
{
	mosquitto_property *properties = NULL;
	int rc = mosquitto_property_add_int32(&properties, MQTT_PROP_MAXIMUM_PACKET_SIZE, PACKET_MAX);

	if (!rc && w->o->status_topic)
		rc = mosquitto_property_add_int32(&properties, MQTT_PROP_SESSION_EXPIRY_INTERVAL, SESSION_S);
	if (!rc)
		rc = mosquitto_connect_bind_v5(w->mosq, b->host, b->port, w->o->keepalive_s, NULL, properties);
	mosquitto_property_free_all(&properties);
	return rc;
}

enum mqtt_end wire_open(struct wire **out, const struct mqtt_options *o, int broker, bool v5,
			const struct wire_handler *handler)
{
	const struct mqtt_broker *b = &o->broker[broker];
	struct wire *w = calloc(1, sizeof(*w));
	int rc;

	*out = w;
	if (!w)
		return MQTT_END_OTHER;
	w->o = o;
	w->handler = handler;
	w->v5 = v5;
	if (b->tls && mqtt_tls_create(&w->tls, o, b->host, w->detail))
		return MQTT_END_TOLD;
	errno = 0;
	rc = prepare(w, b);
	if (!rc)
		rc = v5 ? connect_v5(w, b) : mosquitto_connect(w->mosq, b->host, b->port, o->keepalive_s);
	return end_of(w, rc);
}

void wire_close(struct wire *w)
{
	if (!w)
		return;
	if (w->mosq)
		mosquitto_destroy(w->mosq);
	mqtt_tls_free(w->tls);
	free(w);
}

/* --- in use ------------------------------------------------------------------------ */

int wire_fd(struct wire *w)
{
	return mosquitto_socket(w->mosq);
}

bool wire_wants_write(struct wire *w)
{
	return mosquitto_want_write(w->mosq);
}

enum mqtt_end wire_turn(struct wire *w, bool readable, bool writable)
{
	int rc = 0;

	errno = 0;
	if (readable)
		rc = mosquitto_loop_read(w->mosq, 1);
	if (!rc && writable)
		rc = mosquitto_loop_write(w->mosq, 1);
	if (!rc)
		rc = mosquitto_loop_misc(w->mosq);
	return end_of(w, rc);
}

static int add_properties(const struct wire *w, const struct mqtt_out *out, mosquitto_property **properties)
{
	char schema[12];
	int rc = 0;

	if (*out->payload == '{')	/* status is a word */
		rc = mosquitto_property_add_string(properties, MQTT_PROP_CONTENT_TYPE, "application/json");
	if (!rc)
		rc = mosquitto_property_add_byte(properties, MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, 1);
	if (!rc && out->expiry_s)
		rc = mosquitto_property_add_int32(properties, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL,
						  (uint32_t)out->expiry_s);
	if (!rc && out->correlation_bytes)
		rc = mosquitto_property_add_binary(properties, MQTT_PROP_CORRELATION_DATA, out->correlation,
						   (uint16_t)out->correlation_bytes);
	snprintf(schema, sizeof(schema), "%d", MESSAGE_SCHEMA);
	if (!rc)
		rc = mosquitto_property_add_string_pair(properties, MQTT_PROP_USER_PROPERTY, "schema", schema);
	if (!rc && w->o->boot_id)
		rc = mosquitto_property_add_string_pair(properties, MQTT_PROP_USER_PROPERTY, "boot_id",
							w->o->boot_id);
	return rc;
}

enum mqtt_end wire_publish(struct wire *w, const struct mqtt_out *out, int *mid, const char **why)
{
	mosquitto_property *properties = NULL;
	int rc = w->v5 ? add_properties(w, out, &properties) : 0;

	errno = 0;
	*why = NULL;
	if (!rc)
		rc = mosquitto_publish_v5(w->mosq, mid, out->topic, out->payload_bytes, out->payload, out->qos,
					  out->retain, properties);
	mosquitto_property_free_all(&properties);
	switch (rc) {
	case MOSQ_ERR_INVAL:
	case MOSQ_ERR_MALFORMED_UTF8:
		*why = "not a topic that can be published";
		return MQTT_END_NONE;
	case MOSQ_ERR_OVERSIZE_PACKET:
		*why = "too large for this broker";
		return MQTT_END_NONE;
	case MOSQ_ERR_QOS_NOT_SUPPORTED:
	case MOSQ_ERR_RETAIN_NOT_SUPPORTED:
		*why = "this broker cannot keep or confirm messages; use another one";
		return MQTT_END_NONE;
	default:
		return end_of(w, rc);
	}
}

enum mqtt_end wire_subscribe(struct wire *w, const char *filter, bool commands)
{
	errno = 0;
	if (w->v5 && commands)
		return end_of(w, mosquitto_subscribe_v5(w->mosq, NULL, filter, 1, MQTT_SUB_OPT_RETAIN_AS_PUBLISHED, NULL));
	return end_of(w, mosquitto_subscribe(w->mosq, NULL, filter, 1));
}

/* The session ends with us: nobody is to pile up commands for a daemon that was stopped. */
void wire_goodbye(struct wire *w)
{
	mosquitto_property *properties = NULL;

	if (!w->v5 || mosquitto_property_add_int32(&properties, MQTT_PROP_SESSION_EXPIRY_INTERVAL, 0))
		mosquitto_disconnect(w->mosq);
	else
		mosquitto_disconnect_v5(w->mosq, 0, properties);
	mosquitto_property_free_all(&properties);
}

void wire_failure(const struct wire *w, struct mqtt_failure *f)
{
	f->error = w->error;
	f->answer = w->answer;
	f->detail = w->detail;
}
