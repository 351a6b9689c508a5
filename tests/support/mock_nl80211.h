/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mock_nl80211.h -- a thread that answers like the kernel's nl80211 with one radio, over
 * a netlink protocol that any process may use: for what a real kernel will not do on
 * demand.  (The VM of tests/vm has the real one.)
 *
 * It delivers as the driver does, with its faults: asked for N it gives N + 1, and the
 * last record of the queue is lost. */
#ifndef TESTS_SUPPORT_MOCK_NL80211_H
#define TESTS_SUPPORT_MOCK_NL80211_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#define MOCK_QUEUE   512
#define MOCK_TONES   64
#define MOCK_FREQ    5180
#define MOCK_ROOM    16		/* records that fit into one answer */
#define MOCK_STATION "\x02\x11\x22\x33\x44"

struct mock_nl80211 {
	int fd;
	uint32_t port;
	pthread_t thread;
	atomic_bool end;

	/* how it behaves; set any time */
	atomic_uint vendor, command;	/* that its driver has */
	atomic_int  numbering;		/* 'a', 'b' or 'c' */
	atomic_int  refuse;		/* -errno for every vendor command; 0: takes them */
	atomic_int  refuse_dump;	/* the same at the end of a dump */
	atomic_int  stations;		/* associated: MOCK_STATION with 0, 1, ... at its end */
	atomic_int  acknowledges;	/* -1: probes stay unanswered, 0: nobody does, 1: they do */
	atomic_int  busy_percent;	/* of the channel's time */
	atomic_int  cut_dumps;		/* so many more end without NLMSG_DONE */
	atomic_bool no_interface, odd_answers;	/* odd: data broken in many ways between good ones */

	/* what it was asked */
	atomic_uint starts, stops, sets, dumps, stations_added, registrations;
	atomic_uint probes[4];		/* of the first stations */
	atomic_uint listener;		/* port that registered last */

	uint64_t time_ms, busy_ms;	/* of the channel; the thread's own */
	pthread_mutex_t lock;		/* of the queue */
	struct { uint32_t time_us; uint16_t rx, tx; } queue[MOCK_QUEUE];
	unsigned queued, lost;

	/* packets on the air that two chains measure, see mock_air() */
	uint64_t air_begun_us;
	uint32_t air_gap_us, air_stamp;
	unsigned air_packets, aired, lost_on_air;	/* lost before the last came */
};

/* Starts it and points netlink.h at it; the interface is "lo", which every namespace
 * has. */
void mock_start(struct mock_nl80211 *m);
void mock_stop(struct mock_nl80211 *m);

/* From now on so many packets come, one each gap_us of real time, the first stamped so:
 * whenever the queue is looked at, those that are due are in it, however late we are. */
void mock_air(struct mock_nl80211 *m, unsigned packets, uint32_t gap_us, uint32_t stamp);

/* How many have come. */
unsigned mock_aired(struct mock_nl80211 *m);

/* A vendor event to the listener, with this VENDOR_DATA. */
void mock_event(struct mock_nl80211 *m, const void *data, size_t len);

/* Appends an attribute to a message that is put together at *at. */
void mock_attr(uint8_t **at, int type, const void *p, size_t len);

#endif
