/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * config_options.c -- the table of options, and the two ways to print it. */
#include <string.h>
#include "daemon/config.h"
#include "daemon/config_options.h"
#include "daemon/sounding.h"
#include "daemon/source.h"
#include "models/profile.h"

#define AT(type, member) offsetof(struct type, member), sizeof(((struct type *)0)->member)

static const char *driver_name(int i)
{
	return source_drivers[i] ? source_drivers[i]->name : NULL;
}

static const char *profile_name(int i)
{
	return profiles[i].name;
}

static const char *numbering_name(int i)
{
	static const char *const names[] = { "auto", "a", "b", "c", NULL };

	return names[i];
}

static const char *band_name(int i)
{
	return breathing_bands[i].name;
}

static const char *protocol_name(int i)
{
	static const char *const names[] = { "auto", "5", "3.1.1", NULL };

	return names[i];
}

const struct config_section_info config_sections[CONFIG_SECTIONS] = {
	[CONFIG_GLOBAL] = { "",       false, "before the first section" },
	[CONFIG_MQTT]   = { "mqtt",   false, "the broker" },
	[CONFIG_ALARMS] = { "alarms", false, "what becomes of alarms" },
	[CONFIG_ALARM]  = { "alarm",  true,  "one kind: fall, long_lie, no_breathing, child_left or test; what a room says goes first" },
	[CONFIG_SOURCE] = { "source", true,  "where frames come from; one section for each, at least one" },
	[CONFIG_ROOM]   = { "room",   true,  "what is sensed; one section for each, at least one" },
};

