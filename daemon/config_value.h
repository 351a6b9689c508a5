/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * config_value.h -- from the text of a value to the member it fills. */
#ifndef DAEMON_CONFIG_VALUE_H
#define DAEMON_CONFIG_VALUE_H

#include "daemon/config.h"
#include "daemon/config_options.h"

#define CONFIG_COMPLAINT_LEN 512

/* Checks `text` (no blanks around it) and fills the option's member of `section`, the
 * structure that its section has.  Relative paths begin at `folder` ("" or ending in
 * '/').  False: it is wrong, and complaint says "what; what to do". */
bool config_value_set(const struct config_option *o, void *section, const char *text,
		      const char *folder, char complaint[CONFIG_COMPLAINT_LEN]);

/* The links of a room: "SOURCE/aa:bb:cc:dd:ee:ff ...".  c has all its sources. */
bool config_links_set(struct config_room *room, const struct config *c, const char *text,
		      char complaint[CONFIG_COMPLAINT_LEN]);

/* Letters, digits, '_' and '-', 1 to max of them: fit for a level of an MQTT topic. */
bool config_name_ok(const char *name, size_t max);

#endif
