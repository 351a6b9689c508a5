/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * node_info.h -- the payload of BASE/info: what this node is and how it fares. */
#ifndef DAEMON_NODE_INFO_H
#define DAEMON_NODE_INFO_H

#include "daemon/alarm.h"
#include "daemon/commands.h"
#include "daemon/config.h"
#include "daemon/journal.h"
#include "daemon/mqtt.h"
#include "daemon/raw_csi.h"
#include "daemon/sensing.h"

#define BOOT_ID_LEN  40
#define INSTANCE_LEN 20

/* All borrowed during node_info_payload(). */
struct node_info {
	const struct config *config;
	const char *origin;
	const char *boot_id;			/* "": unknown */
	uint64_t wall_us;
	uint64_t uptime_s;			/* of the daemon */
	const struct sensing_room_options *room;
	int rooms;
	struct {
		enum reason state;		/* REASON_NONE: frames can come */
		const char *error;		/* why it does not open; NULL: it did */
	} source[CONFIG_SOURCES_MAX];		/* as in the configuration */
	struct mqtt_stats mqtt;
	struct command_stats commands;
	const char *instance;			/* of this run: tells us from others, and from before */
	const char *discovery;			/* Home Assistant's prefix; NULL: not for it */
	const struct raw_csi *raw_csi;
	const struct node_learned *learned;
	unsigned trouble;			/* bits of trouble.h */
	struct alarm_stats alarms;
	struct journal_stats journal;
	int alarms_open, alarms_waiting;	/* not closed; not confirmed by the broker */
	unsigned watches[SENSING_ROOMS_MAX];	/* of each room: bits of enum alarm_kind that can come of what is sensed */
};

/* The payload as JSON text, NULL if memory ran out.  free() it. */
char *node_info_payload(const struct node_info *i);

/* A name for this run of the daemon that no other run has. */
void instance_name(char name[INSTANCE_LEN]);

/* The id of this boot of the machine, "" where the system has none. */
void boot_id_read(char id[BOOT_ID_LEN]);

#endif
