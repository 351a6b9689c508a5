/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * node_alarms.h -- alarms as part of a node: with its clock, its broker, its rooms. */
#ifndef DAEMON_NODE_ALARMS_H
#define DAEMON_NODE_ALARMS_H

#include "daemon/alarm_commands.h"
#include "daemon/config.h"
#include "daemon/loop.h"
#include "daemon/mqtt.h"
#include "daemon/node_info.h"

struct node_alarms;

/* All borrowed for the life of it. */
struct node_alarms_options {
	const struct config *config;
	struct loop *loop;
	struct mqtt *mqtt;		/* NULL: none */
	const char  *boot_id;
	bool         live;		/* some source is: only then is there a journal */
	/* A room's origin; NULL: it is not one of ours any more. */
	const char *(*origin)(void *owner, const char *room);
	const char *file[JOURNAL_FILES];	/* small files to be written beside the loop, and ... */
	void (*file_written)(void *owner, uint32_t ticket, int error);	/* as in alarming.h */
	/* People have settled an alarm of that kind in the room; of a fall they say whether it was one. */
	void (*cleared)(void *owner, const char *room, enum incident_kind kind, bool was_fall);
	/* Such an alarm of before a restart is suspected there, or calls. */
	void (*resumed)(void *owner, const char *room, const struct incident *was);
	void *owner;
};

/* May wait for flash: before the loop runs.  0 or -errno, which has been told. */
int node_alarms_open(struct node_alarms **out, const struct node_alarms_options *o);
void node_alarms_close(struct node_alarms *a);		/* NULL is fine */

/* A room that is configured: from now on its alarms have topics, of the kinds that can come there. */
int node_alarms_add_room(struct node_alarms *a, const struct sensing_room_options *room);

/* So long a suspicion is kept in a room of that profile (child_left_s: as it is configured, 0: the profile's), if nothing
 * settles it: longer than what watches there takes to confirm it. */
uint32_t node_alarms_suspect_max_s(const char *profile, int child_left_s);

/* What a model found.  From a recording or a simulation it is only logged, unless the
 * configuration says that those may raise alarms. */
void node_alarms_incident(struct node_alarms *a, const char *room, const struct incident *i);

/* The room is paused: as alarming_paused(). */
void node_alarms_paused(struct node_alarms *a, const char *room);

/* Whatever comes from the broker; takes what it needs of it. */
void node_alarms_event(struct node_alarms *a, const struct mqtt_event *e);

enum command_error node_alarms_command(struct node_alarms *a, const struct command_request *r,
				       struct command_reply *reply);

/* As journal_writer_write(). */
uint32_t node_alarms_write_file(struct node_alarms *a, int which, void *p, size_t bytes);

/* Fills what it knows of `info`. */
void node_alarms_info(const struct node_alarms *a, struct node_info *info);

/* Runs the hook for what is no alarm (both static). */
void node_alarms_hook(struct node_alarms *a, const char *kind, const char *state);

/* Bits of trouble.h. */
unsigned node_alarms_trouble(const struct node_alarms *a);

/* As alarming_kinds(). */
unsigned node_alarms_kinds(const struct node_alarms *a, const char *room);

/* The broker is told of the states of those, from the start: there are alarms, and not only
 * recordings. */
bool node_alarms_are_told(const struct node_alarms *a);

#endif
