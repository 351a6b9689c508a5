# SPDX-License-Identifier: GPL-2.0-or-later
#
# make              builds build/sixthd and build/sixth
# make run          shows the daemon at work on two bundled recordings, within a minute
# make check        runs all tests
# make vmcheck      runs those of them that need a kernel of their own, in an emulated machine
# make vmcheck-alarms sends a thousand alarms there, over links that are slowed and cut
# make check-s390x  runs the unit tests on another kind of machine, emulated (also check-arm64, check-mipsel, check-armel, check-i386)
# make bench        measures cost and speed
# make bench-callgrind counts the instructions of each stage, with valgrind
# make eval-sim     scores the pipeline on a sample of the simulated suite, within 10 minutes
# make eval-sim-all the same on all of it, some hours
# make soak-alarms  sends a thousand alarms through everything that goes wrong
# make fuzz         looks for inputs that break the parsers, FUZZ_S seconds each
# make install      installs to PREFIX (/usr/local), below DESTDIR
# make uninstall    removes what that has installed there; not the configuration, nor what sixthd has stored
# make clean        removes build/
#
# CC, CFLAGS, LDFLAGS, PKG_CONFIG can be set for cross builds; WITH_FFTW=0 uses liquid-dsp's
# FFT in place of FFTW; WITH_SECCOMP=0 does without libseccomp, as builds do where it is not;
# WITH_GPIOD=0 without the GPIO line (else 1 or 2: libgpiod's version).

CC         ?= cc
PKG_CONFIG ?= pkg-config
CFLAGS     ?= -O2 -g
PREFIX     ?= /usr/local
BUILD      ?= build
WITH_FFTW  ?= 1
WITH_GPIOD ?= $(shell $(PKG_CONFIG) --modversion libgpiod 2>/dev/null | cut -d. -f1)
WERROR     ?= $(if $(CI),-Werror)
SANITIZE   ?=
# Sanitizers need system calls that we never do.
WITH_SECCOMP ?= $(if $(SANITIZE),0,$(shell $(PKG_CONFIG) --exists libseccomp && echo 1 || echo 0))

ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 1)
endif

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion \
	-Wno-sign-conversion $(WERROR)
SAN      := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all)
NL_CFLAGS := $(shell $(PKG_CONFIG) --cflags libnl-genl-3.0 2>/dev/null)
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 $(WARNINGS) -I. -MMD -MP -DWITH_FFTW=$(WITH_FFTW) -DWITH_SECCOMP=$(WITH_SECCOMP) \
	-DWITH_GPIOD=$(or $(WITH_GPIOD),0) \
	$(SAN) $(NL_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(SAN) $(LDFLAGS)

# Each library is linked only where the layer that knows it is.
pkg       = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null)
DSP_LIBS  = $(if $(filter 0,$(WITH_FFTW)),-lliquid,$(call pkg,fftw3f)) -lm
ALL_LIBS  = $(call pkg,libmosquitto openssl) -lev $(call pkg,libcjson) $(call pkg,zlib) $(call pkg,libnl-genl-3.0) \
	$(if $(filter 1,$(WITH_SECCOMP)),$(call pkg,libseccomp)) \
	$(if $(filter 1 2,$(WITH_GPIOD)),$(call pkg,libgpiod)) $(DSP_LIBS)

