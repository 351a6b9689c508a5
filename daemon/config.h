/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * config.h -- the configuration file.
 *
 *	node = hall-router              # a comment
 *	[mqtt]
 *	broker = mqtts://broker.lan
 *	[source phy1]
 *	driver = replay
 *	file = walk.csic
 *	[room bathroom]
 *	profile = bathroom
 *	links = phy1/aa:bb:cc:dd:ee:01
 *
 * All options are rows of one table in config_options.c; parsing, checking, --help
 * and the documentation come from it.  Everything that is wrong with a file is told
 * at once, a line for each mistake: "FILE:LINE: what; what to do". */
#ifndef DAEMON_CONFIG_H
#define DAEMON_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "models/device.h"

#define CONFIG_SOURCES_MAX 16
#define CONFIG_ROOMS_MAX   64
#define CONFIG_LINKS_MAX   16
#define CONFIG_BROKERS_MAX 4
#define CONFIG_STATIONS_MAX 10		/* as many as a radio can filter */
#define CONFIG_NAME_LEN    32		/* with the final 0; names become MQTT topic levels */
#define CONFIG_PATH_LEN    512
#define CONFIG_FILE_MAX    (256 * 1024)	/* bytes of a file */
#define CONFIG_LINE_MAX    1024		/* bytes of a line */
#define CONFIG_MISTAKES_MAX 100		/* that are told */

struct config_broker {
	char host[256];
	int  port;
	bool tls;
};

struct config_mqtt {
	char url[1024];			/* as written; "none": no MQTT at all */
	struct config_broker broker[CONFIG_BROKERS_MAX];	/* from there, in that order */
	int  brokers;
	const char *protocol;		/* static: "auto", "5" or "3.1.1" */
	char base[128];			/* default: sixth/NODE */
	char client_id[64];		/* default: sixth-NODE */
	int  keepalive_s;
	char ca_file[CONFIG_PATH_LEN];	/* "": the system's */
	char cert_file[CONFIG_PATH_LEN], key_file[CONFIG_PATH_LEN];	/* "": none */
	char crl_file[CONFIG_PATH_LEN];	/* "": no lists */
	char psk_file[CONFIG_PATH_LEN], user_file[CONFIG_PATH_LEN];
	char psk_identity[128], psk_key[130];	/* from psk_file; filled by config_load() only */
	char user[128], password[128];	/* from user_file; likewise */
	char discovery[64];		/* Home Assistant's prefix; "none": not for it */
};

#define CONFIG_NEVER (-1)		/* a time of day that does not come */

struct config_alarms {
	char journal[CONFIG_PATH_LEN];
	int  repeat_s, escalate_s, levels;
	int  daily_test_s;		/* local time of day; CONFIG_NEVER */
	bool replay, trust_clock;
	char hook[CONFIG_PATH_LEN];	/* "": none */
	char gpio[64];			/* CHIP/LINE, "": none */
};

#define CONFIG_KINDS_MAX 5		/* of alarms */

/* What is particular to one kind of alarm; -1: as in [alarms]. */
struct config_alarm {
	int  repeat_s, escalate_s, levels;
};

struct config_source {
	char  name[CONFIG_NAME_LEN];
	const char *driver;		/* static: a name in source_drivers[] */
	char  interface[CONFIG_NAME_LEN];
	char  file[CONFIG_PATH_LEN];
	float speed;
	bool  loop;
	int   baud;
	uint8_t station[CONFIG_STATIONS_MAX][6];	/* to measure alone */
	int   stations;			/* 0: everybody */
	const char *numbering;		/* static: of mt76's attributes; auto, a, b or c */
	int   radio;			/* of several in one chip */
	int   group;			/* of the connector */
	int   protocol;			/* of netlink; 0: the driver's own */
	char  layout[512];		/* of values, as packing.h reads it */
	const char *sounding;		/* static: a name of sounding_method_name() */
	float sounding_hz, sounding_percent;
	char  listen[80];		/* checked by udp_check(), as the senders are */
	char  senders[512];
	char  key_file[CONFIG_PATH_LEN];
};

struct config_link {
	int     source;			/* place in config.source */
	uint8_t mac[6];
	bool    beyond;			/* the neighbours' */
};

struct config_device {
	char name[CONFIG_NAME_LEN];
	enum device_kind kind;
	enum device_state state;	/* at the start */
};

struct config_room {
	char name[CONFIG_NAME_LEN];
	const char *profile;		/* static: a name in profiles[] */
	const char *breathing_band;	/* static: a name in breathing_bands[]; "": the profile's */
	struct config_link link[CONFIG_LINKS_MAX];
	int  links;			/* 0: every link of every source */
	int  no_breathing_s;		/* 0: never; -1: the profile's */
	int  long_lie_s, never_up_s;	/* the same */
	int  fall_watch_s;		/* 0: the profile's */
	int  repeat_s, escalate_s, levels;	/* of its alarms; -1: as its kind has it */
	int  child_left_s;		/* 0: the profile's */
	struct config_device device[DEVICES_MAX];
	int  devices;
};

/* Such a time as struct sensing_room_options has it: 0 is the profile's, below 0 never. */
float config_room_time_s(int seconds);

/* About 80 KiB: not for a small stack. */
struct config {
	char node[64];
	char user[CONFIG_NAME_LEN];	/* default: "sixth", where there is one */
	bool user_given;
	char control[CONFIG_PATH_LEN];	/* "": none */
	int  raw_csi_s;			/* raw CSI may be given out for so long; 0: never */
	char raw_csi_socket[CONFIG_PATH_LEN];
	char state[CONFIG_PATH_LEN];	/* folder; default: the journal's */
	int  learned_s;			/* what was learned is written there so often; 0: never */
	struct config_mqtt   mqtt;
	struct config_alarms alarms;
	struct config_alarm  kind[CONFIG_KINDS_MAX];	/* by enum alarm_kind */
	struct config_source source[CONFIG_SOURCES_MAX];
	int sources;
	struct config_room   room[CONFIG_ROOMS_MAX];
	int rooms;
};

/* Reads a file and what it names (user_file, psk_file).  Paths in it are relative to its folder.
 * Returns the number of mistakes, each a line on `errors` (NULL: none); 0 is good. */
int config_load(struct config *c, const char *path, FILE *errors);

/* The same for text of that name; opens no file.  `text` needs no final 0. */
int config_parse(struct config *c, const char *text, size_t len, const char *name, FILE *errors);

/* The table of options: for --help, and as Markdown for the documentation. */
void config_help(FILE *out);
void config_markdown(FILE *out);

#endif
