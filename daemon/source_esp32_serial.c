/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * source_esp32_serial.c -- CSI_DATA lines of an ESP32 on a serial line.
 *
 * Cables are pulled and boards restart: then the device is gone or hangs up, and the
 * owner opens it again.  A pipe in its place works too. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include "daemon/live.h"

#define WINDOW_BYTES (64 << 10)		/* four of the longest lines */

extern const struct csi_format format_esp32;

static const struct {
	int baud;
	speed_t speed;
} speeds[] = {
	{ 9600, B9600 }, { 19200, B19200 }, { 38400, B38400 }, { 57600, B57600 }, { 115200, B115200 },
	{ 230400, B230400 }, { 460800, B460800 }, { 500000, B500000 }, { 576000, B576000 },
	{ 921600, B921600 }, { 1000000, B1000000 }, { 1152000, B1152000 }, { 1500000, B1500000 },
	{ 2000000, B2000000 }, { 2500000, B2500000 }, { 3000000, B3000000 }, { 3500000, B3500000 },
	{ 4000000, B4000000 },
};

struct serial {
	int fd;				/* -1: not open */
	struct loop_io *io;
	struct live *live;
};

/* False if serial lines have no such speed. */
static bool find_speed(int baud, speed_t *speed)
{
	for (size_t i = 0; i < sizeof(speeds) / sizeof(*speeds); i++) {
		if (speeds[i].baud != baud)
			continue;
		*speed = speeds[i].speed;
		return true;
	}
	return false;
}

static const char *serial_check(const struct config_source *c)
{
	speed_t speed;

	if (!*c->file)
		return "driver esp32_serial needs `file = DEVICE`, like /dev/ttyUSB0";
	if (!find_speed(c->baud, &speed))
		return "no serial line has this `baud`; usual are 115200, 460800, 921600, 1500000, 2000000";
	return NULL;
}

/* Bytes as they come, in one direction; the line stays up when we close it, as dropping
 * it restarts most boards.  0 or -errno. */
static int set_line(int fd, int baud)
{
	speed_t speed = B921600;
	struct termios t;

	if (!isatty(fd))
		return 0;
	find_speed(baud, &speed);
	if (tcgetattr(fd, &t) < 0)
		return -errno;
	cfmakeraw(&t);
	t.c_cflag |= CLOCAL | CREAD;
	t.c_cflag &= ~(tcflag_t)(CRTSCTS | HUPCL);
	if (cfsetspeed(&t, speed) < 0 || tcsetattr(fd, TCSANOW, &t) < 0)
		return -errno;
	ioctl(fd, TIOCEXCL);		/* two readers would each get half of the bytes */
	tcflush(fd, TCIFLUSH);
	return 0;
}

static void on_readable(void *owner)
{
	struct source *s = owner;
	struct serial *d = s->priv;
	int err = live_read(d->live, d->fd);

	if (!err)
		return;
	if (err == -EBADMSG)
		return;			/* counted; a stream of lines goes on */
	live_end(d->live);
	loop_io_remove(d->io);
	d->io = NULL;
	if (err == -ENODATA || err == -EIO)
		snprintf(s->error, sizeof(s->error), "%.180s: hung up: is it plugged in?", s->config->file);
	s->sink->lost(s);
}

static int fail(struct source *s, int err)
{
	const char *hint = err == -EACCES ? ": let this user read it (group dialout)" :
			   err == -ENOENT ? ": is it plugged in?" :
			   err == -EBUSY ? ": another program reads it" : "";

	snprintf(s->error, sizeof(s->error), "%.150s: %s%s", s->config->file, strerror(-err), hint);
	return err;
}

static int open_device(struct source *s, struct serial *d)
{
	struct stat st;
	int err;

	d->fd = open(s->config->file, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (d->fd < 0)
		return fail(s, -errno);
	if (fstat(d->fd, &st) < 0)
		return fail(s, -errno);
	if (!S_ISCHR(st.st_mode) && !S_ISFIFO(st.st_mode)) {
		snprintf(s->error, sizeof(s->error), "%.150s: no serial line; the driver replay plays files",
			 s->config->file);
		return -ENOTTY;
	}
	err = set_line(d->fd, s->config->baud);
	return err ? fail(s, err) : 0;
}

static void serial_close(struct source *s)
{
	struct serial *d = s->priv;

	if (!d)
		return;
	loop_io_remove(d->io);
	live_close(d->live);
	if (d->fd >= 0)
		close(d->fd);
	free(d);
	s->priv = NULL;
}

static int serial_open(struct source *s)
{
	struct serial *d = calloc(1, sizeof(*d));
	int err;

	s->priv = d;
	snprintf(s->origin, sizeof(s->origin), "live");
	if (!d)
		return -ENOMEM;
	d->fd = -1;
	err = open_device(s, d);
	if (!err)
		err = live_open(&d->live, s, &format_esp32, WINDOW_BYTES);
	if (err)
		return err;
	d->io = loop_io_add(s->loop, d->fd, on_readable, s);
	return d->io ? 0 : -ENOMEM;
}

const struct source_driver source_esp32_serial = {
	.name  = "esp32_serial",
	.no_radio = true,
	.help  = "CSI_DATA lines of an ESP32 on a serial line (file, baud)",
	.check = serial_check,
	.open  = serial_open,
	.close = serial_close,
};
