/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/nl80211.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "daemon/json.h"
#include "daemon/log.h"
#include "daemon/sounding.h"
#include "daemon/sounding_airtime.h"

#define LOOK_S        2		/* at stations, channel and addresses */
#define ASSOCIATED_MAX 64
#define SLEEPERS_HZ   3		/* frames that come although everybody sleeps: then they do not */
#define FRUITLESS_MIN 100	/* answers without frames, until another way is tried */
#define FRUITLESS_SHARE 0.2	/* of them that must have made a frame */
#define PROBE_KBPS    6000	/* of an empty frame where nothing is known; 2.4 GHz: 1 Mb/s */
#define PACKET_KBPS   6500
#define GHZ5_MHZ      4000

static const char *const names[] = {
	[SOUNDING_AUTO] = "auto", [SOUNDING_FIRMWARE] = "firmware", [SOUNDING_PROBE] = "probe", [SOUNDING_PING] = "ping",
	[SOUNDING_ARP] = "arp", [SOUNDING_OFF] = "off",
};

/* What we know of a station of the pace, at the same place. */
struct station {
	bool seen;		/* at the last look */
	bool by_arp;		/* it drops pings */
	bool pinged;		/* it has answered one */
	bool unknown;		/* it has no address that we know */
};

struct sounding {
	struct sounding_options options;
	struct loop *loop;
	struct loop_timer *turn_timer, *look_timer;
	struct sounding_radio *radio;
	struct sounding_ip *ip;
	enum sounding_method method;	/* that is used now; never auto */
	struct pace pace;
	struct station station[PACE_STATIONS_MAX];
	struct recent frames;		/* of everybody */
	uint64_t answers, heard;	/* of our stations, since the method was chosen */
	uint8_t told[PACE_STATIONS_MAX][6];	/* what the firmware was told: whom to ask ... */
	int  told_count;
	unsigned told_ms;		/* ... and how often; 0: not yet, or it refused */
	float load;			/* of the channel; NAN: unknown */
	int  turned_away;		/* stations without a place */
	int  ask_error;			/* the last one; told once */
};

const char *sounding_method_name(int i)
{
	return i >= 0 && i < (int)(sizeof(names) / sizeof(*names)) ? names[i] : NULL;
}

enum sounding_method sounding_method_find(const char *name)
{
	for (int i = 0; sounding_method_name(i); i++)
		if (!strcmp(names[i], name))
			return (enum sounding_method)i;
	return SOUNDING_OFF;
}

/* --- turns ------------------------------------------------------------------------- */

static int ask(struct sounding *s, int i)
{
	const uint8_t *mac = s->pace.station[i].mac;

	if (s->method == SOUNDING_PROBE)
		return sounding_radio_ask(s->radio, mac);
	if (s->method == SOUNDING_ARP || s->station[i].by_arp)
		return sounding_ip_arp(s->ip, mac);
	return sounding_ip_ping(s->ip, mac);
}

/* Nothing is lost but this turn: the next one may succeed. */
static void ask_failed(struct sounding *s, int i, int err)
{
	pace_untake(&s->pace, i);
	s->station[i].unknown = err == -ENOENT;
	if (err != s->ask_error && err != -ENOENT)
		log_warn("source %s: sounding by %s: %s", s->options.name, names[s->method], strerror(-err));
	s->ask_error = err;
}

static void on_turn(void *owner)
{
	struct sounding *s = owner;
	uint64_t now_us = loop_now_us();
	int i, err;

	if (s->method == SOUNDING_FIRMWARE)
		return;			/* its turns are its own */
	/* at most one round: a question that cannot be sent gives its turn back */
	for (int k = 0; k < PACE_STATIONS_MAX && (i = pace_next(&s->pace, now_us)) >= 0; k++) {
		err = ask(s, i);
		if (err)
			ask_failed(s, i, err);
		else
			s->station[i].unknown = false;
	}
	loop_timer_set(s->turn_timer, (double)pace_wait_us(&s->pace, now_us) / 1e6);
}

static void on_answer(void *owner, const uint8_t mac[6], bool yes)
{
	struct sounding *s = owner;
	uint64_t now_us = loop_now_us();
	int i = pace_find(&s->pace, mac);

	if (i < 0)
		return;
	s->answers += yes;
	s->station[i].pinged |= yes && s->method == SOUNDING_PING && !s->station[i].by_arp;
	pace_answered(&s->pace, i, yes, now_us);
	loop_timer_set(s->turn_timer, (double)pace_wait_us(&s->pace, now_us) / 1e6);
}

