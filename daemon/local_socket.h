/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * local_socket.h -- a Unix socket that root, our own user and our group may use. */
#ifndef DAEMON_LOCAL_SOCKET_H
#define DAEMON_LOCAL_SOCKET_H

#include <stdbool.h>
#include <sys/types.h>

/* Listens at `path` (mode 0660, from the first moment on); a socket that an earlier life left
 * there is replaced, anything else is not.  The descriptor, close-on-exec and not blocking, or
 * -errno. */
int local_socket_listen(const char *path, int backlog);

/* Removes one that an earlier life left; nothing else of that name. */
void local_socket_remove(const char *path);

/* The next who connects, not blocking; -1: nobody. */
int local_socket_accept(int fd);

/* The kernel says who it is: root, our user, or in our group.  *uid is set in any case. */
bool local_socket_allows(int fd, uid_t *uid);

#endif
