/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A broker that sends whatever it likes: broken packets, topics and payloads of any size,
 * lengths that lie, on MQTT 5 properties of any size.  It can be no worse than a broker
 * that is not there: the client stays whole, counts, and comes again.
 *
 * Not tried on MQTT 5 here: properties that do not exist.  libmosquitto 2.0.11 ends the
 * process at the first of them (an assertion in log__printf()); e2e/mqtt5_broken.sh shows
 * what becomes of that.  On 3.1.1 there are none. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "daemon/log.h"
#include "daemon/mqtt.h"

#define CONNECTIONS 600
#define PACKETS_MAX 60
#define PACKET_ROOM 24000
#define GROW_MAX_KB 2048
#define PATIENCE_S  60

struct hostile {
	int listener;
	uint32_t seed;
	bool v5, stop;
	unsigned packets;
};

struct packet {
	uint8_t byte[PACKET_ROOM];
	size_t len;
};

static uint32_t next(struct hostile *h, uint32_t below)
{
	h->seed = h->seed * 1664525u + 1013904223u;
	return (h->seed >> 8) % below;
}

static void put(struct packet *p, const void *bytes, size_t len)
{
	if (len > sizeof(p->byte) - p->len)
		len = sizeof(p->byte) - p->len;
	memcpy(p->byte + p->len, bytes, len);
	p->len += len;
}

static void put_byte(struct packet *p, uint32_t byte)
{
	put(p, &(uint8_t){ (uint8_t)byte }, 1);
}

static void put_noise(struct hostile *h, struct packet *p, uint32_t len)
{
	while (len--)
		put_byte(p, next(h, 256));
}

static void put_length(struct packet *p, uint32_t n)
{
	for (; n > 127; n >>= 7)
		put_byte(p, n | 128);
	put_byte(p, n);
}

static void put_text(struct packet *p, const char *text)
{
	size_t len = strlen(text);

	put_byte(p, (uint32_t)(len >> 8));
	put_byte(p, (uint32_t)len);
	put(p, text, len);
}

/* Properties as there are, of any size. */
static void put_properties(struct hostile *h, struct packet *body)
{
	struct packet *p;

	if (!h->v5)
		return;
	p = calloc(1, sizeof(*p));
	assert_non_null(p);
	if (next(h, 3) == 0) {
		put_byte(p, 8);		/* response topic */
		put_text(p, next(h, 2) ? "a/b" : "sixth/\x01\xff");
	}
	if (next(h, 3) == 0) {
		uint32_t len = next(h, 2) ? 8 : next(h, 5000);

		put_byte(p, 9);		/* correlation data */
		put_byte(p, len >> 8);
		put_byte(p, len);
		put_noise(h, p, len);
	}
	for (uint32_t n = next(h, 4) ? 0 : next(h, 50); n; n--) {
		put_byte(p, 0x26);	/* user property */
		put_text(p, "k");
		put_text(p, "value");
	}
	put_length(body, (uint32_t)p->len);
	put(body, p->byte, p->len);
	free(p);
}

static void put_publish(struct hostile *h, struct packet *body)
{
	static const char *const topics[] = { "t/cmd", "t/hall/cmd", "t/\xff", "", "t/#", "\xed\xa0\x80" };

	put_text(body, topics[next(h, 4) ? next(h, 2) : next(h, 6)]);
	put_properties(h, body);
	put_noise(h, body, next(h, 8) ? next(h, 300) : next(h, 20000));
}

static void send_packet(struct hostile *h, int fd)
{
	static const uint8_t kinds[] = { 0x20, 0x40, 0x50, 0x62, 0x70, 0x90, 0xb0, 0xd0, 0xe0, 0xf0 };
	struct packet *p = calloc(1, sizeof(*p)), *body = calloc(1, sizeof(*body));
	bool publish = h->v5 || next(h, 40) != 0;

	assert_true(p && body);
	if (publish)
		put_publish(h, body);
	else
		put_noise(h, body, next(h, 40));
	put_byte(p, publish ? 0x30 | next(h, 2) : next(h, 3) ? kinds[next(h, sizeof(kinds))] : next(h, 256));
	if (next(h, 100) == 0)
		put(p, "\xff\xff\xff\x7f", 4);			/* 256 MB to come */
	else if (next(h, 100) == 0)
		put(p, "\xff\xff\xff\xff\xff", 5);		/* a length without an end */
	else
		put_length(p, (uint32_t)body->len);
	put(p, body->byte, body->len);
	if (send(fd, p->byte, p->len, MSG_NOSIGNAL) > 0)
		__atomic_add_fetch(&h->packets, 1, __ATOMIC_RELAXED);
	free(p);
	free(body);
}

