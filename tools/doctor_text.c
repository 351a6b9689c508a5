/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * doctor_text.c -- the report for a person with a router in hand. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include "daemon/source.h"
#include "daemon/version.h"
#include "tools/doctor.h"

#define SUGGESTION_LEN 4096

static const char *const verdict_texts[] = {
	[DOCTOR_WORKS] = "yes, frames come", [DOCTOR_READY] = "should work; not tried",
	[DOCTOR_SILENT] = "no frames come", [DOCTOR_LACKS] = "not yet", [DOCTOR_CANNOT] = "no",
};

static void print_mac(FILE *out, const uint8_t mac[6])
{
	fprintf(out, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

static void print_system(const struct doctor_facts *f, FILE *out)
{
	fprintf(out, "sixth doctor, version %s\n\n", SIXTH_VERSION);
	fprintf(out, "system     %s\n", *f->system ? f->system : "unknown");
	fprintf(out, "kernel     %s\n", f->cfg80211 ? "has WiFi (cfg80211 is loaded)" :
		"has no WiFi driver loaded (no cfg80211)");
	if (f->machine && f->cfg80211 && f->wifi_error)
		fprintf(out, "nl80211    %s\n", f->wifi_why);
	if (f->machine && !f->admin)
		fprintf(out, "rights     no CAP_NET_ADMIN: run as root to see everything\n");
	if (f->daemon_pid)
		fprintf(out, "daemon     sixthd runs here, process %d\n", f->daemon_pid);
	for (int i = 0; i < f->firmwares; i++)
		fprintf(out, "firmware   %s is missing: the kernel looked for it\n", f->firmware[i]);
}

/* radios */

static void print_station(const struct doctor_report *r, const struct wifi_facts_interface *i,
			  const struct wifi_station *s, FILE *out)
{
	const struct wifi_facts_interface *old = NULL;
	double hz;

	for (int k = 0; r->before && k < r->before->interfaces; k++)
		if (r->before->interface[k].nl.index == i->nl.index)
			old = &r->before->interface[k];
	hz = doctor_station_hz(old, s, r->hearing ? r->hearing->seconds : 0);
	fputs("               ", out);
	print_mac(out, s->mac);
	if (s->signal_dbm)
		fprintf(out, "  %d dBm", s->signal_dbm);
	if (!isnan(hz))
		fprintf(out, "  %.1f packets/s", hz);
	fprintf(out, "  heard %" PRIu32 " ms ago%s\n", s->inactive_ms, s->authorized ? "" : "  not authorized");
}

static void print_net(const struct doctor_report *r, const struct doctor_net *n, FILE *out)
{
	const struct wifi_facts_interface *i = n->nl < 0 ? NULL : &r->facts->wifi.interface[n->nl];

	fprintf(out, "           %s: %s", n->name, n->up ? "up" : "down");
	if (i) {
		fprintf(out, ", %s", wifi_type_name(i->nl.type));
		if (*i->nl.ssid)
			fprintf(out, " \"%s\"", i->nl.ssid);
		if (i->nl.freq_mhz)
			fprintf(out, ", %u MHz wide at %u MHz", i->nl.width_mhz, i->nl.freq_mhz);
		fprintf(out, ", %d stations", i->stations + i->stations_more);
		if (i->survey.in_use && i->survey.has_time && i->survey.time_ms)
			fprintf(out, ", channel busy %.0f %%",
				100.0 * (double)i->survey.busy_ms / (double)i->survey.time_ms);
	}
	fputc('\n', out);
	for (int k = 0; i && k < i->stations; k++)
		print_station(r, i, &i->station[k], out);
}

static void print_finding(const struct doctor_finding *d, FILE *out)
{
	if (!d->way) {
		fprintf(out, "  CSI      no: no way is known for this driver\n");
		return;
	}
	fprintf(out, "  CSI      by %s (driver = %s): %s", d->way->name, d->way->source, verdict_texts[d->verdict]);
	if (!isnan(d->rate_hz) && d->rate_hz > 0)
		fprintf(out, ", %.1f/s", d->rate_hz);
	fputc('\n', out);
	for (int i = 0; i < d->lacks; i++)
		fprintf(out, "             missing (%s): %s\n", d->lack[i].kind, d->lack[i].text);
}

static void print_radio(const struct doctor_report *r, const struct doctor_radio *radio, FILE *out)
{
	const struct doctor_chip *chip = doctor_chip_find(radio->driver, radio->id);

	fprintf(out, "\nradio      %s: %s, driver %s%s%s\n", radio->phy, chip ? chip->title : "not known to this doctor",
		*radio->driver ? radio->driver : "unknown", *radio->id ? ", " : "", radio->id);
	for (int i = 0; i < radio->nets; i++)
		print_net(r, &radio->net[i], out);
	for (int i = 0; i < r->findings; i++)
		if (r->finding[i].radio == radio)
			print_finding(&r->finding[i], out);
	if (chip && chip->caveat)
		fprintf(out, "  note     %s\n", chip->caveat);
}

static void print_radios(const struct doctor_report *r, FILE *out)
{
	const struct doctor_facts *f = r->facts;

	if (!f->radios)
		fprintf(out, "radios     none\n");
	for (int i = 0; i < f->radios; i++)
		print_radio(r, &f->radio[i], out);
	for (int i = 0; i < f->idles; i++) {
		const struct doctor_chip *chip = doctor_chip_find("", f->idle[i].id);

		fprintf(out, "\ndevice     %s %s, %s: %s; no driver serves it\n", f->idle[i].bus, f->idle[i].address,
			*f->idle[i].id ? f->idle[i].id : "no id", chip ? chip->title : "a WiFi device not known to this doctor");
	}
	for (int i = 0; i < f->serials; i++)
		fprintf(out, "serial     %s, usb %s \"%s\"\n", f->serial[i].device,
			*f->serial[i].usb_id ? f->serial[i].usb_id : "unknown", f->serial[i].product);
}

/* sources */

static bool is_way(const char *driver)
{
	for (int i = 0; i < DOCTOR_WAYS; i++)
		if (!strcmp(doctor_ways[i].source, driver))
			return true;
	return false;
}

/* What could still be listened to where there is no radio. */
static void print_other_drivers(FILE *out)
{
	int n = 0;

	for (int i = 0; source_drivers[i]; i++)
		if (!is_way(source_drivers[i]->name))
			fprintf(out, "%s  %-12s %s\n", n++ ? "         " : "\nwithout a radio of its own this sixth can "
				"listen to\n         ", source_drivers[i]->name, source_drivers[i]->help);
}

/* What came and was of no use. */
static void print_counts(const struct doctor_source *s, FILE *out)
{
	const struct source_counts *c = &s->counts;

	for (int i = 0; i < c->transmitters; i++) {
		fputs("             ", out);
		print_mac(out, c->unreadable[i].from);
		fprintf(out, "  %.1f/s that cannot be read\n", (double)c->unreadable[i].count / s->seconds);
	}
	for (int d = 0; d < SOURCE_DROP_COUNT; d++)
		if (c->dropped[d])
			fprintf(out, "             not used: %" PRIu64 " %s (%s)\n", c->dropped[d],
				source_drop_name((enum source_drop)d), source_drop_help((enum source_drop)d));
}

static void print_source(const struct doctor_source *s, FILE *out)
{
	fprintf(out, "\nsource     %s, driver %s, %s: ", s->name, s->driver, *s->origin ? s->origin : "live");
	if (!s->opened) {
		fprintf(out, "does not open: %s\n", s->error);
		return;
	}
	fprintf(out, "%" PRIu64 " frames in %.1f s", s->frames, s->seconds);
	if (s->state)
		fprintf(out, "; it says %s: %s", reason_name(s->state), *s->error ? s->error : reason_help(s->state));
	fputc('\n', out);
	for (int i = 0; i < s->transmitters; i++) {
		fputs("             ", out);
		print_mac(out, s->heard[i].mac);
		fprintf(out, "  %.1f frames/s\n", (double)s->heard[i].frames / s->seconds);
	}
	if (s->old)
		fprintf(out, "             %" PRIu64 " of them measurements handed out once more\n", s->old);
	if (s->frames_more)
		fprintf(out, "             and %" PRIu64 " frames of transmitters beyond these\n", s->frames_more);
	print_counts(s, out);
}

static void print_next(const struct doctor_report *r, FILE *out)
{
	char text[SUGGESTION_LEN];
	int n = 0;

	if (doctor_suggest(r, text, sizeof(text)))
		fprintf(out, "\na configuration to start from (sixthd -c FILE):\n\n%s", text);
	if (r->nexts)
		fprintf(out, "\nnext\n");
	for (int i = 0; i < r->nexts; i++)
		fprintf(out, "  %2d. %s\n", ++n, r->next[i]);
}

void doctor_print_text(const struct doctor_report *r, FILE *out)
{
	print_system(r->facts, out);
	print_radios(r, out);
	for (int i = 0; r->hearing && i < r->hearing->sources; i++)
		print_source(&r->hearing->source[i], out);
	if (!r->facts->radios)
		print_other_drivers(out);
	print_next(r, out);
}
