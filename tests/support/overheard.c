/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tests/support/overheard.h"
#include "tests/support/scratch.h"

static int saved = -1;

void listen_to_log(void)
{
	int fd = open(scratch_path("stderr"), O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);

	saved = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

bool said(const char *text)
{
	size_t len;
	uint8_t *log;
	bool yes;

	dup2(saved, STDERR_FILENO);
	close(saved);
	log = scratch_read(scratch_path("stderr"), &len);
	yes = *text ? strstr((char *)log, text) != NULL : len == 0;
	if (!yes)
		fprintf(stderr, "log: %s\n", (char *)log);
	free(log);
	return yes;
}
