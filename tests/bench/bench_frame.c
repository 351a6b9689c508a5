/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * bench_frame.c -- what one frame costs in each stage, and what it allocates.
 *
 *   bench_frame              prints the table; fails where a bound is exceeded
 *   bench_frame --write FILE LINKS SECONDS [CHAINS RATE]   writes a recording of so many links, 3 chains each, 100
 *                            packets a second
 *
 * The frames are made here: a static channel with noise, one breathing path, a
 * random phase and timing for each packet.  Allocations are counted by standing in
 * front of the C library's own. */
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "daemon/formats/csic.h"
#include "daemon/formats/recording.h"
#include "daemon/sensing.h"
#include "models/scratch.h"
#include "tests/support/front.h"
#include "tests/support/mute.h"

#define LINK_KIB 400	/* that a link may take */
#define RATE_HZ  100	/* of most; of the last table: */
#define SENSE_HZ 200
#define RUN_MAX  (SENSE_HZ / 10)

static int packets_hz = RATE_HZ;
static int run = RATE_HZ / 10;	/* packets from tick to tick */

static unsigned long allocations;

#ifdef __GLIBC__
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
void *malloc(size_t n);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t n);

void *malloc(size_t n)
{
	allocations++;
	return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	allocations++;
	return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	allocations++;
	return __libc_realloc(p, n);
}
#endif

struct shape {
	const char *name;
	int rx, tones;
	double bound_us;	/* what the project allows itself */
};

static const struct shape shapes[] = {
	{ "64 tones, 1 chain", 1, 64, 10 },
	{ "56 tones, 3 chains", 3, 56, 20 },
};

/* Movement, presence, activity and falls: what each may take. */
static const struct shape sense_shape = { "56 tones, 2 chains", 2, 56, 6 };
#define MOTION_BOUND_US 3.0

/* On the heap; 0 where the C library does not tell. */
static size_t heap_bytes(void)
{
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
#else
	return 0;
#endif
}

static uint32_t random_state = 1;

static double uniform(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state / 4294967296.0;
}

static void fill_tones(struct csi_tones *t, int count)
{
	t->count = (uint16_t)count;
	t->spacing_hz = 312500;
	for (int k = 0; k < count; k++)
		t->index[k] = (int16_t)(k < count / 2 ? k - count / 2 : k - count / 2 + 1);
	csi_tones_seal(t);
}