obj     = $(patsubst %.c,$(BUILD)/%.o,$(1))
DSP    := $(call obj,$(wildcard dsp/*.c))
MODELS := $(call obj,$(wildcard models/*.c))
DAEMON := $(call obj,$(filter-out daemon/main.c,$(wildcard daemon/*.c daemon/formats/*.c)))
SIM    := $(call obj,$(wildcard tools/sim/*.c))
TOOL   := $(call obj,$(wildcard tools/*.c)) $(SIM)
CORE   := $(DSP) $(MODELS)

# A library, so that each program takes what it needs: fuzzers have no cmocka.
TEST_SHARED := $(BUILD)/tests/support.a
TESTS       := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/test_*.c))
CORE_TESTS  := $(filter $(patsubst %,$(BUILD)/tests/test_%,spectrum slowgrid ratio align rank1 apart steer ridge \
	respiration breath breath_gain machine room power motion motion_stat presence incident fall decay sway sweep child heading),$(TESTS))
THREAD_TESTS := $(filter $(patsubst %,$(BUILD)/tests/test_%,mqtt mqtt_refused journal_writer alarming alarming_time \
	alarming_commands),$(TESTS))
CORE_TESTS  += $(filter $(patsubst %,$(BUILD)/tests/test_%,breath_loss noise_rank pilot heartbeat heart device_noise alias rest rest_habit gait \
	device_motion child_sign snapshot repeat presence_blind room_neighbours),$(TESTS))
FUZZERS     := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(filter-out %/fuzz_main.c,$(wildcard tests/fuzz/fuzz_*.c)))
SOAKS       := $(patsubst tests/soak/%.c,$(BUILD)/soak/%,$(wildcard tests/soak/*.c))
BENCHES     := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/bench_*.c))
FUZZ_S     ?= 600

# Tests run side by side, one more than there are processors, as most of them wait for
# clocks most of the time; longest first: scripts are.
E2E         := $(wildcard tests/e2e/*.sh)
RUN_TESTS   := JOBS=$(shell expr $$(nproc 2>/dev/null || echo 1) + 1) tests/run-tests.sh

all: $(BUILD)/sixthd $(BUILD)/sixth

$(BUILD)/sixthd: $(BUILD)/daemon/main.o $(DAEMON) $(CORE)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(BUILD)/sixth: $(TOOL) $(DAEMON) $(CORE)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(TEST_SHARED): $(call obj,$(wildcard tests/support/*.c))
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/tests/test_%: $(BUILD)/tests/test_%.o $(TEST_SHARED) $(DAEMON) $(CORE)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS) -lcmocka

# The simulator belongs to the tool, and has tests.
$(BUILD)/tests/test_simulate $(BUILD)/tests/test_sim_physics $(BUILD)/tests/test_sim_bodies: $(SIM) $(BUILD)/tools/labels.o

# So do the doctor's parts, and what scores by person.
$(BUILD)/tests/test_people: $(BUILD)/tools/people.o $(BUILD)/tools/score.o $(BUILD)/tools/activity_score.o $(BUILD)/tools/heart_score.o $(BUILD)/tools/breath_score.o $(BUILD)/tools/two_score.o
$(BUILD)/tests/test_activity_score: $(SIM) $(BUILD)/tools/activity_score.o
$(BUILD)/tests/test_heart_score: $(BUILD)/tools/heart_score.o
$(BUILD)/tests/test_fall_time: $(BUILD)/tools/fall_score.o $(BUILD)/tools/fall_standing.o $(BUILD)/tools/fall_time.o $(BUILD)/tools/roc.o
$(BUILD)/tests/test_breath_score: $(BUILD)/tools/breath_score.o
$(BUILD)/tests/test_two_score: $(BUILD)/tools/two_score.o
$(BUILD)/tests/test_child_score: $(BUILD)/tools/child_score.o $(BUILD)/tools/roc.o
$(BUILD)/tests/test_disturb: $(BUILD)/tools/disturb.o $(BUILD)/tools/sim/rng.o
$(BUILD)/tests/test_doctor $(BUILD)/tests/test_doctor_report: $(call obj,$(wildcard tools/doctor_*.c))

# Signal code and models are tested without the daemon: a call upwards would not link.
$(CORE_TESTS): $(BUILD)/tests/test_%: $(BUILD)/tests/test_%.o $(CORE)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(DSP_LIBS) -lcmocka

$(BUILD)/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/fuzz_main.o $(TEST_SHARED) $(DAEMON) $(CORE)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

# The daemon, told by a test what its models have found.
$(BUILD)/soak/%: $(BUILD)/tests/soak/%.o $(DAEMON) $(CORE)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(BUILD)/bench/bench_%: $(BUILD)/tests/bench/bench_%.o $(TEST_SHARED) $(DAEMON) $(CORE)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

# The simulator's scenes are parsed too.
$(BUILD)/fuzz/fuzz_scene: $(SIM)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/vm/radio: $(BUILD)/tests/vm/radio.o $(DAEMON) $(CORE)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

# Weights are a part of the program (models/fall_weights.c).
$(BUILD)/models/fall_weights.o: models/fall.weights

tests: $(TESTS)
fuzzers: $(FUZZERS)
soaks: $(SOAKS)

run:
	@tools/need-packages.sh run
	@$(MAKE) --no-print-directory all
	@tools/demo.sh $(BUILD)

# Every test, built as users build it; again under ASan and UBSan with the fuzzers on
# their seeds; what has threads under TSan; the signal code with clang and without FFTW;
# beside them drivers, sounding and alarms on a kernel of their own.
check:
	@tools/need-packages.sh check
	+@BUILD=$(BUILD) tests/check.sh

check-build:
	@$(MAKE) --no-print-directory -s WERROR=-Werror all tests soaks $(BUILD)/vm/radio

check-plain:
	@$(MAKE) --no-print-directory -s WERROR=-Werror all tests soaks
	@$(RUN_TESTS) plain $(E2E) $(TESTS)

check-clang:
	@$(MAKE) --no-print-directory -s BUILD=build/clang CC=clang WITH_FFTW=0 WERROR=-Werror all tests
	@$(MAKE) --no-print-directory -s BUILD=build/clang WITH_FFTW=0 run-core-tests

check-asan:
	@$(MAKE) --no-print-directory -s BUILD=build/asan SANITIZE=address,undefined CFLAGS='-O1 -g' WERROR=-Werror tests fuzzers
	@$(MAKE) --no-print-directory -s BUILD=build/asan run-asan-tests

check-tsan:
	@$(MAKE) --no-print-directory -s BUILD=build/tsan SANITIZE=thread CFLAGS='-O1 -g' WERROR=-Werror \
		$(patsubst $(BUILD)/%,build/tsan/%,$(THREAD_TESTS))
	@$(MAKE) --no-print-directory -s BUILD=build/tsan run-thread-tests

run-core-tests:
	@$(RUN_TESTS) liquid-dsp-instead-of-FFTW $(CORE_TESTS)

run-asan-tests:
	@$(RUN_TESTS) ASan+UBSan $(TESTS)
	@tests/fuzz/run-seeds.sh $(BUILD)/fuzz

run-thread-tests:
	@$(RUN_TESTS) TSan $(THREAD_TESTS)

# What routers are, newer and older; high byte first; no floating point unit; 32 bits.
check-arm64 check-mipsel check-s390x check-armel check-i386:
	+@tests/other-machine.sh $(@:check-%=%)

# Coverage-guided, FUZZ_S seconds for each parser; findings stay in build/fuzz-corpus.
fuzz:
	@tools/need-packages.sh check
	@tests/fuzz/run-libfuzzer.sh $(FUZZ_S)

# An emulated machine is slow, and slower beside others: only its own clock counts.
vmcheck:
	@tools/need-packages.sh check
	@$(MAKE) --no-print-directory -s all soaks $(BUILD)/vm/radio
	@$(MAKE) --no-print-directory -s check-kernel

# A thousand alarms there, where links can be slowed and cut, too.
vmcheck-alarms: all soaks
	@tools/need-packages.sh check
	@BUILD=$(BUILD) SHOW=1 TIMEOUT_S=7200 VM_TIMEOUT_S=7000 ALARMS=1000 PACE_S=300 tests/run-tests.sh kernel tests/vm/alarms.sh

check-kernel:
	@BUILD=$(BUILD) tests/vm/all.sh

bench: all $(BENCHES)
	@tests/bench/run.sh $(BUILD)

bench-callgrind: all $(BENCHES)
	@tests/bench/callgrind.sh $(BUILD)

eval-sim: $(BUILD)/sixth
	@tools/sim/eval-suite.sh $(BUILD) --sample

eval-sim-all: $(BUILD)/sixth
	@tools/sim/eval-suite.sh $(BUILD)

# The long forms of what tests/e2e shows in seconds: a thousand alarms through everything
# that goes wrong, as root also links that are cut and slowed; how fast they are; 64 rooms.
soak-alarms: all $(SOAKS)
	@tools/need-packages.sh check
	@ALARMS=1000 PACE_S=300 SLOW_PACE_S=100 PATIENCE_S=1800 tests/e2e/alarms_chaos.sh
	@tests/soak/latency.sh
	@tests/soak/rooms.sh
	@SECONDS_EACH=60 tests/e2e/broker_name_hangs.sh

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/share/doc/sixth
	install -m 755 $(BUILD)/sixth $(DESTDIR)$(PREFIX)/bin/sixth
	install -m 755 $(BUILD)/sixthd $(DESTDIR)$(PREFIX)/sbin/sixthd
	install -m 644 README.md LICENSE daemon/sixth.conf daemon/sixth-debugfs.conf $(DESTDIR)$(PREFIX)/share/doc/sixth/
	for d in docs firmware-notes; do \
		install -d $(DESTDIR)$(PREFIX)/share/doc/sixth/$$d && \
		install -m 644 $$d/* $(DESTDIR)$(PREFIX)/share/doc/sixth/$$d/ || exit 1; \
	done
	install -D -m 644 models/fall.md $(DESTDIR)$(PREFIX)/share/doc/sixth/models/fall.md
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's,/usr/sbin/,$(PREFIX)/sbin/,' daemon/sixth.service >$(DESTDIR)$(PREFIX)/lib/systemd/system/sixth.service

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/sixth $(DESTDIR)$(PREFIX)/sbin/sixthd \
		$(DESTDIR)$(PREFIX)/lib/systemd/system/sixth.service
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/sixth

clean:
	rm -rf build

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

.PHONY: all tests fuzzers soaks soak-alarms run check check-build check-kernel check-plain check-clang \
	check-asan check-tsan check-arm64 check-mipsel check-s390x check-armel check-i386 run-core-tests run-asan-tests run-thread-tests vmcheck vmcheck-alarms fuzz bench bench-callgrind \
	eval-sim eval-sim-all install uninstall clean help
.SECONDARY:
.DELETE_ON_ERROR:
-include $(shell find $(BUILD) -name '*.d' -type f 2>/dev/null)
