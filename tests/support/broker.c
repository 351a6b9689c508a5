/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "tests/support/broker.h"
#include "tests/support/scratch.h"

static const char *const places[] = { "/usr/sbin/mosquitto", "/usr/bin/mosquitto",
				      "/usr/local/sbin/mosquitto", NULL };

static _Noreturn void give_up(const char *what)
{
	perror(what);
	abort();
}

static const char *program(void)
{
	for (int i = 0; places[i]; i++)
		if (access(places[i], X_OK) == 0)
			return places[i];
	return NULL;
}

bool broker_installed(void)
{
	return program() != NULL;
}

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

/* Below those that the kernel gives to who connects: such a one keeps its port for a
 * minute after it has closed, and a broker could not be started anew. */
int broker_free_port(void)
{
	for (int tries = 0; tries < 100; tries++) {
		uint16_t random;
		struct sockaddr_in a;
		int fd = socket(AF_INET, SOCK_STREAM, 0), bound;

		if (fd < 0 || getrandom(&random, sizeof(random), 0) != sizeof(random))
			break;
		a = loopback(20000 + random % 12000);
		bound = bind(fd, (struct sockaddr *)&a, sizeof(a));
		close(fd);
		if (bound == 0)
			return ntohs(a.sin_port);
	}
	give_up("free port");
}

static bool accepts(int port)
{
	struct sockaddr_in a = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	bool ok = fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0;

	close(fd);
	return ok;
}

static void write_config(struct broker *b, const char *config)
{
	char text[2048];
	int n = snprintf(text, sizeof(text), "listener %d 127.0.0.1\npersistence false\n%s%s\n", b->port,
			 geteuid() == 0 ? "user root\n" : "",
			 config ? config : "allow_anonymous true");

	snprintf(b->config, sizeof(b->config), "%s", scratch_write("mosquitto.conf", text, (size_t)n));
}

void broker_start(struct broker *b, const char *config)
{
	const struct timespec moment = { .tv_nsec = 10000000 };

	if (!b->port)
		b->port = broker_free_port();
	write_config(b, config);
	b->pid = fork();
	if (b->pid < 0)
		give_up("fork");
	if (b->pid == 0) {
		int null = open("/dev/null", O_RDWR);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execl(program(), "mosquitto", "-c", b->config, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 500; i++) {
		if (waitpid(b->pid, NULL, WNOHANG) == b->pid)
			break;
		if (accepts(b->port))
			return;
		nanosleep(&moment, NULL);
	}
	fprintf(stderr, "mosquitto does not start with %s\n", b->config);
	abort();
}

void broker_kill(struct broker *b)
{
	if (!b->pid)
		return;
	kill(b->pid, SIGKILL);
	waitpid(b->pid, NULL, 0);
	b->pid = 0;
}