/* One packet at time t_s: two static paths and one over a chest that breathes 15/min. */
static void fill_samples(struct csi_sample *out, const struct csi_tones *tones, int rx_count, double t_s)
{
	double phase = 6.283 * uniform(), slope = 0.05 * uniform();
	double chest = 0.3 * sin(6.283 * 15 / 60 * t_s);

	for (int rx = 0; rx < rx_count; rx++)
		for (int k = 0; k < tones->count; k++) {
			double at = tones->index[k] * 0.02 * (rx + 1);
			double re = 60 + 25 * cos(3 * at + rx) + 6 * cos(5 * at + chest) + 2 * (uniform() - 0.5);
			double im = 25 * sin(3 * at + rx) + 6 * sin(5 * at + chest) + 2 * (uniform() - 0.5);
			double turn = phase + slope * tones->index[k];

			*out++ = (struct csi_sample){
				(int16_t)lrint(re * cos(turn) - im * sin(turn)),
				(int16_t)lrint(re * sin(turn) + im * cos(turn)) };
		}
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct csi_frame frame_like(const struct csi_tones *tones, int rx)
{
	struct csi_frame f = {
		.phy = CSI_PHY_HT, .flags = rx > 1 ? CSI_SHARED_LO : 0, .freq_mhz = 5180, .bandwidth_mhz = 20,
		.rx_count = (uint8_t)rx, .tx_count = 1, .noise_dbm = CSI_RSSI_UNKNOWN,
		.agc_db = CSI_AGC_UNKNOWN, .scale = 1, .tones = tones,
	};

	memset(f.rssi_dbm, CSI_RSSI_UNKNOWN, sizeof(f.rssi_dbm));
	f.tx_mac[0] = 2;
	return f;
}

static void on_publish(void *owner, uint64_t now_us, const struct message *m)
{
	(void)now_us;
	(void)m;
	++*(unsigned long *)owner;
}

struct cost {
	double seconds;
	unsigned long allocations;
};

static struct cost since(double begun_s, unsigned long allocated)
{
	return (struct cost){ now_s() - begun_s, allocations - allocated };
}

/* Frames made beforehand, so that only what is measured is timed. */
struct packets {
	int count;
	struct csi_tones tones;
	struct csi_sample *samples;
};

static void make_packets(struct packets *p, const struct shape *s, int count)
{
	size_t one = (size_t)(s->rx * s->tones);

	p->count = count;
	fill_tones(&p->tones, s->tones);
	p->samples = calloc(one * (size_t)count, sizeof(*p->samples));
	if (!p->samples)
		exit(1);
	for (int i = 0; i < count; i++)
		fill_samples(p->samples + one * (size_t)i, &p->tones, s->rx, (double)i / packets_hz);
}

static const struct csi_frame *packet(const struct packets *p, struct csi_frame *f, int i)
{
	f->time_us = (uint64_t)i * (1000000 / (unsigned)packets_hz);
	f->samples = p->samples + (size_t)(i % p->count) * (size_t)(f->rx_count * p->tones.count);
	return f;
}

static struct link_format format_of(const struct shape *s)
{
	return (struct link_format){ .rx_count = s->rx, .tx_count = 1, .tones = s->tones, .freq_hz = 5.18e9f,
				     .shared_lo = s->rx > 1 };
}

/* What all models share: the power response of a packet. */
static struct cost cost_power(const struct packets *p, const struct shape *s, int frames)
{
	struct link_format format = format_of(s);
	struct csi_frame f = frame_like(&p->tones, s->rx);
	unsigned long allocated = allocations;
	struct front front;
	double begun_s;

	front_start(&front, &format);
	begun_s = now_s();
	for (int i = 0; i < frames; i++)
		front_packet(&front, packet(p, &f, i));
	return since(begun_s, allocated);
}

/* `run` packets are made beforehand and timed together, as the clock itself costs as much as a stage. */
static struct cost cost_push(const struct model *m, void *state, const struct packets *p, const struct shape *s,
			     int first)
{
	static struct front front[RUN_MAX];
	struct link_format format = format_of(s);
	struct csi_frame frame[RUN_MAX];
	unsigned long allocated;
	double begun_s;

	for (int k = 0; k < run; k++) {
		if (!front[k].power.fill || front[k].power.tones != s->tones)
			front_start(&front[k], &format);
		frame[k] = frame_like(&p->tones, s->rx);
		front_packet(&front[k], packet(p, &frame[k], first + k));
	}
	begun_s = now_s();
	allocated = allocations;
	for (int k = 0; k < run; k++)
		m->push(state, &front[k].packet);
	return since(begun_s, allocated);
}

static void add_cost(struct cost *to, struct cost one)
{
	to->seconds += one.seconds;
	to->allocations += one.allocations;
}

static void cost_model(const struct model *m, const struct packets *p, const struct shape *s, int frames,
		       struct cost *push, struct cost *ticks)
{
	const struct model_params params = { .breath_lo_hz = 3.5f / 60, .breath_hi_hz = 42.0f / 60 };
	struct link_format format = format_of(s);
	struct evidence e = { .rate_hz = (float)packets_hz };
	struct front shape;
	void *state;

	front_start(&shape, &format);
	state = m->create(&format, &params);
	*push = *ticks = (struct cost){ 0, 0 };
	for (int i = 0; i < frames; i += run) {
		unsigned long allocated = allocations;
		double begun_s = now_s();

		m->tick(state, (uint64_t)i * (1000000 / (unsigned)packets_hz), &e);
		add_cost(ticks, since(begun_s, allocated));
		add_cost(push, cost_push(m, state, p, s, i));
	}
	m->destroy(state);
}

/* *stray: allocations while no message was made, which there should be none of. */
static struct cost cost_total(const struct packets *p, const struct shape *s, int frames, unsigned long *messages,
			      unsigned long *stray)
{
	struct sensing_output output = mute();
	struct sensing_room_options room = { .name = "bench", .origin = "simulated", .profile = &profiles[0],
					     .sources = 1 };
	struct csi_frame f = frame_like(&p->tones, s->rx);
	struct sensing *sensing;
	struct cost cost;
	double begun_s;

	output.publish = on_publish;
	output.owner = messages;
	if (sensing_create(&sensing, "sixth/bench", &output) < 0 || sensing_add_room(sensing, &room) < 0)
		exit(1);
	for (int i = 0; i < 5 * RATE_HZ; i++)		/* until the link has joined */
		sensing_frame(sensing, 0, packet(p, &f, i));
	begun_s = now_s();
	cost.allocations = allocations;
	for (int i = 5 * RATE_HZ; i < frames; i++) {
		unsigned long allocated = allocations, said = *messages;

		sensing_frame(sensing, 0, packet(p, &f, i));
		if (*messages == said)
			*stray += allocations - allocated;
	}
	cost = since(begun_s, cost.allocations);
	sensing_free(sensing);
	return cost;
}

static void print_line(const char *what, struct cost c, int frames)
{
	printf("  %-34s %9.0f ns a frame %10.3f allocations a frame\n", what, c.seconds * 1e9 / frames,
	       (double)c.allocations / frames);
}

/* What a link takes when it joins, beside what all of them share: nothing is taken after that. */
static bool bench_memory(const struct shape *s)
{
	struct scratch *scratch = scratch_create();
	const struct model_params params = { .breath_lo_hz = 3.5f / 60, .breath_hi_hz = 42.0f / 60, .scratch = scratch };
	struct csi_tones tones;
	struct csi_frame f;
	struct link *link;
	size_t before, bytes;

	fill_tones(&tones, s->tones);
	f = frame_like(&tones, s->rx);
	before = heap_bytes();
	link = link_create(&f, &params);
	bytes = heap_bytes() - before;
	link_destroy(link);
	scratch_free(scratch);
	printf("  %-34s %9.1f KiB, %d allowed: %s\n", "memory of a link", (double)bytes / 1024, LINK_KIB,
	       bytes <= LINK_KIB * 1024 ? "kept" : "EXCEEDED");
	return bytes <= LINK_KIB * 1024;
}

/* Whether the bounds are kept. */
static bool bench(const struct shape *s)
{
	static const struct model *const models[] = { &model_motion, &model_respiration, &model_heartbeat,
						&model_fall, &model_pace };
	const int frames = 120 * RATE_HZ, counted = frames - 5 * RATE_HZ;
	unsigned long messages = 0, stray = 0;
	struct packets p;
	struct cost total;
	bool kept;

	make_packets(&p, s, 60 * RATE_HZ);
	printf("%s, %d packets/s\n", s->name, RATE_HZ);
	print_line("power response, for all models", cost_power(&p, s, frames), frames);
	for (size_t i = 0; i < sizeof(models) / sizeof(*models); i++) {
		char what[48];
		struct cost push, ticks;

		cost_model(models[i], &p, s, frames, &push, &ticks);
		snprintf(what, sizeof(what), "%s, per packet", models[i]->name);
		print_line(what, push, frames);
		snprintf(what, sizeof(what), "%s, ticks", models[i]->name);
		print_line(what, ticks, frames);
	}
	total = cost_total(&p, s, frames, &messages, &stray);
	kept = total.seconds * 1e6 / counted <= s->bound_us;
	print_line("whole pipeline with messages", total, counted);
	printf("  %-34s %9.1f us a frame allowed: %s; %.0f times real time\n", "", s->bound_us,
	       kept ? "kept" : "EXCEEDED", counted / (double)RATE_HZ / total.seconds);
	printf("  %-34s %9lu messages, %lu allocations, %lu of them apart from messages%s\n", "", messages,
	       total.allocations, stray, stray ? ": NOT ALLOWED" : "");
	free(p.samples);
	return kept && bench_memory(s) && !stray;
}

/* The fusion of one link's evidence, ten times a second. */
static struct cost cost_room(int frames)
{
	const struct model_params params = { .breath_lo_hz = 3.5f / 60, .breath_hi_hz = 42.0f / 60, .long_lie_s = 900 };
	static struct evidence e;
	const struct evidence *const evidence[] = { &e };
	struct room *room = room_create(&params);
	unsigned long allocated = allocations;
	double begun_s = now_s();
	struct cost cost;

	if (!room)
		exit(1);
	e.rate_hz = (float)packets_hz;
	e.breath.reason = e.heart.reason = REASON_WARMING_UP;
	for (int i = 0; i < frames; i += run) {
		e.motion.moving = i / run % 100 < 50;
		e.motion.level = 0.8f;
		room_tick(room, (uint64_t)i * (1000000 / (unsigned)packets_hz), evidence, 1, REASON_NONE);
	}
	cost = since(begun_s, allocated);
	room_destroy(room);
	return cost;
}

static void print_bound(const char *what, struct cost c, int frames, double bound_us, bool *kept)
{
	bool fits = c.seconds * 1e6 / frames <= bound_us && !c.allocations;

	printf("  %-34s %9.2f us a frame of %.0f allowed, %lu allocations: %s\n", what, c.seconds * 1e6 / frames, bound_us,
	       c.allocations, fits ? "kept" : "EXCEEDED");
	*kept &= fits;
}

/* Movement alone, and all of movement, presence, activity and falls, at a rate that carries them. */
static bool bench_sense(void)
{
	static const struct model *const models[] = { &model_motion, &model_micro, &model_fall, &model_pace };
	const struct shape *s = &sense_shape;
	const int frames = 60 * SENSE_HZ;
	struct cost all, motion = { 0, 0 }, push, ticks;
	struct packets p;
	bool kept = true;

	packets_hz = SENSE_HZ;
	run = SENSE_HZ / 10;
	make_packets(&p, s, 20 * packets_hz);
	printf("%s, %d packets/s: movement, presence, activity, falls\n", s->name, packets_hz);
	all = cost_power(&p, s, frames);
	print_line("power response, for all models", all, frames);
	for (size_t i = 0; i < sizeof(models) / sizeof(*models); i++) {
		char what[48];

		cost_model(models[i], &p, s, frames, &push, &ticks);
		add_cost(&push, ticks);
		if (!i)
			motion = push;
		add_cost(&all, push);
		snprintf(what, sizeof(what), "%s, packets and ticks", models[i]->name);
		print_line(what, push, frames);
	}
	add_cost(&all, push = cost_room(frames));
	print_line("fusion in the room", push, frames);
	print_bound("motion", motion, frames, MOTION_BOUND_US, &kept);
	print_bound("all of these", all, frames, s->bound_us, &kept);
	free(p.samples);
	packets_hz = RATE_HZ;
	run = RATE_HZ / 10;
	return kept;
}

static int write_recording(const char *path, int links, int seconds, int chains, int rate_hz)
{
	const struct stream_info info = { .driver = "bench", .origin = "simulated", .note = "for benchmarks" };
	static struct csi_sample samples[3 * 56];
	struct csi_tones tones;
	struct csic_writer *w;
	struct csi_frame f;

	if (csic_create(&w, path, &info) < 0)
		return 1;
	fill_tones(&tones, 56);
	f = frame_like(&tones, chains);
	f.samples = samples;
	for (int i = 0; i < seconds * rate_hz; i++)
		for (int l = 0; l < links; l++) {
			f.time_us = (uint64_t)i * (1000000 / (unsigned)rate_hz) + (uint64_t)l * 100;
			f.tx_mac[5] = (uint8_t)(l + 1);
			fill_samples(samples, &tones, chains, (double)i / rate_hz);
			if (csic_write(w, &f) < 0)
				return 1;
		}
	return csic_close(w) < 0;
}

int main(int argc, char **argv)
{
	bool kept = true;

	if (argc == 5 && !strcmp(argv[1], "--write"))
		return write_recording(argv[2], atoi(argv[3]), atoi(argv[4]), 3, RATE_HZ);
	if (argc == 7 && !strcmp(argv[1], "--write") && atoi(argv[5]) >= 1 && atoi(argv[5]) <= 3 && atoi(argv[6]) >= 1)
		return write_recording(argv[2], atoi(argv[3]), atoi(argv[4]), atoi(argv[5]), atoi(argv[6]));
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		kept &= bench(&shapes[i]);
	kept &= bench_sense();
	return !kept;
}
