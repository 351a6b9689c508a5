/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * exit.c -- ends the guest: its emulator exits with 2 * CODE + 1. */
#include <stdlib.h>
#include <sys/io.h>

int main(int argc, char **argv)
{
	if (argc != 2 || ioperm(0xf4, 1, 1))
		return 1;
	outb((unsigned char)atoi(argv[1]), 0xf4);
	return 0;
}
