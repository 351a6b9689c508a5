/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * config_mqtt.h -- what is particular about [mqtt]: options that need or exclude each
 * other, and the files with secrets. */
#ifndef DAEMON_CONFIG_MQTT_H
#define DAEMON_CONFIG_MQTT_H

#include "daemon/config.h"
#include "daemon/mqtt.h"

/* Where a mistake in an option of [mqtt] is told: "what; what to do". */
struct config_mqtt_errors {
	void (*say)(void *owner, const char *option, const char *text);
	void *owner;
};

/* What does not fit together, without opening anything. */
void config_mqtt_check(const struct config_mqtt *m, const struct config_mqtt_errors *e);

/* Reads user_file and psk_file into m.  A file with secrets that others may read or
 * replace is a mistake, key_file included.  Mistakes never quote what is in there. */
void config_mqtt_load(struct config_mqtt *m, const struct config_mqtt_errors *e);

/* Fills what the configuration knows of a client's options; borrowed from m. */
void config_mqtt_options(struct mqtt_options *o, const struct config_mqtt *m);

/* Logs which brokers are spoken to without TLS over a network: who reads along there knows
 * when somebody is at home, and the password. */
void config_mqtt_warn(const struct config_mqtt *m);

#endif