/* --- what there is ------------------------------------------------------------------ */

static unsigned slowest(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* The rates that the radio used last; where it does not tell, slow ones. */
static unsigned cost_us(const struct sounding *s, const struct wifi_station *w)
{
	bool ghz5 = sounding_radio_interface(s->radio)->freq_mhz > GHZ5_MHZ;
	unsigned tx = w->tx_kbps ? w->tx_kbps : ghz5 ? PACKET_KBPS : 1000;
	unsigned rx = w->rx_kbps ? w->rx_kbps : tx, bytes = SOUNDING_PING_BYTES;

	if (s->method == SOUNDING_PROBE || s->method == SOUNDING_FIRMWARE)
		return airtime_probe_us(slowest(tx, PROBE_KBPS));
	if (s->method == SOUNDING_ARP)
		bytes = SOUNDING_ARP_BYTES;
	return (airtime_packet_us(bytes, tx) + airtime_packet_us(bytes, rx)) / 2;
}

static bool is_wanted(const struct sounding *s, const uint8_t mac[6])
{
	for (int i = 0; i < s->options.wanted_count; i++)
		if (!memcmp(s->options.wanted[i], mac, 6))
			return true;
	return !s->options.wanted_count;
}

static void take_station(struct sounding *s, const struct wifi_station *w)
{
	int i;

	if (!w->authorized || !is_wanted(s, w->mac))
		return;
	i = pace_find(&s->pace, w->mac);
	if (i < 0) {
		i = pace_add(&s->pace, w->mac, cost_us(s, w));
		if (i < 0) {
			s->turned_away++;
			return;
		}
		s->station[i] = (struct station){ .seen = true };
	}
	pace_add(&s->pace, w->mac, cost_us(s, w));
	s->station[i].seen = true;
}

static void look_at_stations(struct sounding *s)
{
	struct wifi_station list[ASSOCIATED_MAX];
	int n = sounding_radio_stations(s->radio, list, ASSOCIATED_MAX);

	if (n < 0)
		return;		/* the interface may be down: the source sees to that */
	s->turned_away = 0;
	for (int i = 0; i < PACE_STATIONS_MAX; i++)
		s->station[i].seen = false;
	for (int i = 0; i < n; i++)
		take_station(s, &list[i]);
	for (int i = 0; i < PACE_STATIONS_MAX; i++)
		if (s->pace.station[i].used && !s->station[i].seen)
			pace_remove(&s->pace, i);
}

/* Many devices drop pings; none can drop ARP and still be reached. */
static void try_arp(struct sounding *s)
{
	for (int i = 0; s->method == SOUNDING_PING && i < PACE_STATIONS_MAX; i++) {
		struct station *st = &s->station[i];

		if (!s->pace.station[i].used || !s->pace.station[i].asleep || st->pinged || st->by_arp)
			continue;
		st->by_arp = true;
		pace_wake(&s->pace, i);
	}
}

static int use_ip(struct sounding *s, char error[SOUNDING_ERROR_LEN])
{
	const struct sounding_answers answers = { .answered = on_answer, .owner = s };
	const struct wifi_interface *i = sounding_radio_interface(s->radio);

	return s->ip ? 0 : sounding_ip_open(&s->ip, s->loop, i->index, i->type == NL80211_IFTYPE_STATION, &answers,
					    error);
}

/* The firmware may not measure acknowledgements. */
static void leave_fruitless_probes(struct sounding *s)
{
	char error[SOUNDING_ERROR_LEN];

	if (s->options.method != SOUNDING_AUTO || s->method != SOUNDING_PROBE || s->answers < FRUITLESS_MIN)
		return;
	if ((double)s->heard < FRUITLESS_SHARE * (double)s->answers && !use_ip(s, error)) {
		log_info("source %s: %llu empty frames were acknowledged and %llu measured: sounding by ping",
			 s->options.name, (unsigned long long)s->answers, (unsigned long long)s->heard);
		s->method = SOUNDING_PING;
		sounding_ip_learn(s->ip);
	}
	s->answers = s->heard = 0;
}

/* The same for all: as often as wanted, or as seldom as the airtime makes it. */
static unsigned firmware_interval_ms(const struct sounding *s)
{
	double ms = 1000 / (double)s->options.rate_hz, air_us = 0;

	for (int i = 0; i < PACE_STATIONS_MAX; i++)
		air_us += s->pace.station[i].used ? s->pace.station[i].cost_us : 0;
	if (air_us / (double)s->options.airtime / 1000 > ms)
		ms = air_us / (double)s->options.airtime / 1000;
	return (unsigned)ceil(ms);
}

/* Tells the firmware when something has changed: each time costs it what it has measured. */
static void tell_firmware(struct sounding *s)
{
	uint8_t mac[PACE_STATIONS_MAX][6] = { { 0 } };
	unsigned interval_ms = s->pace.busy ? 0 : firmware_interval_ms(s);
	int count = 0, err;

	for (int i = 0; i < PACE_STATIONS_MAX && !s->pace.busy; i++)
		if (s->pace.station[i].used)
			memcpy(mac[count++], s->pace.station[i].mac, 6);
	if (count == s->told_count && interval_ms == s->told_ms && !memcmp(mac, s->told, sizeof(mac)))
		return;
	err = s->options.firmware(s->options.firmware_owner, mac, count, interval_ms);
	if (err && err != s->ask_error)
		log_warn("source %s: sounding by firmware: %s", s->options.name, strerror(-err));
	s->ask_error = err;
	s->told_count = err ? 0 : count;
	s->told_ms = err ? 0 : interval_ms;
	memcpy(s->told, mac, sizeof(mac));
}

static void on_look(void *owner)
{
	struct sounding *s = owner;

	look_at_stations(s);
	s->load = sounding_radio_load(s->radio);
	if (!isnan(s->load))
		pace_channel(&s->pace, s->load, loop_now_us());
	if (s->method == SOUNDING_FIRMWARE)
		tell_firmware(s);
	leave_fruitless_probes(s);
	if (s->ip)
		sounding_ip_learn(s->ip);
	try_arp(s);
}

void sounding_heard(struct sounding *s, const uint8_t mac[6])
{
	uint64_t now_us = loop_now_us();

	s->heard += pace_find(&s->pace, mac) >= 0;
	pace_heard(&s->pace, mac, now_us);
	recent_add(&s->frames, now_us);
}

bool sounding_asleep(const struct sounding *s)
{
	int stations = pace_stations(&s->pace);

	return stations && pace_sleepers(&s->pace) == stations &&
	       recent_hz(&s->frames, loop_now_us()) < SLEEPERS_HZ;
}

/* --- what it says ------------------------------------------------------------------- */

static void write_station(const struct sounding *s, int i, struct json *j)
{
	const struct pace_station *p = &s->pace.station[i];
	char mac[18];

	snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", p->mac[0], p->mac[1], p->mac[2], p->mac[3],
		 p->mac[4], p->mac[5]);
	json_add_string(j, "mac", mac);
	json_add_string(j, "state", s->station[i].unknown ? "no_address" : p->asleep ? "asleep" : "awake");
	json_add_number(j, "heard_hz", (double)pace_heard_hz(&s->pace, i), 1);
	json_add_number(j, "answered_hz", (double)pace_answered_hz(&s->pace, i), 1);
}