const struct config_option config_options[] = {
	{ .section = CONFIG_GLOBAL, .name = "node", .kind = CONFIG_NAME, AT(config, node), .max = CONFIG_NAME_LEN - 1,
	  .value_help = "from the host's name",
	  .help = "name of this device in topics" },
	{ .section = CONFIG_GLOBAL, .name = "user", .kind = CONFIG_NAME, AT(config, user), .max = CONFIG_NAME_LEN - 1,
	  .value_help = "sixth, where there is one",
	  .help = "whom to become when started as root; what it reads and writes must be theirs" },
	{ .section = CONFIG_GLOBAL, .name = "control", .kind = CONFIG_PATH, AT(config, control),
	  .help = "socket for commands from this machine, as /run/sixth/control; root and our own user and "
		  "group may use it" },
	{ .section = CONFIG_GLOBAL, .name = "state", .kind = CONFIG_PATH, AT(config, state),
	  .value_help = "where [alarms] journal lies",
	  .help = "folder for what has to outlive a restart beside the journal: which rooms are paused, what was "
		  "learned, which brokers cannot do MQTT 5" },
	{ .section = CONFIG_GLOBAL, .name = "learned", .kind = CONFIG_INT, AT(config, learned_s), .unit = "s",
	  .max = 86400, .value = "3600 s",
	  .help = "how often at most what was learned of rooms is written there: what devices do to the channel, what "
		  "else stirs a room, how long people stay and how they walk; 0 s: a restart forgets it" },

	{ .section = CONFIG_GLOBAL, .name = "raw_csi", .kind = CONFIG_INT, AT(config, raw_csi_s), .unit = "s",
	  .max = 86400, .value = "0 s",
	  .help = "longest time for which programs on this machine may be given raw CSI, once the control socket "
		  "asks for it; 0 s: never" },
	{ .section = CONFIG_GLOBAL, .name = "raw_csi_socket", .kind = CONFIG_PATH, AT(config, raw_csi_socket),
	  .value = "/run/sixth/csi",
	  .help = "socket that they read it from, which is there only for that time" },

	{ .section = CONFIG_MQTT, .name = "broker", .kind = CONFIG_BROKER, AT(config_mqtt, url),
	  .value = "mqtt://127.0.0.1:1883",
	  .help = "mqtt://HOST[:PORT], mqtts://HOST[:PORT] with TLS, or none; up to four, blanks between "
		  "them: who comes first is tried first" },
	{ .section = CONFIG_MQTT, .name = "protocol", .kind = CONFIG_CHOICE, AT(config_mqtt, protocol),
	  .choice = protocol_name, .value = "auto",
	  .help = "version of MQTT; auto tries 5 and takes 3.1.1 where the broker knows no better" },
	{ .section = CONFIG_MQTT, .name = "base", .kind = CONFIG_TOPIC, AT(config_mqtt, base),
	  .value_help = "sixth/NODE",
	  .help = "what all topics begin with" },
	{ .section = CONFIG_MQTT, .name = "user_file", .kind = CONFIG_PATH, AT(config_mqtt, user_file),
	  .help = "file with the lines `user = NAME` and `password = SECRET`; only its owner may "
		  "read it (chmod 600)" },
	{ .section = CONFIG_MQTT, .name = "ca_file", .kind = CONFIG_PATH, AT(config_mqtt, ca_file),
	  .value_help = "the system's",
	  .help = "PEM file of who signed the broker's certificate" },
	{ .section = CONFIG_MQTT, .name = "crl_file", .kind = CONFIG_PATH, AT(config_mqtt, crl_file),
	  .help = "PEM file of revocation lists, one for each who signs; read at each connection" },
	{ .section = CONFIG_MQTT, .name = "cert_file", .kind = CONFIG_PATH, AT(config_mqtt, cert_file),
	  .help = "PEM file of our certificate, for brokers that want one" },
	{ .section = CONFIG_MQTT, .name = "key_file", .kind = CONFIG_PATH, AT(config_mqtt, key_file),
	  .help = "PEM file of its key, without a passphrase (chmod 600)" },
	{ .section = CONFIG_MQTT, .name = "psk_file", .kind = CONFIG_PATH, AT(config_mqtt, psk_file),
	  .help = "in place of certificates: file with the lines `identity = NAME` and `key = HEX`; only "
		  "its owner may read it (chmod 600)" },
	{ .section = CONFIG_MQTT, .name = "client_id", .kind = CONFIG_NAME, AT(config_mqtt, client_id),
	  .max = 63,
	  .value_help = "sixth-NODE",
	  .help = "name of this client; a broker admits each only once" },
	{ .section = CONFIG_MQTT, .name = "keepalive", .kind = CONFIG_INT, AT(config_mqtt, keepalive_s),
	  .unit = "s", .min = 15, .max = 3600, .value = "30 s",
	  .help = "a broker that is silent for so long is gone" },
	{ .section = CONFIG_MQTT, .name = "discovery", .kind = CONFIG_TOPIC, AT(config_mqtt, discovery),
	  .value = "homeassistant",
	  .help = "Home Assistant's discovery prefix, so that it shows every room by itself; none: "
		  "not for it" },

	{ .section = CONFIG_ALARMS, .name = "journal", .kind = CONFIG_PATH, AT(config_alarms, journal),
	  .value = "/var/lib/sixth/alarms.journal",
	  .help = "64 KiB on flash that bring every open alarm back after a power cut" },
	{ .section = CONFIG_ALARMS, .name = "repeat", .kind = CONFIG_INT, AT(config_alarms, repeat_s),
	  .unit = "s", .min = 5, .max = 3600, .value = "30 s",
	  .help = "an alarm is said again until somebody acknowledges it" },
	{ .section = CONFIG_ALARMS, .name = "escalate", .kind = CONFIG_INT, AT(config_alarms, escalate_s),
	  .unit = "s", .min = 10, .max = 86400, .value = "120 s",
	  .help = "nobody has answered for so long: the next level" },
	{ .section = CONFIG_ALARMS, .name = "levels", .kind = CONFIG_INT, AT(config_alarms, levels),
	  .min = 0, .max = 20, .value = "3",
	  .help = "how many levels there are; 0: no alarm is escalated" },
	{ .section = CONFIG_ALARMS, .name = "daily_test", .kind = CONFIG_TIME, AT(config_alarms, daily_test_s),
	  .value = "10:00",
	  .help = "local time at which each room sends a test alarm, which ends by itself when it has "
		  "arrived" },
	{ .section = CONFIG_ALARMS, .name = "hook", .kind = CONFIG_PATH, AT(config_alarms, hook),
	  .help = "program that is run at each change of an alarm, with or without a network" },
	{ .section = CONFIG_ALARMS, .name = "gpio", .kind = CONFIG_GPIO, AT(config_alarms, gpio),
	  .help = "line of a buzzer, lamp or relay that is on while an alarm waits for an answer, as in "
		  "gpiochip0/17; ! before it if low means on" },
	{ .section = CONFIG_ALARMS, .name = "replay", .kind = CONFIG_BOOL, AT(config_alarms, replay),
	  .value = "no",
	  .help = "recordings and simulations raise alarms like live sources; else they are only "
		  "logged" },
	{ .section = CONFIG_ALARMS, .name = "trust_clock", .kind = CONFIG_BOOL,
	  AT(config_alarms, trust_clock),
	  .value = "no",
	  .help = "the clock is right although nothing (NTP) keeps it so" },

	{ .section = CONFIG_ALARM, .name = "repeat", .kind = CONFIG_INT, AT(config_alarm, repeat_s),
	  .unit = "s", .min = 5, .max = 3600, .value_help = "as in [alarms]",
	  .help = "alarms of that kind are said again until somebody acknowledges them" },
	{ .section = CONFIG_ALARM, .name = "escalate", .kind = CONFIG_INT, AT(config_alarm, escalate_s),
	  .unit = "s", .min = 10, .max = 86400, .value_help = "as in [alarms]",
	  .help = "nobody has answered for so long: the next level" },
	{ .section = CONFIG_ALARM, .name = "levels", .kind = CONFIG_INT, AT(config_alarm, levels),
	  .min = 0, .max = 20, .value_help = "as in [alarms]",
	  .help = "how many levels there are; 0: none of that kind is escalated" },

	{ .section = CONFIG_SOURCE, .name = "driver", .kind = CONFIG_CHOICE, AT(config_source, driver),
	  .choice = driver_name, .value_help = "none; it must be given",
	  .help = "what kind of source it is" },
	{ .section = CONFIG_SOURCE, .name = "interface", .kind = CONFIG_STRING, AT(config_source, interface),
	  .help = "network interface, for drivers that listen to one" },
	{ .section = CONFIG_SOURCE, .name = "file", .kind = CONFIG_PATH, AT(config_source, file),
	  .help = "what the driver reads: a recording (replay), a serial line (esp32_serial), a socket (socket)" },
	{ .section = CONFIG_SOURCE, .name = "speed", .kind = CONFIG_FLOAT, AT(config_source, speed),
	  .min = 0.1, .max = 10000, .value = "1",
	  .help = "how many times faster than recorded" },
	{ .section = CONFIG_SOURCE, .name = "loop", .kind = CONFIG_BOOL, AT(config_source, loop),
	  .value = "no",
	  .help = "begin again at the end of the recording" },
	{ .section = CONFIG_SOURCE, .name = "baud", .kind = CONFIG_INT, AT(config_source, baud),
	  .min = 9600, .max = 4000000, .value = "921600",
	  .help = "speed of the serial line, as its firmware has it" },
	{ .section = CONFIG_SOURCE, .name = "stations", .kind = CONFIG_STATIONS, AT(config_source, station),
	  .max = CONFIG_STATIONS_MAX, .value_help = "everybody",
	  .help = "mt76: the radio measures packets of these alone, aa:bb:cc:dd:ee:ff, blanks between them" },
	{ .section = CONFIG_SOURCE, .name = "numbering", .kind = CONFIG_CHOICE, AT(config_source, numbering),
	  .choice = numbering_name, .value = "auto",
	  .help = "mt76: how the driver's version numbers its attributes, if finding out fails" },
	{ .section = CONFIG_SOURCE, .name = "radio", .kind = CONFIG_INT, AT(config_source, radio),
	  .max = 7, .value = "0",
	  .help = "mt76: which of the radios in one chip of the MT7996 family" },
	{ .section = CONFIG_SOURCE, .name = "group", .kind = CONFIG_INT, AT(config_source, group),
	  .min = 25, .max = 26, .value = "26",
	  .help = "intel5300: group of the connector: 26, of older kernels 25; the wrong one is silent" },
	{ .section = CONFIG_SOURCE, .name = "protocol", .kind = CONFIG_INT, AT(config_source, protocol),
	  .max = 31, .value = "0", .value_help = "openwifi 2, infineon 31, nxp the highest that there is from 31 down",
	  .help = "openwifi, nxp, infineon: netlink protocol; 31 with older versions of openwifi" },
	{ .section = CONFIG_SOURCE, .name = "layout", .kind = CONFIG_STRING, AT(config_source, layout),
	  .help = "nxp, infineon: how values are packed, as the maker's documentation says; words are in their pages in "
		  "firmware-notes" },
	{ .section = CONFIG_SOURCE, .name = "listen", .kind = CONFIG_STRING, AT(config_source, listen),
	  .help = "ADDRESS:PORT of this host where datagrams arrive; [ADDRESS]:PORT with IPv6" },
	{ .section = CONFIG_SOURCE, .name = "senders", .kind = CONFIG_STRING, AT(config_source, senders),
	  .help = "who may send datagrams: up to 16 ADDRESS or ADDRESS:PORT, blanks between them" },
	{ .section = CONFIG_SOURCE, .name = "key_file", .kind = CONFIG_PATH, AT(config_source, key_file),
	  .help = "keys of envelopes: lines of an id and 64 hexadecimal digits; only its owner may "
		  "read it (chmod 600)" },

	{ .section = CONFIG_SOURCE, .name = "sounding", .kind = CONFIG_CHOICE, AT(config_source, sounding),
	  .choice = sounding_method_name, .value = "auto",
	  .help = "how stations of the interface are asked for frames if they send too few: probe (empty frames, "
		  "which an access point's radio sends), ping, arp, firmware (mt76, MT7996 alone); auto takes the best that works, where the driver "
		  "measures stations" },
	{ .section = CONFIG_SOURCE, .name = "sounding_rate", .kind = CONFIG_FLOAT, AT(config_source, sounding_hz),
	  .unit = "/s", .min = 1, .max = 200, .value_help = "its rooms' profiles': 50 /s, bathroom, bathtub and corridor 130",
	  .help = "frames wanted of each station; what it sends anyway counts" },
	{ .section = CONFIG_SOURCE, .name = "sounding_airtime", .kind = CONFIG_FLOAT,
	  AT(config_source, sounding_percent),
	  .unit = "%", .min = 0.1, .max = 20, .value = "2 %",
	  .help = "the most of the channel's time that asking may use" },

	{ .section = CONFIG_ROOM, .name = "profile", .kind = CONFIG_CHOICE, AT(config_room, profile),
	  .choice = profile_name, .value = "living",
	  .help = "kind of room" },
	{ .section = CONFIG_ROOM, .name = "breathing_band", .kind = CONFIG_CHOICE,
	  AT(config_room, breathing_band),
	  .choice = band_name, .value_help = "the profile's: adult, in a car infant",
	  .help = "who breathes there: adult 3.5 to 42 a minute, infant 20 to 75" },
	{ .section = CONFIG_ROOM, .name = "no_breathing", .kind = CONFIG_INT, AT(config_room, no_breathing_s),
	  .unit = "s", .min = 0, .max = 600, .value_help = "the profile's: in a bedroom and at a bathtub 60, else 0",
	  .help = "who breathed clearly and stops for so long without moving is an alarm; 0: never" },
	{ .section = CONFIG_ROOM, .name = "fall_watch", .kind = CONFIG_INT, AT(config_room, fall_watch_s),
	  .unit = "s", .min = 5, .max = 120, .value_help = "the profile's: 20 s, bedroom 30, corridor 15",
	  .help = "so long after what looked much like a fall nobody must have got up until that is an alarm" },
	{ .section = CONFIG_ROOM, .name = "long_lie", .kind = CONFIG_INT, AT(config_room, long_lie_s),
	  .unit = "s", .min = 0, .max = 86400,
	  .value_help = "the profile's: living 10800, bathroom 900, bathtub 1800, corridor 600, else 0",
	  .help = "who is there and does not move for so long is an alarm; what the room learns moves it by half at most; 0: never" },
	{ .section = CONFIG_ROOM, .name = "never_up", .kind = CONFIG_INT, AT(config_room, never_up_s),
	  .unit = "s", .min = 0, .max = 86400,
	  .value_help = "the profile's: living 43200, bathroom 2400, bathtub 3600, corridor 1200, else 0",
	  .help = "who is there and is not up for so long is an alarm (long_lie), though he moves; 0: never" },
	{ .section = CONFIG_ROOM, .name = "links", .kind = CONFIG_LINKS, AT(config_room, link),
	  .max = CONFIG_LINKS_MAX, .value_help = "every link of every source",
	  .help = "transmitters to listen to, as SOURCE/aa:bb:cc:dd:ee:ff, blanks between them; with ! before it, one "
		  "that stands in the neighbours' room, to tell their movement from ours (those that only another room names "
		  "do so by themselves)" },
	{ .section = CONFIG_ROOM, .name = "devices", .kind = CONFIG_DEVICES, AT(config_room, device),
	  .max = DEVICES_MAX, .value_help = "fan heater louver pump water",
	  .help = "what moves there by itself, as NAME or NAME:KIND, blanks between them; =on, =off or =swinging behind "
		  "one that is so from the start; else the command device_state tells; kinds: fan, heater, louver, pump, water, "
		  "other" },
	{ .section = CONFIG_ROOM, .name = "child_left", .kind = CONFIG_INT, AT(config_room, child_left_s),
	  .unit = "s", .min = 10, .max = 3600, .value_help = "60 s, in a car only",
	  .help = "so long a child must be seen alone in a car until that is an alarm" },
	{ .section = CONFIG_ROOM, .name = "repeat", .kind = CONFIG_INT, AT(config_room, repeat_s),
	  .unit = "s", .min = 5, .max = 3600, .value_help = "as its kind has it",
	  .help = "its alarms are said again until somebody acknowledges them" },
	{ .section = CONFIG_ROOM, .name = "escalate", .kind = CONFIG_INT, AT(config_room, escalate_s),
	  .unit = "s", .min = 10, .max = 86400, .value_help = "as its kind has it",
	  .help = "nobody has answered for so long: the next level" },
	{ .section = CONFIG_ROOM, .name = "levels", .kind = CONFIG_INT, AT(config_room, levels),
	  .min = 0, .max = 20, .value_help = "as its kind has it",
	  .help = "how many levels there are; 0: no alarm is escalated" },
};

