/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sounding_ip.c -- asking stations by a packet that they answer: the answer is a frame
 * of theirs, with a preamble of today's kind, which every radio can measure.
 *
 * Which address a station has the kernel's table of neighbours tells.  The answer to a
 * ping counts if it carries our random number: nobody else on the network can answer for
 * a station.  ARP has no place for one; it is asked only where pings are dropped. */
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>
#include "daemon/formats/nlattr.h"
#include "daemon/netlink.h"
#include "daemon/sounding_ask.h"

#define NEIGHBOURS_MAX 128
#define BATCH          64	/* packets read at a time */
#define SOL_RAW_LEVEL  255
#define FILTER_OPTION  1	/* ICMP_FILTER */

struct neighbour {
	uint8_t  mac[6], ip[4];
	uint32_t interface;
};

struct ping {
	struct icmphdr head;
	uint8_t cookie[8];
	uint8_t rest[SOUNDING_PING_BYTES - sizeof(struct iphdr) - sizeof(struct icmphdr) - 8];
};

struct arp {
	uint16_t hardware, protocol;
	uint8_t  hardware_len, protocol_len;
	uint16_t operation;
	uint8_t  from_mac[6], from_ip[4], to_mac[6], to_ip[4];
};

_Static_assert(sizeof(struct ping) + sizeof(struct iphdr) == SOUNDING_PING_BYTES, "as it is counted");
_Static_assert(sizeof(struct arp) == SOUNDING_ARP_BYTES, "as it is on the wire");

struct sounding_ip {
	struct sounding_answers answers;
	struct netlink *route;
	int icmp, arp;
	struct loop_io *icmp_io, *arp_io;
	uint32_t interface;
	bool through;
	struct neighbour neighbour[NEIGHBOURS_MAX];
	int neighbours;
	struct ping ping;		/* as it goes out, all but number and checksum */
	uint8_t  asked[6];		/* through: who stands for the neighbour */
};

/* --- addresses ---------------------------------------------------------------------- */

static void on_neighbour(void *owner, const struct netlink_message *m)
{
	struct sounding_ip *i = owner;
	struct neighbour *n = &i->neighbour[i->neighbours];
	struct nl_attrs attrs = { m->payload + sizeof(struct ndmsg), m->len - sizeof(struct ndmsg),
				  nl_host_big_endian(), false };
	struct nl_attr attr;
	struct ndmsg head;
	int have = 0;

	if (m->type != RTM_NEWNEIGH || m->len < sizeof(head) || i->neighbours == NEIGHBOURS_MAX)
		return;
	memcpy(&head, m->payload, sizeof(head));
	if (head.ndm_family != AF_INET || head.ndm_state & (NUD_INCOMPLETE | NUD_FAILED | NUD_NOARP))
		return;
	while (nl_attr_next(&attrs, &attr)) {
		if (attr.type == NDA_DST && attr.len == 4) {
			memcpy(n->ip, attr.data, 4);
			have |= 1;
		} else if (attr.type == NDA_LLADDR && attr.len == 6) {
			memcpy(n->mac, attr.data, 6);
			have |= 2;
		}
	}
	n->interface = (uint32_t)head.ndm_ifindex;
	i->neighbours += have == 3;
}

int sounding_ip_learn(struct sounding_ip *i)
{
	const struct ndmsg all = { .ndm_family = AF_INET };
	struct netlink_request *q = netlink_raw_request(RTM_GETNEIGH, NLM_F_REQUEST | NLM_F_DUMP, &all, sizeof(all));
	int err;

	i->neighbours = 0;
	err = netlink_ask(i->route, q, on_neighbour, i, NULL);
	netlink_request_free(q);
	return err;
}

/* Of this station: a bridge's table has it under the bridge.  Through an access point
 * everybody on the interface will do. */
static const struct neighbour *find_mac(const struct sounding_ip *i, const uint8_t mac[6])
{
	for (int k = 0; k < i->neighbours; k++)
		if (!memcmp(i->neighbour[k].mac, mac, 6))
			return &i->neighbour[k];
	for (int k = 0; i->through && k < i->neighbours; k++)
		if (i->neighbour[k].interface == i->interface)
			return &i->neighbour[k];
	return NULL;
}

