/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * overheard.h -- what is logged during a test. */
#ifndef TESTS_SUPPORT_OVERHEARD_H
#define TESTS_SUPPORT_OVERHEARD_H

#include <stdbool.h>

/* What is written on stderr from here to said(). */
void listen_to_log(void);

/* Whether a line had this in it, "": nothing was said at all; ends the listening. */
bool said(const char *text);

#endif
