/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * erase.c -- `sixth erase`: removes what is stored about people, here and at the broker. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "daemon/config_mqtt.h"
#include "daemon/learned.h"
#include "daemon/log.h"
#include "daemon/loop.h"
#include "daemon/pauses.h"
#include "tools/broker.h"
#include "tools/command.h"

#define PATIENCE_S 10		/* for a broker */
#define PATH_LEN   (CONFIG_PATH_LEN + 32)
#define QUIET_S    1		/* nothing retained has come for so long: that was all */

extern const struct command command_erase;

struct cleaning {
	struct mqtt *mqtt;
	bool connected, failed;
	uint64_t heard_us;
	int  found, cleared;
	char reason[400];
};

/* --- files ------------------------------------------------------------------------ */

/* Overwrites what is there before it goes.  On flash the old cells may live on: nothing but
 * the erasing of the whole chip reaches them. */
static int overwrite(int fd)
{
	static const char zeros[4096];
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	for (off_t at = 0; at < st.st_size; at += (off_t)sizeof(zeros))
		if (pwrite(fd, zeros, sizeof(zeros), at) < 0)
			return -errno;
	return fdatasync(fd) < 0 ? -errno : 0;
}

static int erase_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW), err;

	if (fd < 0 && errno == ENOENT) {
		printf("%s: is not there\n", path);
		return EXIT_DONE;
	}
	if (fd < 0)
		return failed("erase", "%s: %s; nothing was erased", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		close(fd);
		return failed("erase", "%s: sixthd is running and would write it again; stop it first", path);
	}
	err = overwrite(fd);
	if (!err && unlink(path) < 0)
		err = -errno;
	close(fd);
	if (err)
		return failed("erase", "%s: %s; it is still there", path, strerror(-err));
	printf("%s: erased\n", path);
	return EXIT_DONE;
}

/* --- what a broker keeps ------------------------------------------------------------ */

static void on_event(void *owner, const struct mqtt_event *e)
{
	struct cleaning *c = owner;

	if (e->kind == MQTT_CONNECTED) {
		c->connected = true;
		c->heard_us = loop_now_us();
	} else if (e->kind == MQTT_DISCONNECTED) {
		c->failed = true;
		snprintf(c->reason, sizeof(c->reason), "%s", e->reason);
	} else if (e->kind == MQTT_ACKNOWLEDGED) {
		c->cleared++;
		c->heard_us = loop_now_us();
	} else if (e->retained && e->payload_bytes) {
		c->found++;
		c->heard_us = loop_now_us();
		c->failed |= !mqtt_clear(c->mqtt, e->topic);
	}
}

/* Until the broker has confirmed all of it, and nothing more comes. */
static bool clean(struct cleaning *c)
{
	uint64_t begun_us = loop_now_us();

	c->heard_us = begun_us;
	while (!c->failed) {
		struct pollfd fd = { .fd = mqtt_fd(c->mqtt), .events = POLLIN };
		uint64_t now_us;

		if (poll(&fd, 1, 100) > 0)
			mqtt_poll(c->mqtt, on_event, c);
		now_us = loop_now_us();
		if (c->connected && c->cleared >= c->found && now_us - c->heard_us > QUIET_S * UINT64_C(1000000))
			return true;
		if (now_us - c->heard_us > PATIENCE_S * UINT64_C(1000000)) {
			snprintf(c->reason, sizeof(c->reason), "no answer in %d s", PATIENCE_S);
			return false;
		}
	}
	return false;
}

static int erase_retained(const struct config *config, int broker)
{
	const struct config_broker *b = &config->mqtt.broker[broker];
	char id[BROKER_CLIENT_ID], filter[MQTT_TOPIC_MAX];
	struct mqtt_options o = { .retry_min_ms = 100 };
	struct cleaning c = { .reason = "too much at once; run it again" };
	bool ok;

	config_mqtt_options(&o, &config->mqtt);
	memset(o.broker, 0, sizeof(o.broker));
	o.broker[0] = (struct mqtt_broker){ b->host, b->port, b->tls };
	broker_client_id(id, "erase");
	snprintf(filter, sizeof(filter), "%s/#", config->mqtt.base);
	o.client_id = id;
	if (mqtt_open(&c.mqtt, &o) || mqtt_subscribe(c.mqtt, filter)) {
		mqtt_close(c.mqtt);
		return failed("erase", "out of memory");
	}
	ok = clean(&c);
	mqtt_close(c.mqtt);
	if (!ok)
		return failed("erase", "%s:%d: %s; what it keeps below %s is still there", b->host, b->port, c.reason,
			      config->mqtt.base);
	printf("%s:%d: %d retained messages below %s erased\n", b->host, b->port, c.found, config->mqtt.base);
	return EXIT_DONE;
}

