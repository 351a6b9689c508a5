/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_detect.c -- a file of unknown content: recognised, perhaps decompressed, read. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "daemon/formats/recording.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/feed.h"

#define FRAMES_MAX 100000	/* a small gzip file can hold very many */

static void read_frames(const char *path)
{
	char error[RECORDING_ERROR_LEN] = "";
	const struct csi_frame *f;
	struct recording *r;
	uint64_t last_us = 0;
	int got = 0;

	if (recording_open(&r, path, error) < 0) {
		if (!error[0])
			abort();
		return;
	}
	for (int n = 0; n < FRAMES_MAX && (got = recording_frame(r, &f, error)) == 1; n++) {
		if (f->time_us < last_us)
			abort();
		last_us = f->time_us;
	}
	if (got < 0 && !error[0])
		abort();
	recording_close(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct csi_format *format = csi_format_detect(data, size);
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	char path[64];

	if (format)
		feed_both(format, data, size, 1 + size % 97);
	if (fd < 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, data, size) == (ssize_t)size)
		read_frames(path);
	close(fd);
	return 0;
}
