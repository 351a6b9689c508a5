/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/nl80211.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "daemon/formats/nlattr.h"
#include "daemon/loop.h"
#include "daemon/netlink.h"
#include "tests/support/mock_nl80211.h"

#define FAMILY 30
#define MAC    "\x02\x11\x22\x33\x44\x55"

/* What is being answered. */
struct answer {
	struct mock_nl80211 *m;
	struct nlmsghdr request;
	_Alignas(struct nlmsghdr) uint8_t bytes[65536];
	uint8_t *at;
	struct nlmsghdr *head;
};

void mock_attr(uint8_t **at, int type, const void *p, size_t len)
{
	struct nlattr a = { (uint16_t)(sizeof(a) + len), (uint16_t)type };

	memcpy(*at, &a, sizeof(a));
	if (len)
		memcpy(*at + sizeof(a), p, len);
	memset(*at + sizeof(a) + len, 0, 3);
	*at += NLA_ALIGN(sizeof(a) + len);
}

static void put_u8(uint8_t **at, int type, uint8_t v)
{
	mock_attr(at, type, &v, sizeof(v));
}

static void put_u16(uint8_t **at, int type, uint16_t v)
{
	mock_attr(at, type, &v, sizeof(v));
}

static void put_u32(uint8_t **at, int type, uint32_t v)
{
	mock_attr(at, type, &v, sizeof(v));
}

static uint8_t *nest(uint8_t **at, int type)
{
	uint8_t *start = *at;

	mock_attr(at, type | NLA_F_NESTED, NULL, 0);
	return start;
}

static void nest_end(uint8_t **at, uint8_t *start)
{
	uint16_t len = (uint16_t)(*at - start);

	memcpy(start, &len, sizeof(len));
}

/* --- messages ----------------------------------------------------------------------- */

static void begin(struct answer *a, uint16_t type, uint16_t flags)
{
	a->head = (struct nlmsghdr *)(void *)a->at;
	*a->head = (struct nlmsghdr){ .nlmsg_type = type, .nlmsg_flags = flags, .nlmsg_seq = a->request.nlmsg_seq };
	a->at += NLMSG_HDRLEN;
}

static void begin_command(struct answer *a, uint16_t type, uint8_t command, uint16_t flags)
{
	struct genlmsghdr g = { .cmd = command };

	begin(a, type, flags);
	memcpy(a->at, &g, sizeof(g));
	a->at += GENL_HDRLEN;
}

static void end(struct answer *a)
{
	a->head->nlmsg_len = (uint32_t)(a->at - (uint8_t *)a->head);
}

static void send_to(struct mock_nl80211 *m, uint32_t port, const void *p, size_t len)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_pid = port };

	if (sendto(m->fd, p, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0 && errno != ECONNREFUSED)
		perror("mock_nl80211: send");
}

static void finish(struct answer *a)
{
	send_to(a->m, a->request.nlmsg_pid, a->bytes, (size_t)(a->at - a->bytes));
	a->at = a->bytes;
}

static void acknowledge(struct answer *a, int err)
{
	struct nlmsgerr e = { .error = err, .msg = a->request };

	begin(a, NLMSG_ERROR, NLM_F_CAPPED);
	memcpy(a->at, &e, sizeof(e));
	a->at += sizeof(e);
	end(a);
	finish(a);
}

static void end_dump(struct answer *a, int err)
{
	begin(a, NLMSG_DONE, NLM_F_MULTI);
	memcpy(a->at, &err, sizeof(err));
	a->at += sizeof(err);
	end(a);
	finish(a);
}

/* --- what is asked ------------------------------------------------------------------ */

static void on_family(struct answer *a)
{
	uint8_t *groups, *group;

	begin_command(a, GENL_ID_CTRL, CTRL_CMD_NEWFAMILY, 0);
	put_u16(&a->at, CTRL_ATTR_FAMILY_ID, FAMILY);
	groups = nest(&a->at, CTRL_ATTR_MCAST_GROUPS);
	group = nest(&a->at, 1);
	mock_attr(&a->at, CTRL_ATTR_MCAST_GRP_NAME, "mlme", 5);
	put_u32(&a->at, CTRL_ATTR_MCAST_GRP_ID, 7);
	nest_end(&a->at, group);
	nest_end(&a->at, groups);
	end(a);
	acknowledge(a, 0);
}