/* --- the command ---------------------------------------------------------------------- */

/* What the state folder has, by name. */
static const struct {
	const char *name, *what;
} state_files[] = {
	{ PAUSES_FILE, "which rooms are paused: they will be sensed again" },
	{ LEARNED_FILE, "what was learned of rooms, and of how long people stay there and how they walk" },
	{ PAUSES_FILE ".new", NULL },		/* left by a power cut */
	{ LEARNED_FILE ".new", NULL },
};

#define STATE_FILES (sizeof(state_files) / sizeof(*state_files))

static void state_path(char path[PATH_LEN], const struct config *c, size_t i)
{
	snprintf(path, PATH_LEN, "%s/%s", c->state, state_files[i].name);
}

static void tell(const struct config *c)
{
	char path[PATH_LEN];

	printf("This would erase\n  %s, the alarms of the past and those that are open\n", c->alarms.journal);
	for (size_t i = 0; i < STATE_FILES; i++) {
		state_path(path, c, i);
		if (state_files[i].what)
			printf("  %s, %s\n", path, state_files[i].what);
	}
	for (int i = 0; i < c->mqtt.brokers; i++)
		printf("  what %s:%d keeps below %s/\n", c->mqtt.broker[i].host, c->mqtt.broker[i].port, c->mqtt.base);
	printf("Recordings, and what others have stored of our messages, are not ours to find.\n");
}

static int erase(const struct config *c)
{
	char path[PATH_LEN];
	int code = erase_file(c->alarms.journal);

	if (code != EXIT_DONE)
		return code;		/* it runs: whatever is cleared would come again */
	for (size_t i = 0; i < STATE_FILES; i++) {
		state_path(path, c, i);
		if ((state_files[i].what || access(path, F_OK) == 0) && erase_file(path) != EXIT_DONE)
			code = EXIT_FAILED;
	}
	for (int i = 0; i < c->mqtt.brokers; i++)
		if (erase_retained(c, i) != EXIT_DONE)
			code = EXIT_FAILED;
	return code;
}

static int run(int argc, char **argv)
{
	static const struct option names[] = {
		{ "config", required_argument, NULL, 'c' }, { "yes", no_argument, NULL, 'y' }, { NULL, 0, NULL, 0 },
	};
	static struct config config;	/* too large for a small stack */
	const char *path = "/etc/sixth/sixth.conf";
	bool yes = false;
	int c;

	while ((c = getopt_long(argc, argv, "c:y", names, NULL)) != -1) {
		if (c == 'c')
			path = optarg;
		else if (c == 'y')
			yes = true;
		else
			return wrong_usage(&command_erase, "that option is unknown, or lacks its value");
	}
	if (optind < argc)
		return wrong_usage(&command_erase, "what is \"%s\"?", argv[optind]);
	log_open(LOG_LVL_ERROR - 1);	/* what goes wrong is told below, once */
	if (config_load(&config, path, stderr))
		return failed("erase", "%s: cannot be used", path);
	if (yes)
		return erase(&config);
	tell(&config);
	return failed("erase", "nothing was erased; add --yes to do it");
}

const struct command command_erase = {
	.name  = "erase",
	.usage = "[--config FILE] --yes",
	.help  = "removes what is stored about people: the journal of alarms, pauses, what was learned, and what brokers keep",
	.details =
		"  --config FILE  of the daemon (/etc/sixth/sixth.conf); stop it first\n"
		"  --yes          do it; without, it only tells what it would erase\n\n"
		"Files are overwritten before they are removed; flash chips may keep old cells until they are\n"
		"erased as a whole.  What Home Assistant or others have stored of our messages they have to erase.\n",
	.run   = run,
};
