/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * gpio.h -- one output line, for a buzzer, a lamp or a relay; gpio.c alone knows
 * libgpiod.  A build without it (WITH_GPIOD=0) says so when a line is configured. */
#ifndef DAEMON_GPIO_H
#define DAEMON_GPIO_H

#include <stdbool.h>

#define GPIO_ERROR_LEN 160

struct gpio;

/* Takes the line "CHIP/LINE" or "!CHIP/LINE" (low is on) as an output that is off.
 * NULL, and why in one line: no such chip or line, in use, not written so. */
struct gpio *gpio_open(const char *where, char error[GPIO_ERROR_LEN]);

/* 0 or -errno. */
int gpio_set(struct gpio *g, bool on);

/* Switches off and gives the line back.  NULL is fine. */
void gpio_close(struct gpio *g);

/* Whether `where` is written as it should be. */
bool gpio_is_line(const char *where);

#endif
