/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include "daemon/device_request.h"
#include "daemon/json.h"

/* "this room has fan, louver" */
static void list_devices(const struct sensing *sensing, int room, char *out, size_t size)
{
	int n = (int)sensing_surroundings(sensing, room)->devices;
	size_t len = (size_t)snprintf(out, size, "this room has %s", n ? "" : "no devices");

	for (int i = 0; i < n && len < size; i++)
		len += (size_t)snprintf(out + len, size - len, "%s%s", i ? ", " : "",
					sensing_device_name(sensing, room, i));
}

static enum command_error unknown_device(const struct sensing *sensing, const struct command_request *r,
					 struct command_reply *reply)
{
	reply->field = "device";
	snprintf(reply->detail, sizeof(reply->detail), "no room has it; see `devices` of [room NAME]");
	for (int i = 0; r->room && i < sensing_rooms(sensing); i++)
		if (!strcmp(sensing_room_name(sensing, i), r->room))
			list_devices(sensing, i, reply->detail, sizeof(reply->detail));
	return COMMAND_INVALID;
}

enum command_error device_request_command(struct sensing *sensing, const struct command_request *r,
					  struct command_reply *reply)
{
	int state = r->state ? device_state_find(r->state) : -1, told = 0;

	if (!r->device)
		return unknown_device(sensing, r, reply);
	if (state < 0) {
		reply->field = "state";
		snprintf(reply->detail, sizeof(reply->detail), "one of off, on, swinging");
		return COMMAND_INVALID;
	}
	for (int i = 0; i < sensing_rooms(sensing); i++)
		if (!r->room || !strcmp(sensing_room_name(sensing, i), r->room))
			told += sensing_device(sensing, i, r->device, (enum device_state)state);
	return told ? COMMAND_NONE : unknown_device(sensing, r, reply);
}

void device_write(struct json *j, const struct sensing_device *device, const struct surroundings *around)
{
	struct json *list = json_add_array(j, "devices");

	for (int i = 0; i < around->devices; i++) {
		const struct device *d = &around->device[i];
		struct json *one;

		if (d->state == DEVICE_UNKNOWN)
			continue;
		one = json_push_object(list);
		json_add_string(one, "device", device[i].name);
		json_add_string(one, "kind", device_kind_name(d->kind));
		json_add_string(one, "state", device_state_name(d->state));
	}
}
