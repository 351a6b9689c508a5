/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * config_reader.h -- a configuration file while it is read: where we are in it, and what was wrong.  For config*.c only.
 *
 * A section that has no place (a duplicate, a bad name) is still read, into `spare`, so that what is wrong inside
 * is told too. */
#ifndef DAEMON_CONFIG_READER_H
#define DAEMON_CONFIG_READER_H

#include "daemon/config.h"
#include "daemon/config_value.h"

#define CONFIG_HEADING_LEN (CONFIG_NAME_LEN + 16)

/* Text of a line that can be read only when the whole file has been. */
struct config_later {
	const char *text;
	size_t len;
	int line;			/* 0: none */
};

struct config_reader {
	struct config *c;
	const char *name;		/* of the file */
	char folder[CONFIG_PATH_LEN];	/* of the file; "" or ending in '/' */
	FILE *errors;
	int mistakes, line;

	enum config_section section;
	void *at;			/* the structure it fills; NULL: an unknown section */
	char heading[CONFIG_HEADING_LEN];	/* "[source phy1]" */
	int seen_line[CONFIG_OPTIONS_MAX];	/* of each option in this section */

	int single_line[CONFIG_SECTIONS], source_line[CONFIG_SOURCES_MAX], room_line[CONFIG_ROOMS_MAX];
	int kind_line[CONFIG_KINDS_MAX];
	bool source_wrong[CONFIG_SOURCES_MAX];
	bool any_source, any_room;	/* even if something is wrong with it */
	int mqtt_option_line[CONFIG_OPTIONS_MAX];
	struct config_later links[CONFIG_ROOMS_MAX];
	union {
		struct config_mqtt mqtt;
		struct config_alarms alarms;
		struct config_alarm kind;
		struct config_source source;
		struct config_room room;
	} spare;
};

/* Says "FILE:LINE: ..." (without the line where it is 0).  What comes from the file
 * may hold anything: control characters become '?'. */
__attribute__((format(printf, 3, 4)))
void config_mistake(struct config_reader *r, int line, const char *fmt, ...);

/* Takes the blanks off both ends, in place. */
char *config_trim(char *s);

/* "[source phy1]": from now on lines are of that section (r->at), which begins with what its options are by default. */
void config_read_heading(struct config_reader *r, char *s);

/* What the options of a section are by default, in the structure that it fills. */
void config_set_defaults(enum config_section section, void *at);

#endif
