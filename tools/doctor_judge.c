/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * doctor_judge.c -- from facts to findings: which way works, what is missing, what next.
 *
 * A way is gone through from the bottom up: the driver, our build, our rights, the
 * interface, the traffic, and last what was heard.  What is found missing first is what
 * is to be done next; nothing above it can be told before that is done. */
#include <linux/nl80211.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include "daemon/source.h"
#include "daemon/wiring.h"
#include "tools/doctor.h"

static const char *const verdict_names[] = {
	[DOCTOR_WORKS] = "works", [DOCTOR_READY] = "ready", [DOCTOR_SILENT] = "silent",
	[DOCTOR_LACKS] = "lacks", [DOCTOR_CANNOT] = "cannot",
};

const char *doctor_verdict_name(enum doctor_verdict v)
{
	return verdict_names[v];
}

/* --- words ------------------------------------------------------------------------ */

__attribute__((format(printf, 3, 4)))
static void lack(struct doctor_finding *d, const char *kind, const char *fmt, ...)
{
	struct doctor_lack *l = &d->lack[d->lacks];
	va_list args;

	if (d->lacks == DOCTOR_LACKS_MAX)
		return;
	d->lacks++;
	l->kind = kind;
	va_start(args, fmt);
	vsnprintf(l->text, sizeof(l->text), fmt, args);
	va_end(args);
}

/* What is to be done about it: the first word counts. */
__attribute__((format(printf, 2, 3)))
static void next(struct doctor_finding *d, const char *fmt, ...)
{
	va_list args;

	if (*d->next)
		return;
	va_start(args, fmt);
	vsnprintf(d->next, sizeof(d->next), fmt, args);
	va_end(args);
}

__attribute__((format(printf, 2, 3)))
static void advise(struct doctor_report *r, const char *fmt, ...)
{
	char text[DOCTOR_TEXT_LEN];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	for (int i = 0; i < r->nexts; i++)
		if (!strcmp(r->next[i], text))
			return;
	if (*text && r->nexts < DOCTOR_NEXT_MAX)
		memcpy(r->next[r->nexts++], text, sizeof(text));
}

/* --- a way of a radio ------------------------------------------------------------- */

static const struct wifi_facts_interface *nl_of(const struct doctor_facts *f, const struct doctor_net *n)
{
	return n->nl < 0 ? NULL : &f->wifi.interface[n->nl];
}

static bool is_type(const struct doctor_facts *f, const struct doctor_net *n, uint32_t type)
{
	const struct wifi_facts_interface *i = nl_of(f, n);

	return i && i->nl.type == type;
}

static bool is_here(const struct doctor_facts *f, const struct doctor_radio *r, const struct doctor_way *w)
{
	if (w->vendor)
		return r->nl >= 0 && wifi_phy_has_vendor(&f->wifi.phy[r->nl], w->vendor, w->command);
	return w->here && w->here(f, r);
}

/* The interface that a source would listen to: an AP rather than a station. */
static const struct doctor_net *choose_net(const struct doctor_facts *f, const struct doctor_radio *r,
					   const struct doctor_way *w)
{
	const struct doctor_net *best = NULL;

	for (int i = 0; i < r->nets; i++) {
		const struct doctor_net *n = &r->net[i];

		if (!n->up || (w->needs_monitor && !is_type(f, n, NL80211_IFTYPE_MONITOR)))
			continue;
		if (!best || (!is_type(f, best, NL80211_IFTYPE_AP) && is_type(f, n, NL80211_IFTYPE_AP)))
			best = n;
	}
	return best;
}

static void check_driver(const struct doctor_facts *f, struct doctor_finding *d)
{
	const struct doctor_way *w = d->way;

	if (is_here(f, d->radio, w))
		return;
	if (w->in_debugfs && !f->debugfs) {
		lack(d, "driver", "whether the driver has it only debugfs tells, which is not mounted, or root's alone");
		next(d, "run it as root; if it says so then, too: `mount -t debugfs none /sys/kernel/debug`");
		return;
	}
	if (w->vendor && d->radio->nl < 0)
		lack(d, "driver", "whether the driver has the CSI command only nl80211 tells: %s", f->wifi_why);
	else
		lack(d, "driver", "%s", w->lacks);
	next(d, "%s: %s", d->radio->phy, w->remedy);
}

