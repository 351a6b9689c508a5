/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sounding_airtime.h -- how long a question and its answer keep the channel. */
#ifndef DAEMON_SOUNDING_AIRTIME_H
#define DAEMON_SOUNDING_AIRTIME_H

/* µs of a QoS null frame at the highest priority and its acknowledgement. */
unsigned airtime_probe_us(unsigned rate_kbps);

/* µs of a packet of so many bytes (from its IP or ARP head on) there, one like it back,
 * and both acknowledgements, at normal priority. */
unsigned airtime_packet_us(unsigned bytes, unsigned rate_kbps);

#endif
