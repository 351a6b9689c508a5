/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * doctor_facts.c -- what this machine has, as /sys, /proc and nl80211 tell it.
 *
 * Where the kernel offers several names for a thing the one is taken that a person can
 * look up again: a driver as `lspci -k` calls it, an id as `lspci -n` does. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "tools/doctor.h"

#define PATH_LEN 512
#define CLASS_WIFI "0x0280"	/* PCI's: network, other */
#define SDIO_WLAN  "0x07"

/* --- files ------------------------------------------------------------------------ */

__attribute__((format(printf, 2, 3)))
static bool exists(const char *root, const char *fmt, ...)
{
	char path[PATH_LEN];
	va_list args;
	int n = snprintf(path, sizeof(path), "%s", root);

	va_start(args, fmt);
	vsnprintf(path + n, sizeof(path) - (size_t)n, fmt, args);
	va_end(args);
	return !access(path, F_OK);
}

/* The first line of a file; "" if it cannot be read.  What a plug calls itself may be
 * anything: what is not plain becomes '?'. */
__attribute__((format(printf, 4, 5)))
static bool read_line(char *out, size_t size, const char *root, const char *fmt, ...)
{
	char path[PATH_LEN];
	va_list args;
	int n = snprintf(path, sizeof(path), "%s", root);
	FILE *f;

	va_start(args, fmt);
	vsnprintf(path + n, sizeof(path) - (size_t)n, fmt, args);
	va_end(args);
	out[0] = 0;
	f = fopen(path, "re");
	if (!f)
		return false;
	if (!fgets(out, (int)size, f))
		out[0] = 0;
	fclose(f);
	out[strcspn(out, "\n")] = 0;
	for (char *c = out; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return *out;
}

/* The last part of where a link points to; "" if there is none. */
__attribute__((format(printf, 3, 4)))
static bool read_link(char out[DOCTOR_NAME_LEN], const char *root, const char *fmt, ...)
{
	char path[PATH_LEN], target[PATH_LEN];
	const char *slash;
	va_list args;
	ssize_t len;
	int n = snprintf(path, sizeof(path), "%s", root);

	va_start(args, fmt);
	vsnprintf(path + n, sizeof(path) - (size_t)n, fmt, args);
	va_end(args);
	out[0] = 0;
	len = readlink(path, target, sizeof(target) - 1);
	if (len <= 0)
		return false;
	target[len] = 0;
	slash = strrchr(target, '/');
	snprintf(out, DOCTOR_NAME_LEN, "%.*s", DOCTOR_NAME_LEN - 1, slash ? slash + 1 : target);
	return *out;
}

/* Names in a folder, sorted: what is found must not depend on the file system. */
static int list_folder(const char *root, const char *path, struct dirent ***names)
{
	char full[PATH_LEN];
	int n;

	snprintf(full, sizeof(full), "%s%s", root, path);
	n = scandir(full, names, NULL, alphasort);
	if (n < 0) {
		*names = NULL;
		return 0;
	}
	return n;
}

static void free_names(struct dirent **names, int n)
{
	for (int i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

/* Calls each(f, root, name) for what is in the folder, hidden names left out. */
static void for_each_name(struct doctor_facts *f, const char *root, const char *path,
			  void (*each)(struct doctor_facts *f, const char *root, const char *name))
{
	struct dirent **names;
	int n = list_folder(root, path, &names);

	for (int i = 0; i < n; i++)
		if (names[i]->d_name[0] != '.' && strlen(names[i]->d_name) < DOCTOR_NAME_LEN)
			each(f, root, names[i]->d_name);
	free_names(names, n);
}

/* --- devices ---------------------------------------------------------------------- */

/* "0x14c3" -> "14c3" */
static const char *bare(const char *hex)
{
	return hex[0] == '0' && hex[1] == 'x' ? hex + 2 : hex;
}

/* What a device below `path` is, as our table of chips writes it. */
static void read_id(char id[DOCTOR_NAME_LEN], const char *root, const char *path)
{
	char bus[DOCTOR_NAME_LEN], a[32], b[32], compatible[DOCTOR_NAME_LEN - 4];

	id[0] = 0;
	read_link(bus, root, "%s/subsystem", path);
	if (!strcmp(bus, "usb") && read_line(a, sizeof(a), root, "%s/../idVendor", path) &&
	    read_line(b, sizeof(b), root, "%s/../idProduct", path))
		snprintf(id, DOCTOR_NAME_LEN, "usb:%.8s:%.8s", a, b);
	else if ((!strcmp(bus, "pci") || !strcmp(bus, "sdio")) &&
		 read_line(a, sizeof(a), root, "%s/vendor", path) &&
		 read_line(b, sizeof(b), root, "%s/device", path))
		snprintf(id, DOCTOR_NAME_LEN, "%.8s:%.8s:%.8s", bus, bare(a), bare(b));
	else if (read_line(compatible, sizeof(compatible), root, "%s/of_node/compatible", path))
		snprintf(id, DOCTOR_NAME_LEN, "of:%s", compatible);
}

static void add_net(struct doctor_facts *f, const char *root, const char *name)
{
	char phy[DOCTOR_NAME_LEN], flags[32];

	if (!read_link(phy, root, "/sys/class/net/%s/phy80211", name))
		return;
	for (int i = 0; i < f->radios; i++) {
		struct doctor_radio *r = &f->radio[i];
		struct doctor_net *net;

		if (strcmp(r->phy, phy) || r->nets == DOCTOR_NETS_MAX)
			continue;
		net = &r->net[r->nets++];
		snprintf(net->name, sizeof(net->name), "%s", name);
		net->nl = -1;
		if (read_line(flags, sizeof(flags), root, "/sys/class/net/%s/flags", name))
			net->up = strtoul(flags, NULL, 16) & 1;		/* IFF_UP */
	}
}

static void add_radio(struct doctor_facts *f, const char *root, const char *name)
{
	struct doctor_radio *r = &f->radio[f->radios];
	char device[PATH_LEN];

	if (f->radios == DOCTOR_RADIOS_MAX)
		return;
	f->radios++;
	r->nl = -1;
	snprintf(r->phy, sizeof(r->phy), "%s", name);
	snprintf(device, sizeof(device), "/sys/class/ieee80211/%s/device", name);
	read_link(r->driver, root, "%s/driver", device);
	read_id(r->id, root, device);
	r->cfr = exists(root, "/sys/kernel/debug/ieee80211/%s/ath11k/enable_cfr", name);
}

static void add_idle(struct doctor_facts *f, const char *root, const char *bus, const char *address,
		     const char *id)
{
	const struct doctor_chip *chip = doctor_chip_find("", id);
	struct doctor_idle *i = &f->idle[f->idles];

	if (f->idles == DOCTOR_IDLE_MAX)
		return;
	f->idles++;
	snprintf(i->bus, sizeof(i->bus), "%s", bus);
	snprintf(i->address, sizeof(i->address), "%s", address);
	snprintf(i->id, sizeof(i->id), "%s", id);
	i->loaded = chip && *chip->module && exists(root, "/sys/module/%s", chip->module);
}

/* A device on a bus, if it is for WiFi and nobody serves it.  Its class tells on PCI
 * and SDIO; elsewhere only our table does. */
static void consider_idle(struct doctor_facts *f, const char *root, const char *bus, const char *name,
			  const char *class)
{
	char path[PATH_LEN], id[DOCTOR_NAME_LEN], have[32] = "";

	snprintf(path, sizeof(path), "/sys/bus/%s/devices/%s", bus, name);
	if (exists(root, "%s/driver", path))
		return;
	read_id(id, root, path);
	if (class)
		read_line(have, sizeof(have), root, "%s/class", path);
	if (class ? !strncmp(have, class, strlen(class)) : doctor_chip_find("", id) != NULL)
		add_idle(f, root, bus, name, id);
}

static void add_pci(struct doctor_facts *f, const char *root, const char *name)
{
	consider_idle(f, root, "pci", name, CLASS_WIFI);
}

static void add_sdio(struct doctor_facts *f, const char *root, const char *name)
{
	consider_idle(f, root, "sdio", name, SDIO_WLAN);
}

static void add_platform(struct doctor_facts *f, const char *root, const char *name)
{
	consider_idle(f, root, "platform", name, NULL);
}

static void add_serial(struct doctor_facts *f, const char *root, const char *name)
{
	struct doctor_serial *s = &f->serial[f->serials];
	const char *up = !strncmp(name, "ttyUSB", 6) ? "../.." : "..";	/* from the line to the plug */
	char vendor[8], product[8];

	if ((strncmp(name, "ttyUSB", 6) && strncmp(name, "ttyACM", 6)) || f->serials == DOCTOR_SERIAL_MAX)
		return;
	f->serials++;
	snprintf(s->device, sizeof(s->device), "/dev/%.*s", DOCTOR_NAME_LEN - 6, name);
	if (read_line(vendor, sizeof(vendor), root, "/sys/class/tty/%s/device/%s/idVendor", name, up) &&
	    read_line(product, sizeof(product), root, "/sys/class/tty/%s/device/%s/idProduct", name, up))
		snprintf(s->usb_id, sizeof(s->usb_id), "%.4s:%.4s", vendor, product);
	read_line(s->product, sizeof(s->product), root, "/sys/class/tty/%s/device/%s/product", name, up);
}

/* --- the system ------------------------------------------------------------------- */

static void add_process(struct doctor_facts *f, const char *root, const char *name)
{
	char comm[32];

	if (!f->daemon_pid && isdigit((unsigned char)*name) &&
	    read_line(comm, sizeof(comm), root, "/proc/%s/comm", name) && !strcmp(comm, "sixthd"))
		f->daemon_pid = atoi(name);
}

/* "... Direct firmware load for mediatek/x.bin failed with error -2" */
static void read_complaint(struct doctor_facts *f, char *line)
{
	static const char before[] = "Direct firmware load for ", after[] = " failed with error";
	char *name = strstr(line, before), *end;

	if (!name || f->firmwares == (int)(sizeof(f->firmware) / sizeof(*f->firmware)))
		return;
	name += sizeof(before) - 1;
	end = strstr(name, after);
	if (!end || end - name >= DOCTOR_NAME_LEN)
		return;
	*end = 0;
	for (int i = 0; i < f->firmwares; i++)
		if (!strcmp(f->firmware[i], name))
			return;
	snprintf(f->firmware[f->firmwares++], DOCTOR_NAME_LEN, "%.*s", DOCTOR_NAME_LEN - 1, name);
}

/* The kernel gives one message for each read; a file, as in tests, many lines. */
static void read_kernel_log(struct doctor_facts *f, const char *root)
{
	char path[PATH_LEN], text[8192 + 1], *line, *rest;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%s/dev/kmsg", root);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	while ((len = read(fd, text, sizeof(text) - 1)) > 0 || (len < 0 && errno == EPIPE)) {
		if (len < 0)
			continue;	/* it was overwritten while we read */
		text[len] = 0;
		rest = text;
		while ((line = strsep(&rest, "\n")))
			read_complaint(f, line);
	}
	close(fd);
}

static bool have_admin(const char *root)
{
	char path[PATH_LEN], line[128];
	unsigned long long caps = 0;
	FILE *status;

	snprintf(path, sizeof(path), "%s/proc/self/status", root);
	status = fopen(path, "re");
	while (status && fgets(line, sizeof(line), status))
		if (sscanf(line, "CapEff: %llx", &caps) == 1)
			break;
	if (status)
		fclose(status);
	return caps >> CAP_NET_ADMIN & 1;
}

/* "sk Eth Pid ...": a line for each socket; the kernel's own have no port.  Drivers' own
 * protocols are those that the kernel has no name for. */
static int find_raw_netlink(const char *root)
{
	char path[PATH_LEN], line[256];
	int protocol, port, highest = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/proc/net/netlink", root);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%*s %d %d", &protocol, &port) == 2 && !port && protocol >= 23 && protocol > highest)
			highest = protocol;
	if (f)
		fclose(f);
	return highest;
}

