/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/json.h"
#include "daemon/trouble.h"

static const char *const names[TROUBLE_COUNT] = {
#define X(id, name, help) [TROUBLE_##id##_BIT] = name,
	TROUBLES(X)
#undef X
};

const char *trouble_name(int bit)
{
	return names[bit];
}

void trouble_write(struct json *j, unsigned trouble)
{
	struct json *list = json_add_array(j, "trouble");

	for (int i = 0; i < TROUBLE_COUNT; i++)
		if (trouble >> i & 1)
			json_push_string(list, names[i]);
}