const int config_options_count = sizeof(config_options) / sizeof(*config_options);
_Static_assert(sizeof(config_options) / sizeof(*config_options) <= CONFIG_OPTIONS_MAX, "each has a place");

const struct config_option *config_option_find(enum config_section section, const char *name)
{
	for (int i = 0; i < config_options_count; i++)
		if (config_options[i].section == section && !strcmp(config_options[i].name, name))
			return &config_options[i];
	return NULL;
}

/* "15 to 3600 s" or "living, bedroom, car" or "yes, no" or nothing. */
static void print_values(FILE *out, const struct config_option *o)
{
	switch (o->kind) {
	case CONFIG_INT:
	case CONFIG_FLOAT:
		fprintf(out, "%.7g to %.7g%s%s", o->min, o->max, o->unit ? " " : "", o->unit ? o->unit : "");
		break;
	case CONFIG_BOOL:
		fputs("yes, no", out);
		break;
	case CONFIG_GPIO:
		fputs("CHIP/LINE, !CHIP/LINE", out);
		break;
	case CONFIG_TIME:
		fputs("HH:MM, none", out);
		break;
	case CONFIG_CHOICE:
		for (int i = 0; o->choice(i); i++)
			fprintf(out, "%s%s", i ? ", " : "", o->choice(i));
		break;
	case CONFIG_LINKS:
	case CONFIG_DEVICES:
	case CONFIG_STATIONS:
		fprintf(out, "up to %g", o->max);
		break;
	case CONFIG_PATH:
		fputs("path, relative to the folder of the configuration", out);
		break;
	default:
		break;
	}
}