static void on_interface(struct answer *a)
{
	if (atomic_load(&a->m->no_interface)) {
		acknowledge(a, -ENODEV);
		return;
	}
	begin_command(a, FAMILY, NL80211_CMD_NEW_INTERFACE, 0);
	put_u32(&a->at, NL80211_ATTR_IFINDEX, if_nametoindex("lo"));
	put_u32(&a->at, NL80211_ATTR_WIPHY, 3);
	put_u32(&a->at, NL80211_ATTR_IFTYPE, NL80211_IFTYPE_AP);
	put_u32(&a->at, NL80211_ATTR_WIPHY_FREQ, MOCK_FREQ);
	put_u32(&a->at, NL80211_ATTR_CHANNEL_WIDTH, NL80211_CHAN_WIDTH_20);
	end(a);
	acknowledge(a, 0);
}

static void on_wiphy(struct answer *a)
{
	uint32_t pair[2] = { atomic_load(&a->m->vendor), atomic_load(&a->m->command) };
	uint8_t *list;

	begin_command(a, FAMILY, NL80211_CMD_NEW_WIPHY, NLM_F_MULTI);
	put_u32(&a->at, NL80211_ATTR_WIPHY, 3);
	list = nest(&a->at, NL80211_ATTR_VENDOR_DATA);
	mock_attr(&a->at, 1, pair, sizeof(pair));
	nest_end(&a->at, list);
	list = nest(&a->at, NL80211_ATTR_SUPPORTED_COMMANDS);
	put_u32(&a->at, 1, NL80211_CMD_PROBE_CLIENT);
	nest_end(&a->at, list);
	end(a);
	end_dump(a, 0);
}

static void put_station_mac(struct answer *a, int i)
{
	uint8_t mac[6] = MOCK_STATION;

	mac[5] = (uint8_t)i;
	mock_attr(&a->at, NL80211_ATTR_MAC, mac, sizeof(mac));
}

static void on_stations(struct answer *a)
{
	for (int i = 0; i < atomic_load(&a->m->stations); i++) {
		begin_command(a, FAMILY, NL80211_CMD_NEW_STATION, NLM_F_MULTI);
		put_station_mac(a, i);
		end(a);
	}
	end_dump(a, 0);
}

/* 100 ms have passed since the last time. */
static void on_survey(struct answer *a)
{
	uint64_t busy_ms;
	uint8_t *info;

	a->m->time_ms += 100;
	a->m->busy_ms += (uint64_t)atomic_load(&a->m->busy_percent);
	busy_ms = a->m->busy_ms;
	begin_command(a, FAMILY, NL80211_CMD_NEW_SURVEY_RESULTS, NLM_F_MULTI);
	info = nest(&a->at, NL80211_ATTR_SURVEY_INFO);
	mock_attr(&a->at, NL80211_SURVEY_INFO_IN_USE, NULL, 0);
	mock_attr(&a->at, NL80211_SURVEY_INFO_TIME, &a->m->time_ms, sizeof(a->m->time_ms));
	mock_attr(&a->at, NL80211_SURVEY_INFO_TIME_BUSY, &busy_ms, sizeof(busy_ms));
	nest_end(&a->at, info);
	end(a);
	end_dump(a, 0);
}

/* The event comes from the radio, to whom it may concern: nobody asked for it. */
static void on_probe(struct answer *a, struct nl_attrs attrs)
{
	int acknowledges = atomic_load(&a->m->acknowledges), i = -1;
	struct nl_attr at;

	while (nl_attr_next(&attrs, &at))
		if (at.type == NL80211_ATTR_MAC && at.len == 6 && !memcmp(at.data, MOCK_STATION, 5))
			i = at.data[5];
	if (i < 0 || i >= atomic_load(&a->m->stations)) {
		acknowledge(a, -ENOLINK);
		return;
	}
	if (i < (int)(sizeof(a->m->probes) / sizeof(*a->m->probes)))
		atomic_fetch_add(&a->m->probes[i], 1);
	acknowledge(a, 0);
	if (acknowledges < 0)
		return;
	a->request.nlmsg_seq = 0;
	begin_command(a, FAMILY, NL80211_CMD_PROBE_CLIENT, 0);
	put_u32(&a->at, NL80211_ATTR_IFINDEX, if_nametoindex("lo"));
	put_station_mac(a, i);
	if (acknowledges)
		mock_attr(&a->at, NL80211_ATTR_ACK, NULL, 0);
	end(a);
	finish(a);
}

