# SPDX-License-Identifier: GPL-2.0-or-later
#
# make              builds build/sixthd and build/sixth
# make run          shows the daemon at work on two bundled recordings (about a minute)
# make check        runs all tests
# make help         lists the rest

CC         ?= cc
PKG_CONFIG ?= pkg-config
CFLAGS     ?= -O2 -g
PREFIX     ?= /usr/local
BUILD      ?= build
WITH_FFTW  ?= 1
WERROR     ?= $(if $(CI),-Werror)
SANITIZE   ?=

ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 1)
endif

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion \
	-Wno-sign-conversion $(WERROR)
SAN      := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all)
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE $(WARNINGS) -I. -MMD -MP -DWITH_FFTW=$(WITH_FFTW) \
	$(SAN) $(CFLAGS)
ALL_LDFLAGS = $(SAN) $(LDFLAGS)

# Each library is linked only where the layer that knows it is.
pkg       = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null)
DSP_LIBS  = $(if $(filter 0,$(WITH_FFTW)),-lliquid,$(call pkg,fftw3f)) -lm
ALL_LIBS  = $(call pkg,libmosquitto) -lev $(call pkg,libcjson) $(call pkg,zlib) $(DSP_LIBS)

obj     = $(patsubst %.c,$(BUILD)/%.o,$(1))
DSP    := $(call obj,$(wildcard dsp/*.c))
MODELS := $(call obj,$(wildcard models/*.c))
DAEMON := $(call obj,$(filter-out daemon/main.c,$(wildcard daemon/*.c daemon/formats/*.c)))
TOOL   := $(call obj,$(wildcard tools/*.c))
CORE   := $(DSP) $(MODELS)

TESTS       := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/test_*.c))
TEST_SHARED := $(call obj,$(wildcard tests/support/*.c))

all: $(BUILD)/sixthd $(BUILD)/sixth

$(BUILD)/sixthd: $(BUILD)/daemon/main.o $(DAEMON) $(CORE)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(BUILD)/sixth: $(TOOL) $(DAEMON) $(CORE)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

clean:
	rm -rf build

.PHONY: all clean
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
