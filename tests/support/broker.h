/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * broker.h -- a real mosquitto for a test: a process of its own on a free port. */
#ifndef TESTS_SUPPORT_BROKER_H
#define TESTS_SUPPORT_BROKER_H

#include <stdbool.h>
#include <sys/types.h>

struct broker {
	pid_t pid;		/* 0: does not run */
	int   port;
	char  config[512];	/* path of its configuration */
};

/* False where mosquitto is not installed. */
bool broker_installed(void);

/* A port of 127.0.0.1 where nobody listens. */
int broker_free_port(void);

/* Starts it and waits until it accepts connections.  It remembers nothing of an
 * earlier life.  A port that is set already is kept.  `config` is added to its
 * configuration; NULL: anybody may do anything.  Aborts if it does not start. */
void broker_start(struct broker *b, const char *config);

/* Kills it, without a chance to say goodbye, stopped or not. */
void broker_kill(struct broker *b);

#endif