static void put_values(struct answer *a, int type, int of)
{
	uint8_t *values = nest(&a->at, type);

	for (int i = 0; i < MOCK_TONES; i++)
		put_u16(&a->at, i, (uint16_t)(of + i));
	nest_end(&a->at, values);
}

/* Number of each attribute from NUM on, in numbering A one less. */
static void put_record(struct answer *a, unsigned i, int numbering)
{
	int data_type = numbering == 'a' ? 9 : numbering == 'b' ? 10 : 8, shift = numbering != 'a';
	uint8_t *vendor, *data, *mac;

	begin_command(a, FAMILY, NL80211_CMD_VENDOR, NLM_F_MULTI);
	vendor = nest(&a->at, NL80211_ATTR_VENDOR_DATA);
	data = nest(&a->at, data_type);
	put_u8(&a->at, 2, 1);
	put_u32(&a->at, 3, a->m->queue[i].time_us);
	put_u8(&a->at, 4, (uint8_t)-50);
	put_u8(&a->at, 6, 0);
	put_u8(&a->at, 7, 0);
	mac = nest(&a->at, 8);
	for (int k = 0; k < 6; k++)
		put_u8(&a->at, k, (uint8_t)MAC[k]);
	nest_end(&a->at, mac);
	if (shift)
		put_u32(&a->at, 9, MOCK_TONES);
	put_values(a, 9 + shift, 1);
	put_values(a, 10 + shift, 1000 * (1 + a->m->queue[i].rx));
	put_u16(&a->at, 16 + shift, a->m->queue[i].tx);
	put_u16(&a->at, 17 + shift, a->m->queue[i].rx);
	put_u8(&a->at, 18 + shift, 2);
	nest_end(&a->at, data);
	nest_end(&a->at, vendor);
	end(a);
}

/* Answers that no driver gives. */
static void put_odd(struct answer *a)
{
	uint8_t *vendor;

	begin_command(a, FAMILY, NL80211_CMD_VENDOR, NLM_F_MULTI);	/* nothing */
	end(a);
	begin_command(a, FAMILY, NL80211_CMD_VENDOR, NLM_F_MULTI);	/* an attribute longer than all */
	vendor = nest(&a->at, NL80211_ATTR_VENDOR_DATA);
	nest_end(&a->at, vendor);
	vendor[0] = 0xff;
	end(a);
	begin_command(a, FAMILY, NL80211_CMD_VENDOR, NLM_F_MULTI);	/* data without any */
	vendor = nest(&a->at, NL80211_ATTR_VENDOR_DATA);
	nest(&a->at, 10);
	nest_end(&a->at, vendor);
	end(a);
	begin_command(a, FAMILY + 1, NL80211_CMD_VENDOR, NLM_F_MULTI);	/* another family */
	end(a);
}

/* Puts what is due into the queue; the lock is held. */
static void measure(struct mock_nl80211 *m)
{
	uint64_t passed_us = loop_now_us() - m->air_begun_us;

	for (; m->aired < m->air_packets && m->aired * (uint64_t)m->air_gap_us <= passed_us; m->aired++) {
		for (uint16_t rx = 0; rx < 2 && m->queued < MOCK_QUEUE; rx++) {
			m->queue[m->queued].time_us = m->air_stamp + m->aired * m->air_gap_us;
			m->queue[m->queued].rx = rx;
			m->queue[m->queued++].tx = 0;
		}
		m->lost_on_air = m->lost;
	}
}

static void take(struct mock_nl80211 *m)
{
	m->queued--;
	memmove(m->queue, m->queue + 1, m->queued * sizeof(*m->queue));
}

