/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DAEMON_VERSION_H
#define DAEMON_VERSION_H

#define SIXTH_VERSION "0.1.0"

#endif