static void check_mode(const struct doctor_facts *f, struct doctor_finding *d)
{
	const struct doctor_net *n = choose_net(f, d->radio, d->way);
	const char *phy = d->radio->phy;

	if (n) {
		snprintf(d->interface, sizeof(d->interface), "%s", n->name);
	} else if (d->way->needs_monitor) {
		lack(d, "mode", "it has no interface in monitor mode that is up");
		next(d, "%s: `iw phy %s interface add mon0 type monitor && ip link set mon0 up`", phy, phy);
	} else if (d->way->needs_up && !d->radio->nets) {
		lack(d, "mode", "it has no interface");
		next(d, "%s: make it an access point: on OpenWrt in Network, Wireless; elsewhere with hostapd", phy);
	} else if (d->way->needs_up) {
		lack(d, "mode", "none of its interfaces is up");
		next(d, "%s: switch it on: `ip link set %s up`, on OpenWrt `wifi up`", phy, d->radio->net[0].name);
	}
}

static int count_stations(const struct doctor_facts *f, const struct doctor_radio *r)
{
	int n = 0;

	for (int i = 0; i < r->nets; i++) {
		const struct wifi_facts_interface *nl = nl_of(f, &r->net[i]);

		n += nl ? nl->stations + nl->stations_more : 0;
	}
	return n;
}

/* Packets per second that its stations sent while we listened; NAN: not measured. */
static double traffic_hz(const struct doctor_report *r, const struct doctor_radio *radio)
{
	double sum_hz = NAN;

	for (int i = 0; r->before && r->hearing && i < radio->nets; i++) {
		const struct wifi_facts_interface *nl = nl_of(r->facts, &radio->net[i]), *old = NULL;

		for (int k = 0; nl && k < r->before->interfaces; k++)
			if (r->before->interface[k].nl.index == nl->nl.index)
				old = &r->before->interface[k];
		for (int k = 0; nl && k < nl->stations; k++) {
			double hz = doctor_station_hz(old, &nl->station[k], r->hearing->seconds);

			sum_hz = isnan(hz) ? sum_hz : isnan(sum_hz) ? hz : sum_hz + hz;
		}
	}
	return sum_hz;
}

static void check_traffic(const struct doctor_facts *f, struct doctor_finding *d)
{
	if (!d->way->needs_stations || !*d->interface || count_stations(f, d->radio))
		return;
	for (int i = 0; i < d->radio->nets; i++)
		if (is_type(f, &d->radio->net[i], NL80211_IFTYPE_MONITOR))
			return;		/* it hears whoever is on the channel */
	lack(d, "traffic", "nobody is associated, so nobody sends frames that could be measured");
	next(d, "%s: connect something to it that stays in its place and never sleeps: a plug, a television, "
	     "an ESP32", d->radio->phy);
}

static void check_rights(const struct doctor_facts *f, struct doctor_finding *d)
{
	if (f->admin || !f->machine)
		return;
	lack(d, "privilege", "CSI needs CAP_NET_ADMIN, and this process does not have it");
	next(d, "run this as root");
}

static void check_build(struct doctor_finding *d)
{
	if (source_driver_find(d->way->source))
		return;
	lack(d, "build", "this sixth has no driver \"%s\"", d->way->source);
	next(d, "%s: use a sixth that has the driver %s (`sixthd --help` lists them)", d->radio->phy,
	     d->way->source);
}

static const struct doctor_source *source_of(const struct doctor_hearing *h, const struct doctor_finding *d)
{
	for (int i = 0; h && i < h->sources; i++) {
		const struct doctor_source *s = &h->source[i];

		if (strcmp(s->driver, d->way->source))
			continue;
		for (int n = 0; n < d->radio->nets; n++)
			if (!strcmp(s->interface, d->radio->net[n].name))
				return s;
		if (!*s->interface)
			return s;
	}
	return NULL;
}

/* All that can be seen is there, and still nothing came: whose fault is it? */
static void blame(const struct doctor_report *r, struct doctor_finding *d, const struct doctor_source *s)
{
	double hz = traffic_hz(r, d->radio);

	d->verdict = DOCTOR_SILENT;
	if (s->state == REASON_UNSUPPORTED) {
		lack(d, "layout", "%s", s->error);
		next(d, "%s: write into `layout` what the maker's documentation says (firmware-notes/%s.md), or let another "
		     "receiver measure", d->radio->phy, s->driver);
		return;
	}
	if (s->state != REASON_FIRMWARE_SILENT && !isnan(hz) && hz < WIRING_JOIN_HZ) {
		lack(d, "traffic", "no frame in %.0f s: its stations sent only %.1f packets/s", s->seconds, hz);
		next(d, "%s: let something send to it steadily, as `ping -i 0.05` does; sixthd does so by itself",
		     d->radio->phy);
		return;
	}
	if (isnan(hz))
		lack(d, "firmware", "the driver took the commands, and no frame came in %.0f s", s->seconds);
	else
		lack(d, "firmware", "the driver took the commands, its stations sent %.0f packets/s, and no "
		     "frame came in %.0f s: its firmware measures nothing", hz, s->seconds);
	next(d, "%s: use a firmware that measures CSI; the chip's page in firmware-notes/ names those that do",
	     d->radio->phy);
}