static void read_system(struct doctor_facts *f, const char *root)
{
	char release[DOCTOR_NAME_LEN];
	struct utsname u;

	if (f->machine && !uname(&u))
		snprintf(f->system, sizeof(f->system), "%.60s %.60s %.60s", u.sysname, u.release, u.machine);
	else if (read_line(release, sizeof(release), root, "/proc/sys/kernel/osrelease"))
		snprintf(f->system, sizeof(f->system), "Linux %s", release);
	f->admin = have_admin(root);
	f->cfg80211 = exists(root, "/sys/class/ieee80211");
	f->debugfs = exists(root, "/sys/kernel/debug/ieee80211");
	f->connector = exists(root, "/proc/net/connector");
	f->connector_log = exists(root, "/sys/module/iwlwifi/parameters/connector_log");
	f->csi_dev = exists(root, "/dev/CSI_dev");
	f->side_ch = exists(root, "/sys/module/side_ch");
	f->raw_netlink = find_raw_netlink(root);
}

/* --- nl80211 ---------------------------------------------------------------------- */

/* Finds again what it tells among the radios of /sys; what is only there is added. */
static void join_wifi(struct doctor_facts *f)
{
	for (int p = 0; p < f->wifi.phys; p++) {
		const struct wifi_phy *phy = &f->wifi.phy[p];
		struct doctor_radio *r = f->radio;

		while (r < f->radio + f->radios && strcmp(r->phy, phy->name))
			r++;
		if (r == f->radio + DOCTOR_RADIOS_MAX)
			continue;
		if (r == f->radio + f->radios) {
			f->radios++;
			snprintf(r->phy, sizeof(r->phy), "%s", phy->name);
		}
		r->nl = p;
		for (int n = 0; n < r->nets; n++)
			for (int i = 0; i < f->wifi.interfaces; i++)
				if (!strcmp(f->wifi.interface[i].nl.name, r->net[n].name))
					r->net[n].nl = i;
	}
}

void doctor_facts_read(struct doctor_facts *f, const char *root)
{
	memset(f, 0, sizeof(*f));
	f->machine = !*root;
	read_system(f, root);
	for_each_name(f, root, "/sys/class/ieee80211", add_radio);
	for_each_name(f, root, "/sys/class/net", add_net);
	for_each_name(f, root, "/sys/bus/pci/devices", add_pci);
	for_each_name(f, root, "/sys/bus/sdio/devices", add_sdio);
	for_each_name(f, root, "/sys/bus/platform/devices", add_platform);
	for_each_name(f, root, "/sys/class/tty", add_serial);
	for_each_name(f, root, "/proc", add_process);
	read_kernel_log(f, root);
	if (!f->machine) {
		f->wifi_error = -ENODATA;
		snprintf(f->wifi_why, sizeof(f->wifi_why), "a tree of files has no nl80211 to ask");
		return;
	}
	f->wifi_error = wifi_facts_read(&f->wifi, f->wifi_why, sizeof(f->wifi_why));
	join_wifi(f);
}
