/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * config_options.h -- the table of options: what there is to configure.  A new
 * option is one row there and one member in config.h. */
#ifndef DAEMON_CONFIG_OPTIONS_H
#define DAEMON_CONFIG_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum config_section { CONFIG_GLOBAL, CONFIG_MQTT, CONFIG_ALARMS, CONFIG_ALARM, CONFIG_SOURCE, CONFIG_ROOM, CONFIG_SECTIONS };

enum config_kind {
	CONFIG_STRING,		/* char[]; no control characters */
	CONFIG_NAME,		/* char[]; letters, digits, '_' and '-' */
	CONFIG_TOPIC,		/* char[]; names with '/' between them */
	CONFIG_BROKER,		/* char[]; mqtt://HOST:PORT ...; also fills the list of brokers */
	CONFIG_PATH,		/* char[]; relative to the file's folder */
	CONFIG_INT,		/* int */
	CONFIG_FLOAT,		/* float */
	CONFIG_BOOL,		/* bool */
	CONFIG_GPIO,		/* char[]; CHIP/LINE or !CHIP/LINE */
	CONFIG_TIME,		/* int: seconds of the day, from HH:MM; CONFIG_NEVER from none */
	CONFIG_CHOICE,		/* const char *; one of the names that choice() lists */
	CONFIG_STATIONS,	/* uint8_t[][6]; also fills stations */
	CONFIG_LINKS,		/* the links of a room */
	CONFIG_DEVICES,		/* struct config_device[]; also fills devices */
};

#define CONFIG_OPTIONS_MAX 96

struct config_option {
	enum config_section section;
	const char *name;
	enum config_kind kind;
	size_t at, size;		/* of the member, in the section's structure */
	const char *unit;		/* "s", or NULL for numbers without */
	double min, max;
	const char *value;		/* default, as in the file; NULL: none */
	const char *value_help;		/* the default in words, if that says more */
	const char *(*choice)(int i);	/* the i-th name; NULL after the last */
	const char *help;
};

extern const struct config_option config_options[];
extern const int config_options_count;		/* at most CONFIG_OPTIONS_MAX */

struct config_section_info {
	const char *name;		/* as in the file; "" before the first section */
	bool named;			/* [source NAME] */
	const char *help;
};

extern const struct config_section_info config_sections[CONFIG_SECTIONS];

/* The row, or NULL. */
const struct config_option *config_option_find(enum config_section section, const char *name);

#endif
