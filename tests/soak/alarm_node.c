/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * alarm_node.c -- the daemon, with a test in place of its models.
 *
 *	alarm_node CONFIG SOCKET
 *
 * Everything but main() is the daemon's.  Datagrams to SOCKET say what a model has found:
 * "ROOM KIND NUMBER", a suspicion that is confirmed at once, with the number as evidence;
 * "ROOM KIND NUMBER STAGE", that stage alone. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "daemon/log.h"
#include "daemon/node.h"

static struct node *node;
static int commands = -1;

static bool find_kind(const char *name, enum incident_kind *kind)
{
	for (int k = 0; k < INCIDENT_KINDS; k++) {
		if (strcmp(incident_kind_name(k), name))
			continue;
		*kind = k;
		return true;
	}
	return false;
}

static bool find_stage(const char *name, enum incident_stage *stage)
{
	for (int s = 0; s < INCIDENT_STAGES; s++) {
		if (strcmp(incident_stage_name(s), name))
			continue;
		*stage = s;
		return true;
	}
	return false;
}

static void raise_incident(const char *text)
{
	struct incident i = { .stage = INCIDENT_SUSPECTED, .confidence = 0.9f };
	char room[32], kind[32], stage[32];
	unsigned number;
	int words = sscanf(text, "%31s %31s %u %31s", room, kind, &number, stage);

	if (words < 3 || !find_kind(kind, &i.kind) || (words == 4 && !find_stage(stage, &i.stage))) {
		log_error("not understood: %s", text);
		return;
	}
	i.time_us = loop_now_us();
	incident_add(&i, "n", (float)number);
	node_incident(node, room, &i);
	if (words == 4)
		return;
	i.stage = INCIDENT_CONFIRMED;
	node_incident(node, room, &i);
}

static void on_readable(void *owner)
{
	char text[128];
	ssize_t n;

	(void)owner;
	while ((n = recv(commands, text, sizeof(text) - 1, MSG_DONTWAIT)) > 0) {
		text[n] = 0;
		raise_incident(text);
	}
}

static bool listen_at(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	unlink(path);
	commands = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return commands >= 0 && bind(commands, (struct sockaddr *)&a, sizeof(a)) == 0;
}

int main(int argc, char **argv)
{
	static struct config config;
	struct loop *loop = loop_create();

	if (argc != 3 || !loop) {
		fprintf(stderr, "usage: alarm_node CONFIG SOCKET\n");
		return 2;
	}
	log_open(LOG_LVL_INFO);
	if (config_load(&config, argv[1], stderr))
		return 1;
	loop_stop_on_signals(loop);
	if (node_open(&node, &config, loop) || !listen_at(argv[2])) {
		log_error("alarm_node: cannot start");
		return 1;
	}
	loop_io_add(loop, commands, on_readable, NULL);
	loop_run(loop);
	node_close(node);
	loop_destroy(loop);
	return 0;
}
