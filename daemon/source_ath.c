/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * source_ath.c -- radios of Qualcomm Atheros that give CSI in a file: ath9k with the
 * Atheros CSI Tool (/dev/CSI_dev) and ath11k (a relay channel below debugfs).
 *
 * Both are read by a passer (passer.h): one must be waited for, the other belongs to root.
 * The device gives a record with each read, the relay channel a stream. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "daemon/live.h"
#include "daemon/log.h"
#include "daemon/passer.h"

#define CSI_DEVICE "/dev/CSI_dev"
#define DEBUGFS    "/sys/kernel/debug/ieee80211"
#define PERIOD_MS  20			/* between two captures of a station; a multiple of 10 */
#define AT_ONCE    64			/* messages, before the loop has its turn again */

extern const struct csi_format format_ath9k_device, format_ath11k;

struct ath {
	struct passer passer;
	struct loop_io *io;
	struct live *live;
	struct passer_job job;
	bool stream, is_open;
	uint8_t message[1 + PASSER_BYTES_MAX];
};

/* --- what to read ------------------------------------------------------------------ */

static bool copy_path(char to[PASSER_PATH_LEN], const char *from)
{
	return snprintf(to, PASSER_PATH_LEN, "%s", from) < PASSER_PATH_LEN;
}

static int ath9k_job(const struct config_source *c, struct passer_job *job)
{
	memset(job, 0, sizeof(*job));
	return copy_path(job->path, *c->file ? c->file : CSI_DEVICE) ? 0 : -ENAMETOOLONG;
}

/* The name of the radio that an interface is on. */
static int find_phy(const char *interface, char phy[32])
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/net/%.32s/phy80211/name", interface);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	if (!fgets(phy, 32, f))
		phy[0] = 0;
	fclose(f);
	phy[strcspn(phy, "\n/")] = 0;
	return *phy ? 0 : -ENODEV;
}

/* A file alone is read as it is; for an interface the captures are switched on as well. */
static int ath11k_job(const struct config_source *c, struct passer_job *job)
{
	char phy[32];
	int err;

	memset(job, 0, sizeof(*job));
	if (*c->file)
		return copy_path(job->path, c->file) ? 0 : -ENAMETOOLONG;
	err = find_phy(c->interface, phy);
	if (err)
		return err;
	snprintf(job->path, sizeof(job->path), DEBUGFS "/%s/ath11k/cfr_capture0", phy);
	snprintf(job->on[0].path, sizeof(job->on[0].path), DEBUGFS "/%s/ath11k/enable_cfr", phy);
	snprintf(job->on[0].text, sizeof(job->on[0].text), "1");
	for (int i = 0; i < c->stations; i++) {
		const uint8_t *m = c->station[i];
		struct passer_switch *s = &job->on[1 + i];

		snprintf(s->path, sizeof(s->path), DEBUGFS "/%s/netdev:%.32s/stations/"
			 "%02x:%02x:%02x:%02x:%02x:%02x/cfr_capture", phy, c->interface,
			 m[0], m[1], m[2], m[3], m[4], m[5]);
		snprintf(s->text, sizeof(s->text), "1 0 %d 0", PERIOD_MS);
	}
	job->switches = 1 + c->stations;
	return 0;
}

static const char *ath9k_check(const struct config_source *c)
{
	return strlen(c->file) < PASSER_PATH_LEN ? NULL : "the path of `file` is too long";
}

static const char *ath11k_check(const struct config_source *c)
{
	if (strlen(c->file) >= PASSER_PATH_LEN)
		return "the path of `file` is too long";
	if (!*c->file && (!*c->interface || !c->stations))
		return "driver ath11k needs `interface = wlan0` and `stations = aa:bb:cc:dd:ee:ff ...`, "
		       "or `file = PATH` of a relay channel that is switched on already";
	return NULL;
}

/* --- what the passer says ---------------------------------------------------------- */

static void on_failed(struct source *s, int err)
{
	struct ath *a = s->priv;
	const char *hint = err == ENOENT ? ": is the driver loaded, and patched or built for it?" :
			   err == EACCES ? ": the daemon has to start as root for this file" : "";
	char said[sizeof(s->error)];

	snprintf(said, sizeof(said), "%.150s: %s%s", a->job.path, err ? strerror(err) : "it ended", hint);
	if (strcmp(s->error, said))
		log_error("source %s: %s; trying again", s->config->name, said);
	memcpy(s->error, said, sizeof(said));
	s->counts.dropped[SOURCE_DROP_REOPENED] += a->is_open;
	a->is_open = false;
	live_end(a->live);
	s->sink->state(s, REASON_SOURCE_DOWN);
}

