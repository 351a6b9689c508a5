/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * broker.h -- which broker a subcommand speaks to: --broker or --config. */
#ifndef TOOLS_BROKER_H
#define TOOLS_BROKER_H

#include "daemon/config.h"

/* The broker as the configuration says, or that one with all else as by default; one of both paths is NULL.  An exit code;
 * what is wrong was said. */
int broker_config(const char *command, struct config *c, const char *config_path, const char *broker);

/* A name that hardly any other run has, on whatever machine: "sixth-COMMAND-" and six digits drawn at random, at most the 23
 * characters that each broker takes.  Ids of what else has to be one run's own begin with it. */
#define BROKER_CLIENT_ID 24
void broker_client_id(char id[BROKER_CLIENT_ID], const char *command);

#endif