/* What the firmware asks it does not tell. */
static void add_count(const struct sounding *s, struct json *j, const char *key, double n)
{
	json_add_number(j, key, s->method == SOUNDING_FIRMWARE ? NAN : n, 0);
}

/* Computed where it cannot be counted. */
static double airtime(const struct sounding *s)
{
	double air_us = 0;

	if (s->method != SOUNDING_FIRMWARE)
		return (double)pace_airtime(&s->pace);
	for (int i = 0; i < s->told_count; i++) {
		int k = pace_find(&s->pace, s->told[i]);

		air_us += k < 0 ? 0 : s->pace.station[k].cost_us;
	}
	return s->told_ms ? air_us / 1000 / s->told_ms : 0;
}

void sounding_write(const struct sounding *s, struct json *j)
{
	const struct pace_stats *t = &s->pace.stats;
	struct json *list;

	json_add_string(j, "method", names[s->method]);
	json_add_number(j, "rate_hz", (double)s->options.rate_hz, 1);
	json_add_number(j, "airtime", airtime(s), 4);
	json_add_number(j, "airtime_max", (double)s->options.airtime, 4);
	json_add_number(j, "channel_busy", (double)s->load, 2);
	json_add_bool(j, "waits_for_channel", s->pace.busy);
	add_count(s, j, "asked", (double)t->sent);
	add_count(s, j, "answered", (double)t->prompt);
	add_count(s, j, "late", (double)t->late);
	add_count(s, j, "unanswered", (double)t->lost);
	add_count(s, j, "not_asked_airtime", t->over_cap);
	add_count(s, j, "not_asked_busy", t->over_busy);
	json_add_number(j, "stations_left_out", s->turned_away, 0);
	list = json_add_array(j, "stations");
	for (int i = 0; i < PACE_STATIONS_MAX; i++)
		if (s->pace.station[i].used)
			write_station(s, i, json_push_object(list));
}