static const struct neighbour *find_ip(const struct sounding_ip *i, const void *ip)
{
	for (int k = 0; k < i->neighbours; k++)
		if (!memcmp(i->neighbour[k].ip, ip, 4))
			return &i->neighbour[k];
	return NULL;
}

static void answer(struct sounding_ip *i, const struct neighbour *n)
{
	if (n)
		i->answers.answered(i->answers.owner, i->through ? i->asked : n->mac, true);
}

/* --- ICMP --------------------------------------------------------------------------- */

/* RFC 1071 */
static uint16_t checksum(const void *p, size_t len)
{
	const uint8_t *b = p;
	uint32_t sum = 0;

	for (size_t k = 0; k + 1 < len; k += 2) {
		uint16_t word;

		memcpy(&word, b + k, 2);
		sum += word;
	}
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t)~(sum + (sum >> 16));
}

int sounding_ip_ping(struct sounding_ip *i, const uint8_t mac[6])
{
	const struct neighbour *n = find_mac(i, mac);
	struct sockaddr_in to = { .sin_family = AF_INET };
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
	} control = { .bytes = { 0 } };
	struct in_pktinfo out = { .ipi_ifindex = n ? (int)n->interface : 0 };
	struct iovec data = { &i->ping, sizeof(i->ping) };
	struct msghdr m = { .msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &data, .msg_iovlen = 1,
			    .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes) };

	if (!n)
		return -ENOENT;
	memcpy(&to.sin_addr, n->ip, 4);
	control.head.cmsg_level = IPPROTO_IP;
	control.head.cmsg_type = IP_PKTINFO;
	control.head.cmsg_len = CMSG_LEN(sizeof(out));
	memcpy(CMSG_DATA(&control.head), &out, sizeof(out));
	memcpy(i->asked, mac, 6);
	i->ping.head.un.echo.sequence++;
	i->ping.head.checksum = 0;
	i->ping.head.checksum = checksum(&i->ping, sizeof(i->ping));
	return sendmsg(i->icmp, &m, MSG_DONTWAIT) < 0 ? -errno : 0;
}

/* A raw socket gets the IP head, too, and answers to other people's questions. */
static void take_ping(struct sounding_ip *i, const uint8_t *p, size_t len)
{
	size_t head = len ? (size_t)(p[0] & 15) * 4 : 0;
	struct ping ping;

	if (head < sizeof(struct iphdr) || len < head + sizeof(ping))
		return;
	memcpy(&ping, p + head, sizeof(ping));
	if (ping.head.type == ICMP_ECHOREPLY && ping.head.un.echo.id == i->ping.head.un.echo.id &&
	    !memcmp(ping.cookie, i->ping.cookie, sizeof(ping.cookie)))
		answer(i, find_ip(i, p + offsetof(struct iphdr, saddr)));
}

static void on_icmp(void *owner)
{
	struct sounding_ip *i = owner;
	uint8_t packet[256];
	ssize_t len;

	for (int k = 0; k < BATCH && (len = recv(i->icmp, packet, sizeof(packet), MSG_DONTWAIT)) >= 0; k++)
		take_ping(i, packet, (size_t)len);
}

/* --- ARP ---------------------------------------------------------------------------- */

/* Our own addresses on an interface.  0 or -errno. */
static int own_addresses(const struct sounding_ip *i, uint32_t interface, struct arp *a)
{
	struct ifreq r = { .ifr_ifindex = 0 };

	if (!if_indextoname(interface, r.ifr_name))
		return -errno;
	if (ioctl(i->icmp, SIOCGIFADDR, &r) < 0)
		return -errno;
	memcpy(a->from_ip, &((struct sockaddr_in *)(void *)&r.ifr_addr)->sin_addr, 4);
	if (ioctl(i->icmp, SIOCGIFHWADDR, &r) < 0)
		return -errno;
	memcpy(a->from_mac, r.ifr_hwaddr.sa_data, 6);
	return 0;
}

