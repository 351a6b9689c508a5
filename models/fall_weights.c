/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "models/fall_weights.h"

/* C11 has no #embed; gcc, clang and every ELF assembler have this.  Data only, so it is the
 * same for all processors. */
__asm__(
	".section .rodata\n"
	".global fall_weights\n"
	".global fall_weights_end\n"
	".balign 4\n"
	"fall_weights:\n"
	".incbin \"models/fall.weights\"\n"
	"fall_weights_end:\n"
	".byte 0\n"
	".previous\n"
);
