/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * gpio.c -- see gpio.h.  Debian 12 has version 1 of the library, OpenWrt and newer
 * systems version 2, which shares nothing with it but the name. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/gpio.h"

#define CHIP_LEN 32
#define LINE_MAX 1023

struct place {
	bool low;
	char chip[CHIP_LEN];
	unsigned line;
};

static bool read_place(const char *where, struct place *p)
{
	int end = 0;

	p->low = *where == '!';
	where += p->low;
	return sscanf(where, "%31[A-Za-z0-9_-]/%4u%n", p->chip, &p->line, &end) == 2 && !where[end] &&
	       p->line <= LINE_MAX;
}

bool gpio_is_line(const char *where)
{
	struct place p;

	return read_place(where, &p);
}

/* take() gives an error number, and the other two are called only after it gave 0. */
#if !WITH_GPIOD

struct gpio {
	int none;
};

static int take(struct gpio *g, const struct place *p)
{
	(void)g;
	(void)p;
	return ENOTSUP;
}

static int put(struct gpio *g, bool on)
{
	(void)on;
	return -g->none;
}

static void give_back(struct gpio *g)
{
	(void)g;
}

#elif WITH_GPIOD == 1

#include <gpiod.h>

struct gpio {
	struct gpiod_chip *chip;
	struct gpiod_line *line;
};

static void give_back(struct gpio *g)
{
	gpiod_chip_close(g->chip);		/* releases the line */
}

static int take(struct gpio *g, const struct place *p)
{
	int err;

	g->chip = gpiod_chip_open_by_name(p->chip);
	if (!g->chip)
		return errno;
	g->line = gpiod_chip_get_line(g->chip, p->line);
	if (g->line && gpiod_line_request_output_flags(g->line, "sixthd", p->low ?
						       GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0, 0) == 0)
		return 0;
	err = errno;
	gpiod_chip_close(g->chip);
	return err;
}

static int put(struct gpio *g, bool on)
{
	return gpiod_line_set_value(g->line, on) < 0 ? -errno : 0;
}

#else

#include <gpiod.h>

struct gpio {
	struct gpiod_line_request *request;
	unsigned line;
};

static void give_back(struct gpio *g)
{
	gpiod_line_request_release(g->request);
}

static struct gpiod_line_request *request(struct gpiod_chip *chip, const struct place *p)
{
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	struct gpiod_line_config *lines = gpiod_line_config_new();
	struct gpiod_request_config *config = gpiod_request_config_new();
	struct gpiod_line_request *r = NULL;

	if (settings && lines && config) {
		gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT);
		gpiod_line_settings_set_active_low(settings, p->low);
		gpiod_line_settings_set_output_value(settings, GPIOD_LINE_VALUE_INACTIVE);
		gpiod_request_config_set_consumer(config, "sixthd");
		if (gpiod_line_config_add_line_settings(lines, &p->line, 1, settings) == 0)
			r = gpiod_chip_request_lines(chip, config, lines);
	}
	gpiod_request_config_free(config);
	gpiod_line_config_free(lines);
	gpiod_line_settings_free(settings);
	return r;
}

static int take(struct gpio *g, const struct place *p)
{
	char path[CHIP_LEN + 8];
	struct gpiod_chip *chip;
	int err;

	snprintf(path, sizeof(path), "/dev/%s", p->chip);
	chip = gpiod_chip_open(path);
	if (!chip)
		return errno;
	g->line = p->line;
	g->request = request(chip, p);
	err = errno;
	gpiod_chip_close(chip);
	return g->request ? 0 : err;
}

static int put(struct gpio *g, bool on)
{
	enum gpiod_line_value v = on ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;

	return gpiod_line_request_set_value(g->request, g->line, v) < 0 ? -errno : 0;
}

#endif

struct gpio *gpio_open(const char *where, char error[GPIO_ERROR_LEN])
{
	struct gpio *g = calloc(1, sizeof(*g));
	struct place p;
	int err;

	if (!g || !read_place(where, &p)) {
		snprintf(error, GPIO_ERROR_LEN, "%s", g ? "not a line; write CHIP/LINE, as in gpiochip0/17" :
			 strerror(ENOMEM));
		free(g);
		return NULL;
	}
	err = take(g, &p);
	if (!err)
		return g;
	snprintf(error, GPIO_ERROR_LEN, "%s%s", strerror(err), err == ENOTSUP ?
		 "; this sixthd was built without libgpiod" : err == EBUSY ? "; somebody else uses it" :
		 err == EINVAL ? "; has the chip such a line?" : "");
	free(g);
	return NULL;
}

int gpio_set(struct gpio *g, bool on)
{
	return put(g, on);
}

void gpio_close(struct gpio *g)
{
	if (!g)
		return;
	put(g, false);
	give_back(g);
	free(g);
}
