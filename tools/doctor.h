/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * doctor.h -- the parts of `sixth doctor`, in the order they run.
 *
 *	facts	what this machine has, from /sys, /proc and nl80211: no opinion
 *	chips	what is known about drivers and the ways that CSI comes out of them: one table
 *	listen	opens sources and counts what comes
 *	judge	facts and what was heard -> which way works, what is missing, what to do next
 *	text, json	say it
 *
 * Only facts and listen touch the machine; the rest is a function of its arguments. */
#ifndef TOOLS_DOCTOR_H
#define TOOLS_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "daemon/config.h"
#include "daemon/source_counts.h"
#include "daemon/wifi_facts.h"
#include "models/reason.h"

#define DOCTOR_NAME_LEN    64
#define DOCTOR_RADIOS_MAX  WIFI_PHYS_MAX
#define DOCTOR_NETS_MAX    8		/* interfaces of a radio */
#define DOCTOR_IDLE_MAX    8
#define DOCTOR_SERIAL_MAX  8
#define DOCTOR_HEARD_MAX   32		/* transmitters of a source */
#define DOCTOR_TEXT_LEN    320
#define DOCTOR_LACKS_MAX   6

/* --- facts ------------------------------------------------------------------------ */

struct doctor_net {
	char name[DOCTOR_NAME_LEN];
	bool up;
	int  nl;			/* place in wifi.interface; -1: nl80211 does not know it */
};

/* A radio that a driver serves. */
struct doctor_radio {
	char phy[DOCTOR_NAME_LEN];	/* "phy0" */
	char driver[DOCTOR_NAME_LEN];	/* "" where it has no device, as virtual ones */
	char id[DOCTOR_NAME_LEN];	/* "pci:14c3:7915", "of:mediatek,mt7986-wmac" or "" */
	int  nl;			/* place in wifi.phy; -1: not asked, or not known */
	struct doctor_net net[DOCTOR_NETS_MAX];
	int  nets;
	bool cfr;			/* ath11k's enable_cfr is in debugfs */
};

/* A WiFi device that no driver serves. */
struct doctor_idle {
	char bus[16], address[DOCTOR_NAME_LEN], id[DOCTOR_NAME_LEN];
	bool loaded;			/* the module that should serve it is loaded */
};

/* A serial line that a companion may be on. */
struct doctor_serial {
	char device[DOCTOR_NAME_LEN];	/* "/dev/ttyUSB0" */
	char usb_id[16], product[DOCTOR_NAME_LEN];
};

struct doctor_facts {
	char system[3 * DOCTOR_NAME_LEN];
	bool machine;			/* this machine, not a tree of files somewhere */
	bool admin;			/* we have CAP_NET_ADMIN */
	int  daemon_pid;		/* of a sixthd that runs; 0: none */
	bool cfg80211, debugfs, connector, connector_log, csi_dev, side_ch;
	int  raw_netlink;		/* highest netlink protocol of a driver's own, 23 to 31; 0: none */
	struct doctor_radio radio[DOCTOR_RADIOS_MAX];
	int  radios;
	struct doctor_idle idle[DOCTOR_IDLE_MAX];
	int  idles;
	struct doctor_serial serial[DOCTOR_SERIAL_MAX];
	int  serials;
	char firmware[4][DOCTOR_NAME_LEN];	/* files that the kernel looked for in vain */
	int  firmwares;
	struct wifi_facts wifi;
	int  wifi_error;		/* of wifi_facts_read() */
	char wifi_why[DOCTOR_TEXT_LEN];
};

/* Everything below `root` ("": this machine; then nl80211 is asked too).  What cannot
 * be read is not there.  About 150 KiB: not for a small stack. */
void doctor_facts_read(struct doctor_facts *f, const char *root);

/* --- what is known ---------------------------------------------------------------- */

enum doctor_way_id {
	DOCTOR_MT76, DOCTOR_IWLWIFI, DOCTOR_INTEL5300, DOCTOR_ATH11K, DOCTOR_ATH9K, DOCTOR_NEXMON,
	DOCTOR_OPENWIFI, DOCTOR_NXP, DOCTOR_INFINEON, DOCTOR_BFI, DOCTOR_WAYS
};

/* A way that CSI takes from a radio to us. */
struct doctor_way {
	const char *name;		/* for people */
	const char *source;		/* driver = ... in the configuration */
	uint32_t vendor, command;	/* nl80211 vendor command that must be there; 0: none */
	const char *driver;		/* not its usual way, but one that a version of this driver may have */
	bool (*here)(const struct doctor_facts *f, const struct doctor_radio *r);
	const char *lacks;		/* what is missing where it is not here */
	const char *remedy;		/* what to do about that */
	bool needs_up;			/* an interface that is up */
	bool needs_stations;		/* only what others send is measured */
	bool needs_monitor;		/* an interface in monitor mode */
	bool in_debugfs;		/* only debugfs tells whether it is here */
};