static void on_dump(struct answer *a, unsigned wanted)
{
	struct mock_nl80211 *m = a->m;
	int numbering = atomic_load(&m->numbering);

	atomic_fetch_add(&m->dumps, 1);
	pthread_mutex_lock(&m->lock);
	measure(m);
	if (atomic_load(&m->odd_answers))
		put_odd(a);
	for (unsigned i = 0; i <= wanted && i < MOCK_ROOM && m->queued; i++) {
		if (m->queued > 1)
			put_record(a, 0, numbering);
		else
			m->lost++;
		take(m);
	}
	pthread_mutex_unlock(&m->lock);
	if (atomic_load(&m->cut_dumps) && a->at > a->bytes) {
		atomic_fetch_sub(&m->cut_dumps, 1);
		finish(a);
		return;
	}
	end_dump(a, atomic_load(&m->refuse_dump));
}

/* The number of records wanted; -1 if its attribute is where the driver has another. */
static int wanted_records(struct mock_nl80211 *m, struct nl_attrs vendor)
{
	int numbering = atomic_load(&m->numbering), right = numbering == 'a' ? 8 : numbering == 'b' ? 9 : 7;
	int wanted = -1;
	struct nl_attr at;
	uint32_t v;

	while (nl_attr_next(&vendor, &at))
		if (at.len == 2) {
			nl_attr_number(&at, nl_host_big_endian(), &v);
			wanted = at.type == right ? (int)v : -1;
		}
	return wanted;
}

static void on_control(struct mock_nl80211 *m, struct nl_attrs vendor)
{
	struct nl_attrs config;
	struct nl_attr at, one;
	uint32_t mode = 99, type = 99, v;

	while (nl_attr_next(&vendor, &at)) {
		config = nl_attr_inside(&at, nl_host_big_endian());
		while (at.type == 1 && nl_attr_next(&config, &one)) {
			nl_attr_number(&one, nl_host_big_endian(), &v);
			mode = one.type == 2 ? v : mode;
			type = one.type == 3 ? v : type;
		}
	}
	atomic_fetch_add(mode == 0 ? &m->stops : mode == 1 ? &m->starts : &m->sets, 1);
	if (mode == 2 && type == 8)
		atomic_fetch_add(&m->stations_added, 1);
	pthread_mutex_lock(&m->lock);
	if (mode == 0)
		m->queued = 0;
	pthread_mutex_unlock(&m->lock);
}