#define OLD_LEAST 50	/* frames, to say so */

/* Frames come, and all say the same: no radio measures anything twice. */
static void blame_old(struct doctor_finding *d, const struct doctor_source *s)
{
	d->verdict = DOCTOR_LACKS;
	lack(d, "measurements", "%.0f of %.0f frames were measurements that it had handed out before",
	     (double)s->old, (double)s->frames);
	next(d, "%s: reset the radio (down and up again, or the driver), and look for a newer driver or firmware: this one "
	     "hands out old measurements again and again", d->radio->phy);
}

static void check_heard(const struct doctor_report *r, struct doctor_finding *d)
{
	const struct doctor_source *s = source_of(r->hearing, d);

	if (!s)
		return;
	if (!s->opened) {
		d->verdict = DOCTOR_LACKS;
		lack(d, "source", "source %s does not open: %s", s->name, s->error);
		next(d, "%s: see to this: %s", d->radio->phy, s->error);
		return;
	}
	d->rate_hz = s->seconds > 0 ? (double)s->frames / s->seconds : 0;
	if (s->frames >= OLD_LEAST && 10 * s->old > 9 * s->frames)
		blame_old(d, s);
	else if (s->frames)
		d->verdict = DOCTOR_WORKS;
	else if (!d->lacks)
		blame(r, d, s);
}

static void examine(struct doctor_report *r, const struct doctor_radio *radio, const struct doctor_way *way)
{
	struct doctor_finding *d = &r->finding[r->findings];

	for (int i = 0; i < r->findings; i++)
		if (r->finding[i].radio == radio && r->finding[i].way == way)
			return;
	if (r->findings == DOCTOR_FINDINGS_MAX)
		return;
	r->findings++;
	*d = (struct doctor_finding){ .radio = radio, .way = way, .rate_hz = NAN };
	check_driver(r->facts, d);
	check_build(d);
	check_rights(r->facts, d);
	check_mode(r->facts, d);
	check_traffic(r->facts, d);
	d->verdict = d->lacks ? DOCTOR_LACKS : DOCTOR_READY;
	check_heard(r, d);
}

/* --- all of it -------------------------------------------------------------------- */

/* A radio that gives nothing out is no dead end: something else can measure here. */
static void point_elsewhere(const struct doctor_radio *radio, const struct doctor_chip *chip, struct doctor_finding *d)
{
	if (chip)
		next(d, "%s: no way is known to read CSI of this chip: let another receiver measure, such as an ESP32 on a "
		     "serial line (firmware-notes/esp32.md), or a radio that firmware-notes/ describes", radio->phy);
	else
		next(d, "%s: nothing is known here about the driver %s: if its makers say how it gives CSI out, an adapter can "
		     "hand that over (driver = socket, firmware-notes/csic.md); else let another receiver measure, such as "
		     "an ESP32 (firmware-notes/esp32.md)", radio->phy, *radio->driver ? radio->driver : "of a virtual radio");
}

/* The driver's own way, every other whose command is there, and what any radio hears. */
static void examine_radio(struct doctor_report *r, const struct doctor_radio *radio)
{
	const struct doctor_chip *chip = doctor_chip_find(radio->driver, radio->id);
	int before = r->findings;

	if (chip && chip->way >= 0)
		examine(r, radio, &doctor_ways[chip->way]);
	for (int i = 0; i < DOCTOR_WAYS; i++)
		if ((doctor_ways[i].vendor || (doctor_ways[i].driver && !strcmp(doctor_ways[i].driver, radio->driver))) &&
		    is_here(r->facts, radio, &doctor_ways[i]))
			examine(r, radio, &doctor_ways[i]);
	if (is_here(r->facts, radio, &doctor_ways[DOCTOR_BFI]))
		examine(r, radio, &doctor_ways[DOCTOR_BFI]);
	if (r->findings == before && r->findings < DOCTOR_FINDINGS_MAX) {
		r->finding[r->findings] = (struct doctor_finding){
			.radio = radio, .verdict = DOCTOR_CANNOT, .rate_hz = NAN };
		point_elsewhere(radio, chip, &r->finding[r->findings++]);
	}
}

static void advise_idle(struct doctor_report *r, const struct doctor_idle *i)
{
	const struct doctor_chip *chip = doctor_chip_find("", i->id);

	if (!chip)
		advise(r, "%s %s (%s): find out its driver and load it; nothing is known about it here", i->bus,
		       i->address, *i->id ? i->id : "no id");
	else if (r->facts->firmwares)
		advise(r, "%s %s (%s): install its firmware; the kernel looked for %s in vain", i->bus, i->address,
		       chip->title, r->facts->firmware[0]);
	else if (i->loaded)
		advise(r, "%s %s (%s): its module %s is loaded and does not serve it: look for why with `dmesg`; "
		       "most often firmware is missing", i->bus, i->address, chip->title, chip->module);
	else
		advise(r, "%s %s (%s): load its driver: `modprobe %s`%s%s", i->bus, i->address, chip->title,
		       chip->module, *chip->package ? "; on OpenWrt install " : "", chip->package);
}