static bool has_values(const struct config_option *o)
{
	return o->kind >= CONFIG_PATH;
}

static const char *default_of(const struct config_option *o)
{
	return o->value_help ? o->value_help : o->value ? o->value : "none";
}

static void print_heading(FILE *out, enum config_section s)
{
	const struct config_section_info *i = &config_sections[s];

	if (*i->name)
		fprintf(out, "[%s%s]", i->name, i->named ? " NAME" : "");
	else
		fputs("global", out);
}

void config_help(FILE *out)
{
	for (int s = 0; s < CONFIG_SECTIONS; s++) {
		fputs(s ? "\n" : "", out);
		print_heading(out, (enum config_section)s);
		fprintf(out, ": %s\n", config_sections[s].help);
		for (int i = 0; i < config_options_count; i++) {
			const struct config_option *o = &config_options[i];

			if ((int)o->section != s)
				continue;
			fprintf(out, "  %-16s %s\n                   (", o->name, o->help);
			print_values(out, o);
			fprintf(out, "%sdefault: %s)\n", has_values(o) ? "; " : "", default_of(o));
		}
	}
}

void config_markdown(FILE *out)
{
	for (int s = 0; s < CONFIG_SECTIONS; s++) {
		fputs(s ? "\n### `" : "### `", out);
		print_heading(out, (enum config_section)s);
		fprintf(out, "`: %s\n\n| option | values | default | meaning |\n|---|---|---|---|\n",
			config_sections[s].help);
		for (int i = 0; i < config_options_count; i++) {
			const struct config_option *o = &config_options[i];

			if ((int)o->section != s)
				continue;
			fprintf(out, "| `%s` | ", o->name);
			print_values(out, o);
			fprintf(out, " | %s | %s |\n", default_of(o), o->help);
		}
	}
}