int sounding_ip_arp(struct sounding_ip *i, const uint8_t mac[6])
{
	const struct neighbour *n = find_mac(i, mac);
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ARP), .sll_halen = 6 };
	struct arp a = {
		.hardware = htons(ARPHRD_ETHER), .protocol = htons(ETH_P_IP), .hardware_len = 6, .protocol_len = 4,
		.operation = htons(ARPOP_REQUEST),
	};
	int err;

	if (!n)
		return -ENOENT;
	if (i->arp < 0)
		return -EAFNOSUPPORT;
	err = own_addresses(i, n->interface, &a);
	if (err)
		return err;
	memcpy(a.to_ip, n->ip, 4);
	memcpy(to.sll_addr, n->mac, 6);
	to.sll_ifindex = (int)n->interface;
	memcpy(i->asked, mac, 6);
	return sendto(i->arp, &a, sizeof(a), MSG_DONTWAIT, (struct sockaddr *)&to, sizeof(to)) < 0 ? -errno : 0;
}

static void on_arp(void *owner)
{
	struct sounding_ip *i = owner;
	struct arp a;
	ssize_t len;

	for (int k = 0; k < BATCH && (len = recv(i->arp, &a, sizeof(a), MSG_DONTWAIT)) >= 0; k++) {
		const struct neighbour *n = len == sizeof(a) ? find_ip(i, a.from_ip) : NULL;

		if (n && a.operation == htons(ARPOP_REPLY) && !memcmp(n->mac, a.from_mac, 6))
			answer(i, n);
	}
}

/* --- opening ------------------------------------------------------------------------ */

static int open_sockets(struct sounding_ip *i, struct loop *l)
{
	const uint32_t others = ~(UINT32_C(1) << ICMP_ECHOREPLY);

	i->icmp = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMP);
	if (i->icmp < 0)
		return -errno;
	setsockopt(i->icmp, SOL_RAW_LEVEL, FILTER_OPTION, &others, sizeof(others));
	i->icmp_io = loop_io_add(l, i->icmp, on_icmp, i);
	if (!i->icmp_io)
		return -ENOMEM;
	i->arp = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ARP));
	if (i->arp < 0)
		return errno == EAFNOSUPPORT ? 0 : -errno;	/* a kernel without it can still ping */
	i->arp_io = loop_io_add(l, i->arp, on_arp, i);
	return i->arp_io ? 0 : -ENOMEM;
}

static int make_ping(struct sounding_ip *i)
{
	i->ping.head.type = ICMP_ECHO;
	if (getrandom(&i->ping.head.un.echo.id, sizeof(i->ping.head.un.echo.id), 0) < 0 ||
	    getrandom(i->ping.cookie, sizeof(i->ping.cookie), 0) < 0)
		return -errno;
	return 0;
}

int sounding_ip_open(struct sounding_ip **out, struct loop *l, uint32_t interface, bool through,
		     const struct sounding_answers *a, char error[SOUNDING_ERROR_LEN])
{
	const struct netlink_options o = { .protocol = NETLINK_ROUTE };
	struct sounding_ip *i = calloc(1, sizeof(*i));
	int err;

	if (!i)
		return -ENOMEM;
	i->icmp = i->arp = -1;
	i->answers = *a;
	i->interface = interface;
	i->through = through;
	err = netlink_open(&i->route, &o, error);
	if (!err) {
		err = make_ping(i);
		if (!err)
			err = open_sockets(i, l);
		if (err)
			snprintf(error, SOUNDING_ERROR_LEN, "raw sockets: %s%s", strerror(-err),
				 err == -EPERM ? "; CAP_NET_RAW is needed" : "");
	}
	if (err) {
		sounding_ip_close(i);
		return err;
	}
	*out = i;
	return 0;
}

void sounding_ip_close(struct sounding_ip *i)
{
	if (!i)
		return;
	loop_io_remove(i->icmp_io);
	loop_io_remove(i->arp_io);
	if (i->icmp >= 0)
		close(i->icmp);
	if (i->arp >= 0)
		close(i->arp);
	netlink_close(i->route);
	free(i);
}