static void serve(struct hostile *h, int fd)
{
	const struct timeval patience = { .tv_usec = 200000 };
	char hello[2048];

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (recv(fd, hello, sizeof(hello), 0) <= 0)
		return;
	if (h->v5)
		send(fd, "\x20\x03\x00\x00\x00", 5, MSG_NOSIGNAL);
	if (!h->v5 && next(h, 8))
		send(fd, "\x20\x02\x00\x00", 4, MSG_NOSIGNAL);
	for (uint32_t n = next(h, PACKETS_MAX); n; n--)
		send_packet(h, fd);
	shutdown(fd, SHUT_WR);		/* or a reset would take what it has not read yet */
	while (recv(fd, hello, sizeof(hello), 0) > 0)
		;
}

static void *run(void *arg)
{
	struct hostile *h = arg;

	while (!__atomic_load_n(&h->stop, __ATOMIC_RELAXED)) {
		int fd = accept(h->listener, NULL, NULL);

		if (fd < 0)
			continue;
		serve(h, fd);
		close(fd);
	}
	return NULL;
}

static long rss_kb(void)
{
	char line[128];
	long kb = 0;
	FILE *f = fopen("/proc/self/status", "re");

	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		sscanf(line, "VmRSS: %ld", &kb);
	fclose(f);
	return kb;
}

static void take(void *owner, const struct mqtt_event *e)
{
	uint64_t *messages = owner;

	if (e->kind != MQTT_MESSAGE)
		return;
	++*messages;
	assert_true(e->payload_bytes <= MQTT_PAYLOAD_MAX);
	assert_int_equal(e->payload[e->payload_bytes], 0);
	assert_true(e->correlation_bytes <= MQTT_CORRELATION_MAX);
	assert_true(!e->response_topic || strlen(e->response_topic) < MQTT_TOPIC_MAX);
}

static uint64_t attempts(struct mqtt *m)
{
	struct mqtt_stats s = mqtt_stats(m);

	return s.connects + s.refused;
}

static int listen_somewhere(int *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const struct timeval patience = { .tv_usec = 100000 };	/* so that accept() sees the end */
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t len = sizeof(a);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, len), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	*port = ntohs(a.sin_port);
	return fd;
}

static void be_hostile(bool v5)
{
	struct hostile h = { .seed = 3, .v5 = v5 };
	struct mqtt_options o = {
		.client_id = "t", .status_topic = "t/status", .keepalive_s = 15, .retry_min_ms = 1, .retry_max_ms = 2,
		.protocol = v5 ? MQTT_PROTOCOL_ONLY_5 : MQTT_PROTOCOL_ONLY_3_1_1,
	};
	uint64_t messages = 0, until = (uint64_t)time(NULL) + PATIENCE_S;
	long early_kb = 0, late_kb;
	pthread_t thread;
	struct mqtt *m;

	h.listener = listen_somewhere(&o.broker[0].port);
	o.broker[0].host = "127.0.0.1";
	assert_int_equal(pthread_create(&thread, NULL, run, &h), 0);
	assert_int_equal(mqtt_open(&m, &o), 0);
	assert_int_equal(mqtt_subscribe(m, "t/+/cmd"), 0);
	while (attempts(m) < CONNECTIONS && (uint64_t)time(NULL) < until) {
		struct pollfd fd = { .fd = mqtt_fd(m), .events = POLLIN };

		if (poll(&fd, 1, 20) > 0)
			mqtt_poll(m, take, &messages);
		mqtt_publish(m, "t/hall/presence", "{}", 1, true);
		if (!early_kb && attempts(m) > CONNECTIONS / 3)
			early_kb = rss_kb();
	}
	late_kb = rss_kb();
	printf("MQTT %s: %d connections, %d of them refused; %d packets sent, %d messages came of them and %d were lost; "
	       "VmRSS %ld kB after a third, %ld kB at the end\n", v5 ? "5" : "3.1.1", (int)attempts(m),
	       (int)mqtt_stats(m).refused, (int)__atomic_load_n(&h.packets, __ATOMIC_RELAXED), (int)messages,
	       (int)mqtt_stats(m).events_lost, early_kb, late_kb);
	assert_true(attempts(m) >= CONNECTIONS);
	assert_true(messages > 1000);
	assert_true(late_kb - early_kb < GROW_MAX_KB);
	mqtt_close(m);
	__atomic_store_n(&h.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	close(h.listener);
}

static void a_hostile_broker_is_no_worse_than_none(void **state)
{
	(void)state;
	be_hostile(false);
}

static void nor_is_one_of_mqtt_5(void **state)
{
	(void)state;
	be_hostile(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hostile_broker_is_no_worse_than_none),
		cmocka_unit_test(nor_is_one_of_mqtt_5),
	};

	log_open(LOG_LVL_ERROR - 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
