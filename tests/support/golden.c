/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/checksum.h"
#include "daemon/formats/recording.h"
#include "tests/support/golden.h"

#define COLUMNS_MAX 64

/* Splits a line at tabs, in place. */
static int split(char *line, char *field[COLUMNS_MAX])
{
	int n = 0;

	line[strcspn(line, "\r\n")] = '\0';
	for (char *p = line; p && n < COLUMNS_MAX; n++) {
		field[n] = p;
		p = strchr(p, '\t');
		if (p)
			*p++ = '\0';
	}
	return n;
}

/* Position of a column by its name; the last of that name. */
static int column(char *const field[], int n, const char *name)
{
	int at = -1;

	for (int i = 0; i < n; i++)
		if (!strcmp(field[i], name))
			at = i;
	return at;
}

static uint32_t checksum(const struct csi_record *r)
{
	int pairs = r->rx_count * r->tx_count;
	uint32_t crc = 0;

	for (int tone = 0; tone < r->tone_count; tone++)
		for (int pair = 0; pair < pairs; pair++) {
			int at = r->chain_major ? pair * r->tone_count + tone : tone * pairs + pair;
			const int32_t v[2] = { r->samples[at].re, r->samples[at].im };

			crc = checksum_int32(crc, v, 2);
		}
	return crc;
}

static int same(const char *text, uint64_t value, int base)
{
	return !strcmp(text, "-") || strtoull(text, NULL, base) == value;
}

static int compare(struct recording *r, FILE *table)
{
	char line[4096], error[RECORDING_ERROR_LEN], *field[COLUMNS_MAX];
	int n = fgets(line, sizeof(line), table) ? split(line, field) : 0;
	int t = column(field, n, "t"), nsc = column(field, n, "nsc"), crc = column(field, n, "crc32");
	const struct csi_record *record;
	int rows = 0;

	if (t < 0 || nsc < 0 || crc < 0) {
		fprintf(stderr, "the table lacks a column\n");
		return -1;
	}
	for (; fgets(line, sizeof(line), table); rows++) {
		if (split(line, field) != n || recording_record(r, &record, error) != 1 ||
		    !same(field[t], record->raw_time, 10) || !same(field[nsc], record->tone_count, 10) ||
		    !same(field[crc], checksum(record), 16)) {
			fprintf(stderr, "record %d differs\n", rows);
			return -1;
		}
	}
	return recording_record(r, &record, error) == 0 ? rows : -1;
}

int compare_golden(const char *recording, const char *table)
{
	char error[RECORDING_ERROR_LEN];
	struct recording *r;
	FILE *f = fopen(table, "r");
	int rows = -1;

	if (!f) {
		perror(table);
		return -1;
	}
	if (recording_open(&r, recording, error) < 0) {
		fprintf(stderr, "%s\n", error);
	} else {
		rows = compare(r, f);
		recording_close(r);
	}
	fclose(f);
	return rows;
}
