/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * doctor_json.c -- the report for programs: one object, one line. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/json.h"
#include "daemon/version.h"
#include "tools/doctor.h"

static void add_mac(struct json *j, const uint8_t mac[6])
{
	char text[18];

	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	json_add_string(j, "mac", text);
}

static void add_known(struct json *j, const char *key, const char *text)
{
	json_add_string(j, key, *text ? text : NULL);
}

static void add_net(struct json *j, const struct doctor_facts *f, const struct doctor_net *n)
{
	const struct wifi_facts_interface *i = n->nl < 0 ? NULL : &f->wifi.interface[n->nl];
	struct json *list;

	json_add_string(j, "name", n->name);
	json_add_bool(j, "up", n->up);
	if (!i)
		return;
	json_add_string(j, "type", wifi_type_name(i->nl.type));
	json_add_number(j, "freq_mhz", i->nl.freq_mhz ? (double)i->nl.freq_mhz : NAN, 0);
	json_add_number(j, "width_mhz", i->nl.width_mhz ? (double)i->nl.width_mhz : NAN, 0);
	json_add_number(j, "channel_busy", i->survey.in_use && i->survey.has_time && i->survey.time_ms ?
			(double)i->survey.busy_ms / (double)i->survey.time_ms : NAN, 3);
	list = json_add_array(j, "stations");
	for (int k = 0; k < i->stations; k++) {
		struct json *s = json_push_object(list);

		add_mac(s, i->station[k].mac);
		json_add_number(s, "signal_dbm", i->station[k].signal_dbm ? (double)i->station[k].signal_dbm : NAN, 0);
		json_add_number(s, "inactive_ms", i->station[k].inactive_ms, 0);
	}
}

static void add_finding(struct json *j, const struct doctor_finding *d)
{
	struct json *list;

	json_add_string(j, "way", d->way ? d->way->name : NULL);
	json_add_string(j, "driver", d->way ? d->way->source : NULL);
	json_add_string(j, "verdict", doctor_verdict_name(d->verdict));
	add_known(j, "interface", d->interface);
	json_add_number(j, "rate_hz", d->rate_hz, 1);
	list = json_add_array(j, "missing");
	for (int i = 0; i < d->lacks; i++) {
		struct json *l = json_push_object(list);

		json_add_string(l, "kind", d->lack[i].kind);
		json_add_string(l, "text", d->lack[i].text);
	}
	add_known(j, "next", d->next);
}

static void add_radio(struct json *j, const struct doctor_report *r, const struct doctor_radio *radio)
{
	const struct doctor_chip *chip = doctor_chip_find(radio->driver, radio->id);
	struct json *list;

	json_add_string(j, "phy", radio->phy);
	add_known(j, "driver", radio->driver);
	add_known(j, "id", radio->id);
	json_add_string(j, "chip", chip ? chip->title : NULL);
	list = json_add_array(j, "interfaces");
	for (int i = 0; i < radio->nets; i++)
		add_net(json_push_object(list), r->facts, &radio->net[i]);
	list = json_add_array(j, "csi");
	for (int i = 0; i < r->findings; i++)
		if (r->finding[i].radio == radio)
			add_finding(json_push_object(list), &r->finding[i]);
}

static void add_rate(struct json *j, const uint8_t mac[6], double rate_hz)
{
	add_mac(j, mac);
	json_add_number(j, "rate_hz", rate_hz, 1);
}

static void add_source(struct json *j, const struct doctor_source *s)
{
	struct json *list;

	json_add_string(j, "name", s->name);
	json_add_string(j, "driver", s->driver);
	add_known(j, "origin", s->origin);
	json_add_bool(j, "open", s->opened);
	add_known(j, "error", s->error);
	json_add_string(j, "reason", reason_name(s->state));
	json_add_number(j, "rate_hz", s->seconds > 0 ? (double)s->frames / s->seconds : NAN, 1);
	json_add_number(j, "old_frames", (double)s->old, 0);
	list = json_add_array(j, "transmitters");
	for (int i = 0; i < s->transmitters; i++)
		add_rate(json_push_object(list), s->heard[i].mac, (double)s->heard[i].frames / s->seconds);
	list = json_add_array(j, "unreadable");
	for (int i = 0; i < s->counts.transmitters; i++)
		add_rate(json_push_object(list), s->counts.unreadable[i].from,
			 (double)s->counts.unreadable[i].count / s->seconds);
	list = json_add_object(j, "drops");
	for (int d = 0; d < SOURCE_DROP_COUNT; d++)
		if (s->counts.dropped[d])
			json_add_number(list, source_drop_name((enum source_drop)d), (double)s->counts.dropped[d], 0);
}

static void add_devices(struct json *j, const struct doctor_facts *f)
{
	struct json *list = json_add_array(j, "devices_without_driver");

	for (int i = 0; i < f->idles; i++) {
		const struct doctor_chip *chip = doctor_chip_find("", f->idle[i].id);
		struct json *d = json_push_object(list);

		json_add_string(d, "bus", f->idle[i].bus);
		json_add_string(d, "address", f->idle[i].address);
		add_known(d, "id", f->idle[i].id);
		json_add_string(d, "chip", chip ? chip->title : NULL);
	}
	list = json_add_array(j, "firmware_missing");
	for (int i = 0; i < f->firmwares; i++)
		json_push_string(list, f->firmware[i]);
	list = json_add_array(j, "serial");
	for (int i = 0; i < f->serials; i++) {
		struct json *s = json_push_object(list);

		json_add_string(s, "device", f->serial[i].device);
		add_known(s, "usb_id", f->serial[i].usb_id);
		add_known(s, "product", f->serial[i].product);
	}
}

int doctor_print_json(const struct doctor_report *r, FILE *out)
{
	const struct doctor_facts *f = r->facts;
	struct json *j = json_object(), *list;
	char *text;

	json_add_string(j, "version", SIXTH_VERSION);
	add_known(j, "system", f->system);
	json_add_bool(j, "cfg80211", f->cfg80211);
	json_add_bool(j, "net_admin", f->admin);
	json_add_number(j, "daemon_pid", f->daemon_pid ? (double)f->daemon_pid : NAN, 0);
	json_add_string(j, "verdict", doctor_verdict_name(r->verdict));
	list = json_add_array(j, "radios");
	for (int i = 0; i < f->radios; i++)
		add_radio(json_push_object(list), r, &f->radio[i]);
	add_devices(j, f);
	list = json_add_array(j, "sources");
	for (int i = 0; r->hearing && i < r->hearing->sources; i++)
		add_source(json_push_object(list), &r->hearing->source[i]);
	list = json_add_array(j, "next");
	for (int i = 0; i < r->nexts; i++)
		json_push_string(list, r->next[i]);
	text = json_print(j);
	json_free(j);
	if (!text)
		return -ENOMEM;
	fprintf(out, "%s\n", text);
	free(text);
	return 0;
}
