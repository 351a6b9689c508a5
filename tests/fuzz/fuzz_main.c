/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_main.c -- runs a fuzzer where there is no libFuzzer: every file given, or in a
 * folder given, as it is, and COUNT changed copies of each.  The same on every run.
 *
 *      fuzz_NAME [-n COUNT] FILE-OR-FOLDER...
 *
 * With WITH_LIBFUZZER nothing of this is compiled: libFuzzer has its own main(). */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "tests/fuzz/fuzz.h"

#ifndef WITH_LIBFUZZER

#define INPUT_MAX (64 << 10)

static uint64_t seed;

/* xorshift64 (Marsaglia 2003) */
static uint32_t below(size_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return n ? (uint32_t)((seed >> 16) % n) : 0;
}

/* In memory of exactly its size, so that a sanitizer sees every byte too far. */
static void run(const uint8_t *p, size_t len)
{
	uint8_t *own = malloc(len ? len : 1);

	if (!own)
		abort();
	memcpy(own, p, len);
	LLVMFuzzerTestOneInput(own, len);
	free(own);
}

static const uint32_t interesting[] = {
	0, 1, 12, 13, 127, 128, 255, 256, 2048, 2049, 0x7fff, 0x8000, 0xffff, 0x10000, 1u << 21,
	(1u << 21) + 1, 0x7fffffff, 0x80000000u, 0xffffffffu, 0x7f800000, 0x7fc00000,
};

static void put_number(uint8_t *p, size_t len)
{
	uint32_t v = interesting[below(sizeof(interesting) / sizeof(*interesting))];
	size_t size = (size_t)1 << below(3);
	size_t at = below(len);

	for (size_t i = 0; i < size && at + i < len; i++)
		p[at + i] = (uint8_t)(v >> 8 * i);
}

static size_t change(uint8_t *p, size_t len)
{
	size_t a, b, n;

	if (!len)
		return 0;
	a = below(len);
	b = below(len);
	n = below(len - (a > b ? a : b));
	switch (below(6)) {
	case 0:
		p[a] ^= (uint8_t)(1u << below(8));
		break;
	case 1:
		p[a] = (uint8_t)below(256);
		break;
	case 2:
		return a;			/* cut */
	case 3:
		memmove(p + a, p + b, n);	/* copied elsewhere */
		break;
	case 4:					/* taken out */
		memmove(p + a, p + a + n, len - a - n);
		return len - n;
	default:
		put_number(p, len);
	}
	return len;
}

static int run_file(const char *path, long count)
{
	static uint8_t original[INPUT_MAX], copy[INPUT_MAX];
	FILE *f = fopen(path, "rb");
	size_t len;

	if (!f) {
		perror(path);
		return 1;
	}
	len = fread(original, 1, sizeof(original), f);
	fclose(f);
	run(original, len);
	seed = 0x9e3779b97f4a7c15u;
	for (long i = 0; i < count; i++) {
		size_t n = len;

		memcpy(copy, original, len);
		for (uint32_t k = 1 + below(6); k; k--)
			n = change(copy, n);
		run(copy, n);
	}
	return 0;
}

static int run_path(const char *path, long count)
{
	struct dirent **entry;
	struct stat st;
	int n, bad = 0;

	if (stat(path, &st) < 0) {
		perror(path);
		return 1;
	}
	if (!S_ISDIR(st.st_mode))
		return run_file(path, count);
	n = scandir(path, &entry, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		char file[4096];

		snprintf(file, sizeof(file), "%s/%s", path, entry[i]->d_name);
		if (entry[i]->d_name[0] != '.')
			bad |= run_file(file, count);
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	return bad || n < 3;		/* a folder without seeds proves nothing */
}

int main(int argc, char **argv)
{
	long count = 200;
	int bad = 0, i = 1;

	if (argc > 2 && !strcmp(argv[1], "-n")) {
		count = strtol(argv[2], NULL, 10);
		i = 3;
	}
	if (i == argc) {
		fprintf(stderr, "usage: %s [-n COUNT] FILE-OR-FOLDER...\n", argv[0]);
		return 2;
	}
	for (; i < argc; i++)
		bad |= run_path(argv[i], count);
	return bad;
}

#endif