/* --- opening ------------------------------------------------------------------------ */

/* Packets may be needed later, when we no longer have the right to open their sockets. */
static int choose_method(struct sounding *s, char error[SOUNDING_ERROR_LEN])
{
	bool probes = sounding_radio_probes(s->radio);
	int err;

	s->method = s->options.method == SOUNDING_AUTO ? probes ? SOUNDING_PROBE : SOUNDING_PING :
		    s->options.method;
	if (s->method == SOUNDING_FIRMWARE && !s->options.firmware) {
		snprintf(error, SOUNDING_ERROR_LEN, "the firmware of this driver's radios does not sound; use sounding = auto");
		return -EOPNOTSUPP;
	}
	if (s->method == SOUNDING_FIRMWARE)
		return 0;
	if (s->method == SOUNDING_PROBE && !probes) {
		snprintf(error, SOUNDING_ERROR_LEN, "interface %.32s cannot probe its stations: it is no access point, "
			 "or its driver has no NL80211_CMD_PROBE_CLIENT; use sounding = ping", s->options.interface);
		return -EOPNOTSUPP;
	}
	err = s->options.method == SOUNDING_PROBE ? 0 : use_ip(s, error);
	return s->method == SOUNDING_PROBE ? 0 : err;
}

static int start(struct sounding *s, char error[SOUNDING_ERROR_LEN])
{
	const struct sounding_answers answers = { .answered = on_answer, .owner = s };
	struct pace_options o = { .rate_hz = s->options.rate_hz, .airtime = s->options.airtime };
	double look_s = s->options.look_s > 0 ? s->options.look_s : LOOK_S;
	int err;

	if (getrandom(&o.seed, sizeof(o.seed), GRND_NONBLOCK) < 0)
		o.seed = (uint32_t)loop_now_us();
	pace_init(&s->pace, &o, loop_now_us());
	err = sounding_radio_open(&s->radio, s->loop, s->options.interface, &answers, error);
	if (!err)
		err = choose_method(s, error);
	if (err)
		return err;
	on_look(s);
	s->turn_timer = loop_timer_add(s->loop, 0, 0, on_turn, s);
	s->look_timer = loop_timer_add(s->loop, look_s, look_s, on_look, s);
	return s->turn_timer && s->look_timer ? 0 : -ENOMEM;
}

int sounding_open(struct sounding **out, struct loop *l, const struct sounding_options *o,
		  char error[SOUNDING_ERROR_LEN])
{
	struct sounding *s = calloc(1, sizeof(*s));
	int err;

	snprintf(error, SOUNDING_ERROR_LEN, "%s", strerror(ENOMEM));
	if (!s)
		return -ENOMEM;
	s->options = *o;
	s->loop = l;
	s->load = NAN;
	err = start(s, error);
	if (err) {
		sounding_close(s);
		return err;
	}
	log_info("source %s: sounding by %s, %g frames/s of each station, at most %g %% of airtime", o->name,
		 names[s->method], (double)o->rate_hz, (double)o->airtime * 100);
	*out = s;
	return 0;
}

void sounding_close(struct sounding *s)
{
	if (!s)
		return;
	loop_timer_remove(s->turn_timer);
	loop_timer_remove(s->look_timer);
	if (s->told_count)
		s->options.firmware(s->options.firmware_owner, NULL, 0, 0);
	sounding_radio_close(s->radio);
	sounding_ip_close(s->ip);
	free(s);
}