static void on_switch(struct source *s, int err, int number)
{
	const struct ath *a = s->priv;

	if (number >= 0 && number < a->job.switches)
		log_warn("source %s: %s: %s%s", s->config->name, a->job.on[number].path, strerror(err),
			 number ? ": is the station associated?" : "");
}

static void on_message(struct source *s, const uint8_t *p, size_t len)
{
	struct ath *a = s->priv;
	int number[2] = { 0 };

	memcpy(number, p + 1, len - 1 < sizeof(number) ? len - 1 : sizeof(number));
	switch (p[0]) {
	case PASSER_DATA:
		if (!a->stream)
			live_message(a->live, p + 1, len - 1, loop_now_us());
		else if (live_bytes(a->live, p + 1, len - 1) < 0)
			log_debug("source %s: %s", s->config->name, s->error);
		break;
	case PASSER_OPENED:
		s->error[0] = 0;
		a->is_open = true;
		s->sink->state(s, REASON_NONE);
		break;
	case PASSER_FAILED:
		on_failed(s, number[0]);
		break;
	case PASSER_SWITCH:
		on_switch(s, number[0], number[1]);
		break;
	}
}

static void on_readable(void *owner)
{
	struct source *s = owner;
	struct ath *a = s->priv;

	for (int i = 0; i < AT_ONCE; i++) {
		ssize_t n = recv(a->passer.fd, a->message, sizeof(a->message), MSG_DONTWAIT);

		if (n > 0) {
			on_message(s, a->message, (size_t)n);
			continue;
		}
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		snprintf(s->error, sizeof(s->error), "the process that reads %.120s ended; if this does "
			 "not mend itself, start sixthd anew", a->job.path);
		loop_io_remove(a->io);
		a->io = NULL;
		s->sink->lost(s);
		return;
	}
}

/* --- life ------------------------------------------------------------------------- */

static void ath_close(struct source *s)
{
	struct ath *a = s->priv;

	if (!a)
		return;
	loop_io_remove(a->io);
	passer_end(&a->passer);
	live_close(a->live);
	free(a);
	s->priv = NULL;
}

static int open_with(struct source *s, int (*job)(const struct config_source *c, struct passer_job *job),
		     const struct csi_format *format, size_t window)
{
	struct ath *a = calloc(1, sizeof(*a));
	int err;

	s->priv = a;
	snprintf(s->origin, sizeof(s->origin), "live");
	if (!a)
		return -ENOMEM;
	a->passer.fd = a->passer.pid = -1;
	a->stream = window != 0;
	err = job(s->config, &a->job);
	if (err) {
		snprintf(s->error, sizeof(s->error), "interface %s: %s: is it a WiFi interface of this radio?",
			 s->config->interface, strerror(-err));
		return err;
	}
	err = live_open(&a->live, s, format, window);
	if (!err)
		err = passer_take(&a->passer, s->config, &a->job);
	if (err)
		return err;
	a->io = loop_io_add(s->loop, a->passer.fd, on_readable, s);
	return a->io ? 0 : -ENOMEM;
}

static int ath9k_open(struct source *s)
{
	return open_with(s, ath9k_job, &format_ath9k_device, 0);
}

static int ath11k_open(struct source *s)
{
	return open_with(s, ath11k_job, &format_ath11k, 2 * format_ath11k.record_max);
}

static int ath9k_prepare(const struct config_source *c)
{
	struct passer_job job;
	int err = ath9k_job(c, &job);

	return err ? err : passer_prepare(c, &job);
}

static int ath11k_prepare(const struct config_source *c)
{
	struct passer_job job;
	int err = ath11k_job(c, &job);

	return err ? err : passer_prepare(c, &job);
}

const struct source_driver source_ath9k = {
	.name    = "ath9k",
	.help    = "Atheros radios with the Atheros CSI Tool (file, else " CSI_DEVICE ")",
	.no_radio = true,		/* its passer has the rights */
	.check   = ath9k_check,
	.prepare = ath9k_prepare,
	.open    = ath9k_open,
	.close   = ath_close,
};

const struct source_driver source_ath11k = {
	.name    = "ath11k",
	.help    = "Qualcomm radios with CFR (interface and stations, or file)",
	.no_radio = true,		/* its passer has the rights */
	.check   = ath11k_check,
	.prepare = ath11k_prepare,
	.open    = ath11k_open,
	.close   = ath_close,
};