static void on_vendor(struct answer *a, struct nl_attrs attrs)
{
	struct mock_nl80211 *m = a->m;
	struct nl_attrs vendor = { NULL, 0, nl_host_big_endian(), false };
	struct nl_attr at;
	int err = atomic_load(&m->refuse), wanted;

	while (nl_attr_next(&attrs, &at))
		if (at.type == NL80211_ATTR_VENDOR_DATA)
			vendor = nl_attr_inside(&at, nl_host_big_endian());
	if ((a->request.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP) {
		wanted = wanted_records(m, vendor);
		if (err || wanted < 0)
			end_dump(a, err ? err : -EINVAL);
		else
			on_dump(a, (unsigned)wanted);
		return;
	}
	if (!err && vendor.len)
		on_control(m, vendor);
	if (!err && !vendor.len) {
		atomic_store(&m->listener, a->request.nlmsg_pid);
		atomic_fetch_add(&m->registrations, 1);
	}
	acknowledge(a, err);
}

static void answer(struct mock_nl80211 *m, const uint8_t *p, size_t len)
{
	static struct answer a;		/* the thread's own */
	struct nl_attrs attrs;

	memcpy(&a.request, p, sizeof(a.request));
	a.m = m;
	a.at = a.bytes;
	if (len < NLMSG_HDRLEN + GENL_HDRLEN)
		return;
	attrs = (struct nl_attrs){ p + NLMSG_HDRLEN + GENL_HDRLEN, len - NLMSG_HDRLEN - GENL_HDRLEN,
				   nl_host_big_endian(), false };
	if (a.request.nlmsg_type == GENL_ID_CTRL)
		on_family(&a);
	else if (p[NLMSG_HDRLEN] == NL80211_CMD_GET_INTERFACE)
		on_interface(&a);
	else if (p[NLMSG_HDRLEN] == NL80211_CMD_GET_WIPHY)
		on_wiphy(&a);
	else if (p[NLMSG_HDRLEN] == NL80211_CMD_GET_STATION)
		on_stations(&a);
	else if (p[NLMSG_HDRLEN] == NL80211_CMD_GET_SURVEY)
		on_survey(&a);
	else if (p[NLMSG_HDRLEN] == NL80211_CMD_PROBE_CLIENT)
		on_probe(&a, attrs);
	else if (p[NLMSG_HDRLEN] == NL80211_CMD_VENDOR)
		on_vendor(&a, attrs);
	else
		acknowledge(&a, -EOPNOTSUPP);
}

static void *serve(void *arg)
{
	struct mock_nl80211 *m = arg;
	_Alignas(struct nlmsghdr) uint8_t bytes[8192];

	while (!atomic_load(&m->end)) {
		struct pollfd p = { .fd = m->fd, .events = POLLIN };
		ssize_t got = poll(&p, 1, 50) > 0 ? recv(m->fd, bytes, sizeof(bytes), 0) : 0;

		if (got >= (ssize_t)NLMSG_HDRLEN)
			answer(m, bytes, (size_t)got);
	}
	return NULL;
}

/* --- the test's side ---------------------------------------------------------------- */

void mock_start(struct mock_nl80211 *m)
{
	struct sockaddr_nl me = { .nl_family = AF_NETLINK };
	socklen_t len = sizeof(me);

	memset(m, 0, sizeof(*m));
	atomic_store(&m->numbering, 'b');
	atomic_store(&m->vendor, 0x0ce7);
	atomic_store(&m->command, 0xc2);
	atomic_store(&m->acknowledges, 1);
	pthread_mutex_init(&m->lock, NULL);
	m->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_USERSOCK);
	if (m->fd < 0 || bind(m->fd, (struct sockaddr *)&me, sizeof(me)) < 0 ||
	    getsockname(m->fd, (struct sockaddr *)&me, &len) < 0) {
		perror("mock_nl80211: no netlink socket");
		abort();
	}
	m->port = me.nl_pid;
	if (pthread_create(&m->thread, NULL, serve, m)) {
		perror("mock_nl80211: no thread");
		abort();
	}
	netlink_redirect(NETLINK_USERSOCK, m->port);
}

void mock_stop(struct mock_nl80211 *m)
{
	netlink_redirect(-1, 0);
	atomic_store(&m->end, true);
	pthread_join(m->thread, NULL);
	close(m->fd);
	pthread_mutex_destroy(&m->lock);
}

void mock_air(struct mock_nl80211 *m, unsigned packets, uint32_t gap_us, uint32_t stamp)
{
	pthread_mutex_lock(&m->lock);
	m->air_begun_us = loop_now_us();
	m->air_gap_us = gap_us;
	m->air_stamp = stamp;
	m->air_packets = packets;
	m->aired = 0;
	pthread_mutex_unlock(&m->lock);
}

unsigned mock_aired(struct mock_nl80211 *m)
{
	unsigned n;

	pthread_mutex_lock(&m->lock);
	measure(m);
	n = m->aired;
	pthread_mutex_unlock(&m->lock);
	return n;
}

void mock_event(struct mock_nl80211 *m, const void *data, size_t len)
{
	static struct answer a;

	a.m = m;
	a.at = a.bytes;
	memset(&a.request, 0, sizeof(a.request));
	begin_command(&a, FAMILY, NL80211_CMD_VENDOR, 0);
	put_u32(&a.at, NL80211_ATTR_VENDOR_ID, atomic_load(&m->vendor));
	put_u32(&a.at, NL80211_ATTR_VENDOR_SUBCMD, atomic_load(&m->command));
	mock_attr(&a.at, NL80211_ATTR_VENDOR_DATA | NLA_F_NESTED, data, len);
	end(&a);
	a.request.nlmsg_pid = atomic_load(&m->listener);
	finish(&a);
}
