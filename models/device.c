/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <string.h>
#include "models/device.h"

static const char *const kinds[DEVICE_KIND_COUNT] = {
#define X(id, name, help) name,
	DEVICE_KINDS(X)
#undef X
};

static const char *const states[DEVICE_STATE_COUNT] = {
	[DEVICE_OFF] = "off", [DEVICE_ON] = "on", [DEVICE_SWINGING] = "swinging",
};

static bool runs(const struct device *d)
{
	return d->state == DEVICE_ON || d->state == DEVICE_SWINGING;
}

int devices_newest(const struct surroundings *s)
{
	int newest = -1;

	for (int i = 0; s && i < s->devices; i++)
		if (runs(&s->device[i]) && (newest < 0 || s->device[i].since_us >= s->device[newest].since_us))
			newest = i;
	return newest;
}

static int find(const char *const *names, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (names[i] && !strcmp(names[i], name))
			return i;
	return -1;
}

const char *device_kind_name(int kind)
{
	return kind >= 0 && kind < DEVICE_KIND_COUNT ? kinds[kind] : NULL;
}

int device_kind_find(const char *name)
{
	return find(kinds, DEVICE_KIND_COUNT, name);
}

const char *device_state_name(enum device_state state)
{
	return states[state];
}

int device_state_find(const char *name)
{
	return find(states, DEVICE_STATE_COUNT, name);
}
