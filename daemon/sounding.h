/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sounding.h -- keeps the frames of a radio's stations coming.
 *
 * One for each source that measures what the stations of an interface send.  It learns
 * who is associated and how busy the channel is every 2 s, asks those whose frames are
 * missing (sounding_pace.h) by the best way there is (sounding_ask.h), and says what it
 * did.  Where the answers to the radio's empty frames are not measured, as some firmware
 * has it, it goes on with packets. */
#ifndef DAEMON_SOUNDING_H
#define DAEMON_SOUNDING_H

#include <stdbool.h>
#include <stdint.h>
#include "daemon/loop.h"
#include "daemon/sounding_ask.h"
#include "daemon/sounding_pace.h"

struct json;
struct sounding;

/* As the configuration names them; "off" is none at all. */
enum sounding_method { SOUNDING_AUTO, SOUNDING_FIRMWARE, SOUNDING_PROBE, SOUNDING_PING, SOUNDING_ARP, SOUNDING_OFF };

const char *sounding_method_name(int i);	/* NULL after the last */
enum sounding_method sounding_method_find(const char *name);	/* SOUNDING_OFF: not known */

struct sounding_options {
	const char *name;		/* of the source, for the log; static */
	const char *interface;		/* static */
	enum sounding_method method;
	float rate_hz, airtime;		/* as in sounding_pace.h */
	uint8_t wanted[PACE_STATIONS_MAX][6];
	int wanted_count;		/* 0: whoever is associated */
	/* Has the firmware ask (source.h); NULL: it cannot. */
	int (*firmware)(void *owner, const uint8_t (*mac)[6], int count, unsigned interval_ms);
	void *firmware_owner;
	double look_s;			/* between two looks; 0: as usual */
};

/* 0 or -errno, told in error.  It goes on alone; close with sounding_close(). */
int sounding_open(struct sounding **out, struct loop *l, const struct sounding_options *o,
		  char error[SOUNDING_ERROR_LEN]);
void sounding_close(struct sounding *s);	/* NULL is fine */

/* The source has delivered a frame of this transmitter. */
void sounding_heard(struct sounding *s, const uint8_t mac[6]);

/* True if there are stations, all of them sleep, and hardly a frame comes. */
bool sounding_asleep(const struct sounding *s);

/* What it does and did, as members of an object. */
void sounding_write(const struct sounding *s, struct json *j);

#endif
