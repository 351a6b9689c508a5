/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include "daemon/config_value.h"
#include "tools/broker.h"
#include "tools/command.h"

int broker_config(const char *command, struct config *c, const char *config_path, const char *broker)
{
	static const char text[] = "[mqtt]\n[source s]\ndriver = replay\nfile = x\n[room r]\n";
	char complaint[CONFIG_COMPLAINT_LEN];

	if (config_path)
		return config_load(c, config_path, stderr) ? failed(command, "%s: cannot be used", config_path) : EXIT_DONE;
	if (config_parse(c, text, strlen(text), "--broker", stderr))
		return EXIT_FAILED;
	if (!config_value_set(config_option_find(CONFIG_MQTT, "broker"), &c->mqtt, broker, "", complaint))
		return failed(command, "--broker %.200s: %s", broker, complaint);
	return EXIT_DONE;
}

void broker_client_id(char id[BROKER_CLIENT_ID], const char *command)
{
	uint32_t r;

	if (getrandom(&r, sizeof(r), GRND_NONBLOCK) != sizeof(r))
		r = (uint32_t)getpid();
	snprintf(id, BROKER_CLIENT_ID, "sixth-%.10s-%06x", command, (unsigned)(r & 0xffffff));
}