/* Something may have come all the same, and tell what is wrong. */
static const char *why_no_frame(const struct doctor_source *s)
{
	const uint64_t *dropped = s->counts.dropped;

	if (dropped[SOURCE_DROP_DAMAGED] && !strcmp(s->driver, "esp32_serial"))
		return "bytes came that are no text: see that `baud` is the speed of the board's firmware";
	if (dropped[SOURCE_DROP_FOREIGN_SENDER])
		return "datagrams came from addresses that are not in `senders`";
	if (dropped[SOURCE_DROP_UNKNOWN_KEY] || dropped[SOURCE_DROP_FORGED])
		return "datagrams came that are signed with no key of `key_file`";
	return "see that its sender is on and sends here";
}

static void judge_sources(struct doctor_report *r)
{
	for (int i = 0; r->hearing && i < r->hearing->sources; i++) {
		const struct doctor_source *s = &r->hearing->source[i];
		double hz = s->seconds > 0 ? (double)s->frames / s->seconds : 0;

		if (s->frames)
			r->verdict = DOCTOR_WORKS;
		if (s->frames && hz < WIRING_JOIN_HZ)
			advise(r, "source %s: %.1f frames/s are too few: a link counts from %d a second on", s->name, hz,
			       WIRING_JOIN_HZ);
		if (!s->opened)
			advise(r, "source %s: %s%s", s->name, s->error, r->facts->daemon_pid ?
			       " (if it is the sixthd of this machine that has it, all is well: `sixth watch` shows what comes)" : "");
		else if (!s->frames && s->state == REASON_UNSUPPORTED)
			advise(r, "source %s: %s (firmware-notes/%s.md)", s->name, s->error, s->driver);
		else if (!s->frames)
			advise(r, "source %s: no frame came in %.0f s: %s", s->name, s->seconds, why_no_frame(s));
	}
}

/* No radio at all: say so, and what can be had without one. */
static void advise_without_radio(struct doctor_report *r)
{
	const struct doctor_facts *f = r->facts;

	if (f->radios || f->idles)
		return;
	advise(r, "this machine has no WiFi radio that its kernel can see: run sixth on one that has, or let other "
	       "receivers send their frames here (`driver` in `sixthd --help`)");
	for (int i = 0; i < f->serials; i++)
		advise(r, "%s (%s): if this is an ESP32 with CSI firmware, make it a source (firmware-notes/esp32.md)",
		       f->serial[i].device, *f->serial[i].product ? f->serial[i].product : "no name");
}

/* In the order of how near they are to frames. */
static void advise_ways(struct doctor_report *r)
{
	for (int v = DOCTOR_WORKS; v <= DOCTOR_CANNOT; v++)
		for (int i = 0; i < r->findings; i++)
			if ((int)r->finding[i].verdict == v)
				advise(r, "%s", r->finding[i].next);
}

void doctor_judge(struct doctor_report *r, const struct doctor_facts *f, const struct doctor_hearing *h,
		  const struct wifi_facts *before)
{
	memset(r, 0, sizeof(*r));
	r->facts = f;
	r->hearing = h;
	r->before = before;
	r->verdict = DOCTOR_CANNOT;
	for (int i = 0; i < f->radios; i++)
		examine_radio(r, &f->radio[i]);
	for (int i = 0; i < r->findings; i++)
		if (r->finding[i].verdict < r->verdict)
			r->verdict = r->finding[i].verdict;
	judge_sources(r);
	if (f->daemon_pid)
		advise(r, "a sixthd runs here (process %d): `sixth watch --broker URL` shows what it senses",
		       f->daemon_pid);
	advise_ways(r);
	for (int i = 0; i < f->idles; i++)
		advise_idle(r, &f->idle[i]);
	advise_without_radio(r);
}

bool doctor_suggest(const struct doctor_report *r, char *text, size_t size)
{
	size_t len = 0;

	text[0] = 0;
	for (int i = 0; i < r->findings; i++) {
		const struct doctor_finding *d = &r->finding[i];

		if (d->verdict > DOCTOR_SILENT || !*d->interface || len >= size)
			continue;
		len += (size_t)snprintf(text + len, size - len, "[source %.31s]\ndriver = %s\ninterface = %s\n\n",
					d->interface, d->way->source, d->interface);
	}
	if (!len || len >= size)
		return false;
	len += (size_t)snprintf(text + len, size - len, "[room home]\n");
	return len < size;
}