extern const struct doctor_way doctor_ways[DOCTOR_WAYS];

/* What a driver serves. */
struct doctor_chip {
	const char *drivers;		/* names in /sys, blanks between them */
	const char *ids;		/* patterns of devices, blanks between them; "" none */
	bool by_id;			/* the driver alone does not tell */
	const char *title;
	const char *module;		/* as the kernel calls it */
	const char *package;		/* of OpenWrt that brings it */
	int  way;			/* enum doctor_way_id, or -1: no CSI */
	const char *caveat;		/* what else is worth knowing; NULL: nothing */
};

extern const struct doctor_chip doctor_chips[];		/* until title is NULL */

/* NULL: unknown to us.  `driver` "" asks by id alone. */
const struct doctor_chip *doctor_chip_find(const char *driver, const char *id);

/* --- what is heard ---------------------------------------------------------------- */

struct doctor_transmitter {
	uint8_t  mac[6];
	uint64_t frames;
};

struct doctor_source {
	char name[CONFIG_NAME_LEN], driver[CONFIG_NAME_LEN], interface[CONFIG_NAME_LEN];
	char origin[16], error[256];
	bool opened;
	enum reason state;		/* as it said last */
	double   seconds;		/* for which it was listened to */
	uint64_t frames, frames_more;	/* more: of transmitters without a place */
	uint64_t old;			/* of those with one: measurements it had handed out just before */
	struct doctor_transmitter heard[DOCTOR_HEARD_MAX];
	int transmitters;
	struct source_counts counts;	/* of what it could not use */
};

struct doctor_hearing {
	struct doctor_source source[CONFIG_SOURCES_MAX];
	int sources;
	double seconds;			/* 0: not listened */
};

/* Opens all sources of the configuration at once and listens for so long.  0 or -errno:
 * then there was no memory. */
int doctor_listen(struct doctor_hearing *h, const struct config *c, double seconds);

/* Packets per second of each station between two looks at nl80211; NAN: not in both. */
double doctor_station_hz(const struct wifi_facts_interface *before, const struct wifi_station *now,
			 double seconds);

/* --- judgement -------------------------------------------------------------------- */

enum doctor_verdict {
	DOCTOR_WORKS,			/* frames come */
	DOCTOR_READY,			/* nothing is missing; not tried */
	DOCTOR_SILENT,			/* nothing is missing, and nothing comes */
	DOCTOR_LACKS,			/* something is missing */
	DOCTOR_CANNOT,			/* this radio has no such way */
};

/* What is missing: one of module, firmware, driver, privilege, mode, traffic, build, layout. */
struct doctor_lack {
	const char *kind;
	char text[DOCTOR_TEXT_LEN];
};

/* One way of one radio (or of none: radio NULL). */
struct doctor_finding {
	const struct doctor_radio *radio;
	const struct doctor_way *way;
	enum doctor_verdict verdict;
	char interface[DOCTOR_NAME_LEN];	/* that a source would listen to; "" none */
	double rate_hz;				/* of all that came */
	struct doctor_lack lack[DOCTOR_LACKS_MAX];
	int lacks;
	char next[DOCTOR_TEXT_LEN];		/* the one thing to do; "" nothing */
};

#define DOCTOR_FINDINGS_MAX (2 * DOCTOR_RADIOS_MAX)
#define DOCTOR_NEXT_MAX     12

struct doctor_report {
	const struct doctor_facts *facts;
	const struct doctor_hearing *hearing;
	const struct wifi_facts *before;	/* NULL: looked at once only */
	struct doctor_finding finding[DOCTOR_FINDINGS_MAX];
	int findings;
	enum doctor_verdict verdict;		/* the best of them, sources included */
	char next[DOCTOR_NEXT_MAX][DOCTOR_TEXT_LEN];	/* what to do, in this order */
	int nexts;
};

/* `f`, `h` and `before` are borrowed by the report. */
void doctor_judge(struct doctor_report *r, const struct doctor_facts *f, const struct doctor_hearing *h,
		  const struct wifi_facts *before);

/* A configuration that listens to every way that is ready, as text that the
 * configuration's parser reads; false if there is none. */
bool doctor_suggest(const struct doctor_report *r, char *text, size_t size);

const char *doctor_verdict_name(enum doctor_verdict v);

/* --- words ------------------------------------------------------------------------ */

void doctor_print_text(const struct doctor_report *r, FILE *out);
int  doctor_print_json(const struct doctor_report *r, FILE *out);	/* 0 or -ENOMEM */

#endif
