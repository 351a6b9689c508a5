/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sounding_ask.h -- how stations are asked: by the radio, which sends them an empty frame
 * that they acknowledge, or by a packet that they answer.
 *
 * Nothing here decides whom or when; that is sounding_pace.h.  Nothing here waits. */
#ifndef DAEMON_SOUNDING_ASK_H
#define DAEMON_SOUNDING_ASK_H

#include "daemon/loop.h"
#include "daemon/wifi.h"

#define SOUNDING_ERROR_LEN 256

/* What comes back.  `yes` false: it is known that the station did not answer. */
struct sounding_answers {
	void (*answered)(void *owner, const uint8_t mac[6], bool yes);
	void *owner;
};

/* --- by the radio ------------------------------------------------------------------ */

struct sounding_radio;

/* Opens the radio of an interface.  0 or -errno, told in error.  Close with
 * sounding_radio_close(). */
int sounding_radio_open(struct sounding_radio **out, struct loop *l, const char *interface,
			const struct sounding_answers *a, char error[SOUNDING_ERROR_LEN]);
void sounding_radio_close(struct sounding_radio *r);	/* NULL is fine */

const struct wifi_interface *sounding_radio_interface(const struct sounding_radio *r);

/* True if it can send NL80211_CMD_PROBE_CLIENT: an access point whose driver has it. */
bool sounding_radio_probes(const struct sounding_radio *r);

/* Who is associated, at most max.  Their number or -errno. */
int sounding_radio_stations(struct sounding_radio *r, struct wifi_station *out, int max);

/* The channel's load since the last call, 0..1; NAN: the driver does not tell. */
float sounding_radio_load(struct sounding_radio *r);

/* Sends a QoS null frame; it answers with an acknowledgement.  0 or -errno. */
int sounding_radio_ask(struct sounding_radio *r, const uint8_t mac[6]);

/* --- by IP ------------------------------------------------------------------------- */

struct sounding_ip;

/* `interface` is the radio's, by its number; `through` true: others are reached through
 * its access point, so whoever is a neighbour there stands for that.  0 or -errno. */
int sounding_ip_open(struct sounding_ip **out, struct loop *l, uint32_t interface, bool through,
		     const struct sounding_answers *a, char error[SOUNDING_ERROR_LEN]);
void sounding_ip_close(struct sounding_ip *i);		/* NULL is fine */

/* Learns anew which IPv4 addresses the stations have.  0 or -errno. */
int sounding_ip_learn(struct sounding_ip *i);

/* Sends an ICMP echo request, or a unicast ARP request: whoever drops the first must
 * answer the second.  -ENOENT: its address is not known. */
int sounding_ip_ping(struct sounding_ip *i, const uint8_t mac[6]);
int sounding_ip_arp(struct sounding_ip *i, const uint8_t mac[6]);

/* Bytes of these, from the IP or ARP head on. */
#define SOUNDING_PING_BYTES 84
#define SOUNDING_ARP_BYTES  28

#endif
