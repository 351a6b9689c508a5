/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * slow_flash.c -- loaded before libc (LD_PRELOAD): each sync takes SLOW_FLASH_MS longer, as
 * it does on worn flash, so that what should have waited for one and did not is caught. */
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void be_slow(void)
{
	const char *text = getenv("SLOW_FLASH_MS");
	long ms = text ? atol(text) : 0;
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static int after_a_while(const char *name, int fd)
{
	int (*sync)(int);

	*(void **)&sync = dlsym(RTLD_NEXT, name);
	be_slow();
	return sync(fd);
}

int fsync(int fd)
{
	return after_a_while("fsync", fd);
}

int fdatasync(int fd)
{
	return after_a_while("fdatasync", fd);
}
