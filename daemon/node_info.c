/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include "daemon/messages.h"
#include "daemon/node_info.h"
#include "daemon/node_learned.h"
#include "daemon/trouble.h"
#include "daemon/version.h"
#include "daemon/wallclock.h"

void boot_id_read(char id[BOOT_ID_LEN])
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	id[0] = 0;
	if (!f)
		return;
	if (!fgets(id, BOOT_ID_LEN, f))
		id[0] = 0;
	id[strcspn(id, "\n")] = 0;
	fclose(f);
}

void instance_name(char name[INSTANCE_LEN])
{
	uint64_t r = 0;

	if (getrandom(&r, sizeof(r), 0) != sizeof(r))
		r = wallclock_us();
	snprintf(name, INSTANCE_LEN, "%016llx", (unsigned long long)r);
}

static void add_device(struct json *j)
{
	struct json *device = json_add_object(j, "device");
	char system[160];
	struct utsname u;

	if (uname(&u) < 0)
		return;
	snprintf(system, sizeof(system), "%.64s %.64s", u.sysname, u.release);
	json_add_string(device, "machine", u.machine);
	json_add_string(device, "node", u.nodename);
	json_add_string(device, "system", system);
}

static void add_sources(struct json *j, const struct node_info *i)
{
	struct json *list = json_add_array(j, "sources");

	for (int k = 0; k < i->config->sources; k++) {
		const struct config_source *c = &i->config->source[k];
		struct json *source = json_push_object(list);
		const char *why = reason_name(i->source[k].state);

		json_add_string(source, "name", c->name);
		json_add_string(source, "driver", c->driver);
		json_add_string(source, "state", why ? why : "ok");
		json_add_string(source, "error", i->source[k].error);
	}
}

static void add_rooms(struct json *j, const struct node_info *i)
{
	struct json *list = json_add_array(j, "rooms");

	for (int k = 0; k < i->rooms; k++) {
		struct json *room = json_push_object(list), *watches;

		json_add_string(room, "name", i->room[k].name);
		json_add_string(room, "profile", i->room[k].profile->name);
		json_add_string(room, "origin", i->room[k].origin);
		watches = json_add_array(room, "watches");
		for (enum alarm_kind a = 0; a < ALARM_KINDS; a++)
			if (i->watches[k] >> a & 1)
				json_push_string(watches, alarm_kind_name(a));
	}
}

static void add_mqtt(struct json *j, const struct mqtt_stats *s)
{
	struct json *mqtt = json_add_object(j, "mqtt");

	json_add_number(mqtt, "connects", (double)s->connects, 0);
	json_add_number(mqtt, "refused", (double)s->refused, 0);
	json_add_number(mqtt, "published", (double)s->published, 0);
	json_add_number(mqtt, "acknowledged", (double)s->acknowledged, 0);
	json_add_number(mqtt, "rejected", (double)s->rejected, 0);
	json_add_number(mqtt, "dropped", (double)s->dropped, 0);
	json_add_number(mqtt, "events_lost", (double)s->events_lost, 0);
	json_add_number(mqtt, "messages_lost", (double)s->messages_lost, 0);
}

static void add_commands(struct json *j, const struct command_stats *s)
{
	struct json *commands = json_add_object(j, "commands"), *refused;

	json_add_number(commands, "received", (double)s->received, 0);
	json_add_number(commands, "not_json", (double)s->not_json, 0);
	json_add_number(commands, "retained", (double)s->retained, 0);
	json_add_number(commands, "done", (double)s->done, 0);
	refused = json_add_object(commands, "refused");
	for (int i = COMMAND_NONE + 1; i < COMMAND_ERROR_COUNT; i++)
		if (s->refused[i])
			json_add_number(refused, command_error_name(i), (double)s->refused[i], 0);
}

static void add_alarms(struct json *j, const struct node_info *i)
{
	struct json *alarms = json_add_object(j, "alarms"), *journal;

	json_add_number(alarms, "open", i->alarms_open, 0);
	json_add_number(alarms, "waiting", i->alarms_waiting, 0);
	json_add_number(alarms, "raised", (double)i->alarms.opened, 0);
	json_add_number(alarms, "repeated", (double)i->alarms.repeated, 0);
	json_add_number(alarms, "refused", (double)i->alarms.refused, 0);
	json_add_number(alarms, "dropped", (double)i->alarms.dropped, 0);
	journal = json_add_object(alarms, "journal");
	json_add_number(journal, "records", i->journal.records, 0);
	json_add_number(journal, "writes", (double)i->journal.writes, 0);
	json_add_number(journal, "failures", (double)i->journal.failures, 0);
	json_add_number(journal, "unreadable", i->journal.unreadable, 0);
}

char *node_info_payload(const struct node_info *i)
{
	struct json *j = json_object();
	char *text;

	message_envelope(j, i->wall_us, i->origin);
	json_add_string(j, "version", SIXTH_VERSION);
	json_add_string(j, "boot_id", *i->boot_id ? i->boot_id : NULL);
	json_add_string(j, "instance", i->instance);
	json_add_number(j, "uptime_s", (double)i->uptime_s, 0);
	trouble_write(j, i->trouble);
	add_device(j);
	add_sources(j, i);
	add_rooms(j, i);
	capabilities_write(j, ~0u);	/* of this build; what a room can at the moment is in its `sensing` */
	add_mqtt(j, &i->mqtt);
	add_commands(j, &i->commands);
	add_alarms(j, i);
	raw_csi_write(i->raw_csi, j);
	node_learned_write(i->learned, j);
	json_add_string(j, "discovery", i->discovery);
	text = json_print(j);
	json_free(j);
	return text;
}
