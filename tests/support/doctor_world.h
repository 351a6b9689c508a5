/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * doctor_world.h -- a machine as tests of the doctor want it: its devices as files of a tree,
 * its radios as nl80211 would tell them.  Header only, one world a program. */
#ifndef TESTS_DOCTOR_WORLD_H
#define TESTS_DOCTOR_WORLD_H

#include <linux/nl80211.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "daemon/source.h"
#include "tests/support/tree.h"
#include "tools/doctor.h"

static struct doctor_facts facts;
static struct doctor_hearing hearing;
static struct doctor_report report;
static const char *root;

/* --- machines --------------------------------------------------------------------- */

static void begin(void)
{
	root = tree_begin();
	memset(&hearing, 0, sizeof(hearing));
	tree_file("/proc/sys/kernel/osrelease", "6.12.1\n");
}

__attribute__((format(printf, 2, 3)))
static void put(const char *text, const char *fmt, ...)
{
	char path[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(path, sizeof(path), fmt, args);
	va_end(args);
	tree_file(path, text);
}

/* A PCI device; driver NULL: nobody serves it. */
static void add_pci(const char *address, const char *vendor, const char *device, const char *driver)
{
	char path[128];

	put("0x028000\n", "/sys/bus/pci/devices/%s/class", address);
	put(vendor, "/sys/bus/pci/devices/%s/vendor", address);
	put(device, "/sys/bus/pci/devices/%s/device", address);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/subsystem", address);
	tree_link(path, "../../pci");
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver", address);
	if (driver) {
		char target[128];

		snprintf(target, sizeof(target), "../../drivers/%s", driver);
		put("", "/sys/bus/pci/drivers/%s/bind", driver);
		tree_link(path, target);
	}
}

/* Its radio and interface. */
static void add_phy(const char *phy, const char *address, const char *net, const char *flags)
{
	char path[128], target[128];

	snprintf(path, sizeof(path), "/sys/class/ieee80211/%s/device", phy);
	snprintf(target, sizeof(target), "../../../bus/pci/devices/%s", address);
	tree_link(path, target);
	put(flags, "/sys/class/net/%s/flags", net);
	snprintf(path, sizeof(path), "/sys/class/net/%s/phy80211", net);
	snprintf(target, sizeof(target), "../../ieee80211/%s", phy);
	tree_link(path, target);
}

static void read_facts(void)
{
	doctor_facts_read(&facts, root);
}

/* What nl80211 would add for the first radio and its first interface. */
static void tell_nl80211(uint32_t iftypes, uint32_t vendor, uint32_t command, uint32_t type, int stations)
{
	struct wifi_phy *phy = &facts.wifi.phy[0];
	struct wifi_facts_interface *i = &facts.wifi.interface[0];

	facts.wifi.phys = facts.wifi.interfaces = 1;
	phy->iftypes = iftypes;
	phy->vendor[0] = (struct wifi_vendor_command){ vendor, command };
	phy->vendors = vendor ? 1 : 0;
	i->nl.index = 5;
	i->nl.type = type;
	i->stations = stations;
	for (int k = 0; k < stations; k++)
		i->station[k].mac[5] = (uint8_t)k;
	facts.radio[0].nl = facts.radio[0].net[0].nl = 0;
	facts.admin = true;
}

static void judge(void)
{
	doctor_judge(&report, &facts, hearing.sources ? &hearing : NULL, NULL);
}

/* --- what is said of them --------------------------------------------------------- */

static void begin_mt7915(const char *flags)
{
	begin();
	add_pci("0000:01:00.0", "0x14c3\n", "0x7915\n", "mt7915e");
	add_phy("phy0", "0000:01:00.0", "phy0-ap0", flags);
	read_facts();
	assert_int_equal(facts.radios, 1);
	assert_string_equal(facts.radio[0].driver, "mt7915e");
	assert_string_equal(facts.radio[0].id, "pci:14c3:7915");
	assert_string_equal(facts.radio[0].net[0].name, "phy0-ap0");
}

static const struct doctor_finding *find_way(const char *source)
{
	for (int i = 0; i < report.findings; i++)
		if (report.finding[i].way && !strcmp(report.finding[i].way->source, source))
			return &report.finding[i];
	fail_msg("no finding about %s", source);
	return NULL;
}

static bool lacks(const struct doctor_finding *d, const char *kind)
{
	for (int i = 0; i < d->lacks; i++)
		if (!strcmp(d->lack[i].kind, kind))
			return true;
	return false;
}

static bool advised(const char *text)
{
	for (int i = 0; i < report.nexts; i++)
		if (strstr(report.next[i], text))
			return true;
	return false;
}

#endif
