// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vgpio.c -- a GPIO chip of eight lines whose wires end in
 * /sys/module/vgpio/parameters/wires: which of them are high, a bit for each.  Debian's
 * kernel has neither gpio-sim nor gpio-mockup.
 */
#include <linux/bitops.h>
#include <linux/gpio/driver.h>
#include <linux/module.h>

#define LINES 8

static unsigned long wires, outputs;
module_param(wires, ulong, 0444);
MODULE_PARM_DESC(wires, "which lines are high");
module_param(outputs, ulong, 0444);
MODULE_PARM_DESC(outputs, "which lines are driven");

static int get_direction(struct gpio_chip *chip, unsigned int line)
{
	return test_bit(line, &outputs) ? GPIO_LINE_DIRECTION_OUT : GPIO_LINE_DIRECTION_IN;
}

static int direction_input(struct gpio_chip *chip, unsigned int line)
{
	clear_bit(line, &outputs);
	return 0;
}

static void set(struct gpio_chip *chip, unsigned int line, int value)
{
	assign_bit(line, &wires, value);
}

static int direction_output(struct gpio_chip *chip, unsigned int line, int value)
{
	set(chip, line, value);
	set_bit(line, &outputs);
	return 0;
}

static int get(struct gpio_chip *chip, unsigned int line)
{
	return test_bit(line, &wires);
}

static struct gpio_chip chip = {
	.label = "vgpio", .owner = THIS_MODULE, .base = -1, .ngpio = LINES,
	.get_direction = get_direction, .direction_input = direction_input,
	.direction_output = direction_output, .get = get, .set = set,
};

static int __init vgpio_init(void)
{
	return gpiochip_add_data(&chip, NULL);
}

static void __exit vgpio_exit(void)
{
	gpiochip_remove(&chip);
}

module_init(vgpio_init);
module_exit(vgpio_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("GPIO lines for tests");
