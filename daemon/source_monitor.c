/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * source_monitor.c -- beamforming reports, heard by an interface in monitor mode.
 *
 * Action frames are neither encrypted nor signed: whoever is in reach of the radio can
 * send a report in another's name.  So it is hearsay. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/ethernet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "daemon/live.h"

#define AT_ONCE     64		/* frames, before the loop has its turn again */
#define FRAME_MAX   12288	/* no management frame is longer */
#define ACTION      0xd0
#define ACTION_NO_ACK 0xe0

extern const struct csi_format format_beamforming_frame;

struct monitor {
	int fd;			/* -1: not open */
	struct loop_io *io;
	struct live *live;
	uint8_t frame[FRAME_MAX];
};

/* The kernel keeps all but action frames from us: radiotap's length, then the type. */
static struct sock_filter actions_only[] = {
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 3),
	BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 8),
	BPF_STMT(BPF_MISC | BPF_TAX, 0),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 2),
	BPF_STMT(BPF_ALU | BPF_OR | BPF_X, 0),
	BPF_STMT(BPF_MISC | BPF_TAX, 0),
	BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ACTION_NO_ACK, 1, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ACTION, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, 0x40000),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

static const char *monitor_check(const struct config_source *c)
{
	return *c->interface ? NULL : "driver beamforming needs `interface = mon0`, one in monitor mode";
}

static void on_readable(void *owner)
{
	struct source *s = owner;
	struct monitor *m = s->priv;

	for (int i = 0; i < AT_ONCE; i++) {
		ssize_t n = recv(m->fd, m->frame, sizeof(m->frame), MSG_DONTWAIT | MSG_TRUNC);

		if (n > (ssize_t)sizeof(m->frame)) {
			s->counts.dropped[SOURCE_DROP_TOO_LONG]++;
		} else if (n > 0) {
			if (!live_message(m->live, m->frame, (size_t)n, loop_now_us()))
				s->counts.dropped[SOURCE_DROP_OTHER_KIND]++;
		} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
			snprintf(s->error, sizeof(s->error), "interface %s: %s", s->config->interface,
				 strerror(errno));
			loop_io_remove(m->io);
			m->io = NULL;
			s->sink->lost(s);
			return;
		} else if (n < 0) {
			return;
		}
	}
}

static int fail(struct source *s, int err, const char *hint)
{
	snprintf(s->error, sizeof(s->error), "interface %s: %s%s", s->config->interface, strerror(-err), hint);
	return err;
}

static int open_socket(struct source *s, struct monitor *m)
{
	const struct sock_fprog filter = { sizeof(actions_only) / sizeof(*actions_only), actions_only };
	struct sockaddr_ll a = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	struct ifreq r = { 0 };

	/* protocol 0: nothing comes before the filter and the interface are set */
	m->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (m->fd < 0)
		return fail(s, -errno, errno == EPERM ? ": it takes CAP_NET_RAW" : "");
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%.15s", s->config->interface);
	if (ioctl(m->fd, SIOCGIFHWADDR, &r) < 0)
		return fail(s, -errno, "");
	if (r.ifr_hwaddr.sa_family != ARPHRD_IEEE80211_RADIOTAP)
		return fail(s, -EPROTONOSUPPORT, ": it is not in monitor mode: "
			    "iw phy phy0 interface add mon0 type monitor");
	if (setsockopt(m->fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) < 0 ||
	    ioctl(m->fd, SIOCGIFINDEX, &r) < 0)
		return fail(s, -errno, "");
	a.sll_ifindex = r.ifr_ifindex;
	return bind(m->fd, (struct sockaddr *)&a, sizeof(a)) < 0 ? fail(s, -errno, "") : 0;
}

static void monitor_close(struct source *s)
{
	struct monitor *m = s->priv;

	if (!m)
		return;
	loop_io_remove(m->io);
	live_close(m->live);
	if (m->fd >= 0)
		close(m->fd);
	free(m);
	s->priv = NULL;
}

static int monitor_open(struct source *s)
{
	struct monitor *m = calloc(1, sizeof(*m));
	int err;

	s->priv = m;
	snprintf(s->origin, sizeof(s->origin), "live");
	if (!m)
		return -ENOMEM;
	m->fd = -1;
	err = open_socket(s, m);
	if (!err)
		err = live_open(&m->live, s, &format_beamforming_frame, 0);
	if (err)
		return err;
	m->io = loop_io_add(s->loop, m->fd, on_readable, s);
	return m->io ? 0 : -ENOMEM;
}

const struct source_driver source_beamforming = {
	.name    = "beamforming",
	.help    = "beamforming reports that a monitor interface hears (interface); raises no alarm",
	.hearsay = true,
	.check   = monitor_check,
	.open    = monitor_open,
	.close   = monitor_close,
};
