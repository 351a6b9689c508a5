/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * tree.h -- a folder with files and links below it, as /sys is; gone when the test ends. */
#ifndef TESTS_SUPPORT_TREE_H
#define TESTS_SUPPORT_TREE_H

/* Makes an empty one and forgets the one before.  Returns its path. */
const char *tree_begin(void);

/* A file with this text; folders on the way are made.  Abort if that is not possible. */
void tree_file(const char *path, const char *text);
void tree_link(const char *path, const char *target);

#endif
