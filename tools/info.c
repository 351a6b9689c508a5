/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * info.c -- `sixth info`: what is in a recording, one block a file. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "daemon/formats/recording.h"
#include "daemon/sequence.h"
#include "tools/command.h"

#define KINDS_MAX 32

/* Frames that look alike: one transmitter, channel, PHY and shape. */
struct kind {
	uint8_t  mac[6], phy, rx, tx;
	uint16_t freq_mhz, bandwidth_mhz, tones;
	uint32_t tones_hash;
	uint64_t packets, first_us, last_us;
	uint64_t lost;			/* by gaps in the sequence */
	bool     counts;		/* the sequence is known */
};

struct summary {
	struct kind kind[KINDS_MAX];
	int kinds;
	uint64_t packets, other;	/* other: of kinds beyond the table */
	uint64_t first_us, last_us;
	struct sequence sequence;
};

static bool same_kind(const struct kind *k, const struct csi_frame *f)
{
	return !memcmp(k->mac, f->tx_mac, 6) && k->phy == f->phy && k->rx == f->rx_count &&
	       k->tx == f->tx_count && k->freq_mhz == f->freq_mhz &&
	       k->bandwidth_mhz == f->bandwidth_mhz && k->tones_hash == f->tones->hash;
}

static struct kind *find_kind(struct summary *s, const struct csi_frame *f)
{
	struct kind *k = s->kind;

	for (; k < s->kind + s->kinds; k++)
		if (same_kind(k, f))
			return k;
	if (s->kinds == KINDS_MAX)
		return NULL;
	s->kinds++;
	*k = (struct kind){
		.phy = f->phy, .rx = f->rx_count, .tx = f->tx_count, .freq_mhz = f->freq_mhz,
		.bandwidth_mhz = f->bandwidth_mhz, .tones = f->tones->count,
		.tones_hash = f->tones->hash, .first_us = f->time_us,
	};
	memcpy(k->mac, f->tx_mac, 6);
	return k;
}

static void count(struct summary *s, const struct csi_frame *f)
{
	struct kind *k = find_kind(s, f);
	unsigned lost = sequence_lost(&s->sequence, f);

	if (!s->packets++)
		s->first_us = f->time_us;
	s->last_us = f->time_us;
	if (!k) {
		s->other++;
		return;
	}
	if (k->packets++)
		k->counts |= f->sequence != 0;
	k->lost += lost;
	k->last_us = f->time_us;
}

static const char *phy_name(uint8_t phy)
{
	static const char *const names[] = { "legacy", "HT", "VHT", "HE", "EHT", "NR" };

	return phy < sizeof(names) / sizeof(*names) ? names[phy] : "unknown PHY";
}

static double rate_hz(uint64_t packets, uint64_t first_us, uint64_t last_us)
{
	return last_us > first_us ? (double)(packets - 1) * 1e6 / (double)(last_us - first_us) : 0;
}

static void print_kind(const struct kind *k)
{
	printf("  link      %02x:%02x:%02x:%02x:%02x:%02x  %s %u MHz at %u MHz, chains %ux%u, tones %u, "
	       "%" PRIu64 " packets, %.1f/s", k->mac[0], k->mac[1], k->mac[2], k->mac[3], k->mac[4],
	       k->mac[5], phy_name(k->phy), k->bandwidth_mhz, k->freq_mhz, k->rx, k->tx, k->tones,
	       k->packets, rate_hz(k->packets, k->first_us, k->last_us));
	if (k->counts)
		printf(", loss %.1f %%", 100.0 * (double)k->lost / (double)(k->lost + k->packets));
	putchar('\n');
}

static void print_text(const char *name, const char *text)
{
	if (*text)
		printf("  %-9s %s\n", name, text);
}

static void print_damage(const struct recording *r)
{
	const struct stream_info *info = recording_info(r);

	if (info->damaged || info->dropped || info->torn_bytes)
		printf("  damage    %" PRIu64 " stretches skipped, %" PRIu64 " records dropped, %" PRIu64
		       " bytes torn off at the end (last: %s)\n", info->damaged, info->dropped,
		       info->torn_bytes, info->why ? info->why : "?");
	if (recording_damage(r))
		printf("  damage    %s; the recording ends there\n", recording_damage(r));
	if (recording_clock_resets(r))
		printf("  clock     went back %" PRIu64 " times\n", recording_clock_resets(r));
}

static void print_summary(const struct recording *r, const struct summary *s, const char *path)
{
	const struct stream_info *info = recording_info(r);
	uint64_t lost = 0, known = 0;

	for (int i = 0; i < s->kinds; i++)
		if (s->kind[i].counts) {
			lost += s->kind[i].lost;
			known += s->kind[i].packets;
		}
	printf("%s\n  format    %s\n", path, recording_format(r)->name);
	print_text("driver", info->driver);
	print_text("device", info->device);
	print_text("origin", info->origin);
	print_text("room", info->room);
	print_text("note", info->note);
	printf("  packets   %" PRIu64 "\n  seconds   %.1f\n  rate      %.1f/s\n", s->packets,
	       (double)(s->last_us - s->first_us) / 1e6, rate_hz(s->packets, s->first_us, s->last_us));
	if (known)
		printf("  loss      %.1f %%\n", 100.0 * (double)lost / (double)(lost + known));
	else
		printf("  loss      unknown (packets are not numbered)\n");
	for (int i = 0; i < s->kinds; i++)
		print_kind(&s->kind[i]);
	if (s->other)
		printf("  links     %" PRIu64 " packets of more than %d kinds\n", s->other, KINDS_MAX);
	print_damage(r);
}

static int info_file(const char *path)
{
	char error[RECORDING_ERROR_LEN];
	struct summary s = { .kinds = 0 };
	const struct csi_frame *f;
	struct recording *r;
	int got;

	if (recording_open(&r, path, error) < 0)
		return failed("info", "%s", error);
	while ((got = recording_frame(r, &f, error)) == 1)
		count(&s, f);
	if (got == 0)
		print_summary(r, &s, path);
	recording_close(r);
	return got < 0 ? failed("info", "%s", error) : EXIT_DONE;
}

static int info_run(int argc, char **argv)
{
	extern const struct command command_info;
	int code = EXIT_DONE;

	if (argc < 2)
		return wrong_usage(&command_info, "a file is needed");
	for (int i = 1; i < argc; i++)
		if (info_file(argv[i]) != EXIT_DONE)
			code = EXIT_FAILED;
	return code;
}

const struct command command_info = {
	.name  = "info",
	.usage = "FILE...",
	.help  = "tells what is in recordings: format, packets, rate, loss, chains, tones, channels",
	.files_only = true,
	.run   = info_run,
};
