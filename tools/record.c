/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * record.c -- `sixth record`: frames of any source into one of our own recordings.
 *
 * Every second what was written is handed to the system, so that a full disk or a
 * lost power supply costs a second and no more: the count of frames that were handed
 * over is the count of those that are safe. */
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "daemon/config.h"
#include "daemon/formats/csic.h"
#include "daemon/formats/recording.h"
#include "daemon/log.h"
#include "daemon/loop.h"
#include "daemon/source.h"
#include "tools/command.h"

extern const struct command command_record;

#define FLUSH_US 1000000
#define STALL_S  10		/* without a frame: say so */

struct options {
	const char *out, *config_path, *source, *file;
	uint64_t for_us;		/* 0: until it ends */
};

/* A recording as it grows. */
struct recorder {
	const char *path;
	struct stream_info info;	/* for the header, when the first frame comes */
	struct csic_writer *out;
	uint64_t for_us;
	uint64_t first_us, last_us, flushed_us;
	uint64_t frames, safe;
	bool done;			/* it is as long as it shall be */
};

/* A recorder that listens to a source. */
struct listener {
	struct recorder rec;
	struct loop *loop;
	struct source source;
	int code;
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

static int write_failed(const struct recorder *r, int err)
{
	if (!r->out)
		return failed("record", "%s: %s; no frame was written", r->path, strerror(-err));
	return failed("record", "%s: %s; the first %" PRIu64 " frames are safe and can be read", r->path,
		      strerror(-err), r->safe);
}

static int flush(struct recorder *r)
{
	int err = csic_flush(r->out);

	if (!err) {
		r->safe = r->frames;
		r->flushed_us = r->last_us;
	}
	return err;
}

/* Time in the recording starts with its first frame and never goes back, whatever
 * order the source hands frames over in.  0 or -errno. */
static int recorder_frame(struct recorder *r, const struct csi_frame *frame)
{
	struct csi_frame f = *frame;
	int err = 0;

	if (!r->out) {
		r->first_us = r->last_us = r->flushed_us = f.time_us;
		err = csic_create(&r->out, r->path, &r->info);
	}
	if (err)
		return err;
	if (f.time_us < r->last_us)
		f.time_us = r->last_us;
	if (r->for_us && f.time_us - r->first_us >= r->for_us) {
		r->done = true;
		return 0;
	}
	r->last_us = f.time_us;
	f.time_us -= r->first_us;
	err = csic_write(r->out, &f);
	if (err)
		return err;
	r->frames++;
	return r->last_us - r->flushed_us >= FLUSH_US ? flush(r) : 0;
}

/* Ends the file.  `code` is how it went so far; what was written stays either way. */
static int recorder_end(struct recorder *r, int code)
{
	int err;

	if (!r->out)
		return code != EXIT_DONE ? code : failed("record", "no frame came; %s was not made", r->path);
	err = code == EXIT_DONE ? flush(r) : 0;
	if (err)
		code = write_failed(r, err);
	err = csic_close(r->out);
	if (err && code == EXIT_DONE)
		code = write_failed(r, err);
	r->out = NULL;
	if (code == EXIT_DONE)
		fprintf(stderr, "%s: %" PRIu64 " frames in %.1f s, %s\n", r->path, r->frames,
			(double)(r->last_us - r->first_us) / 1e6, r->info.origin);
	return code;
}

/* from a file */

static int copy_frames(struct recorder *r, struct recording *in)
{
	char error[RECORDING_ERROR_LEN];
	const struct csi_frame *f;
	int got, err;

	while (!interrupted && !r->done && (got = recording_frame(in, &f, error)) != 0) {
		if (got < 0)
			return failed("record", "%s", error);
		if (!r->out) {		/* the parser has seen the header now */
			r->info = *recording_info(in);
			if (r->info.start_unix_us)
				r->info.start_unix_us += f->time_us;
		}
		err = recorder_frame(r, f);
		if (err)
			return write_failed(r, err);
	}
	if (recording_damage(in))
		fprintf(stderr, "sixth record: %s; the recording ends there\n", recording_damage(in));
	return EXIT_DONE;
}

/* A second signal ends the program at once: a pipe may be silent for long. */
static void stop_on_signals(void)
{
	struct sigaction a = { .sa_handler = on_signal, .sa_flags = SA_RESETHAND };

	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
}

static int record_file(const struct options *o)
{
	struct recorder r = { .path = o->out, .for_us = o->for_us };
	char error[RECORDING_ERROR_LEN];
	struct recording *in;
	int code;

	if (same_file(o->file, o->out))
		return failed("record", "%s: is the input too; give another name after -o", o->out);
	stop_on_signals();
	if (recording_open(&in, o->file, error) < 0)
		return failed("record", "%s", error);
	code = recorder_end(&r, copy_frames(&r, in));
	recording_close(in);
	return code;
}

/* from a source of the configuration */

static void stop(struct listener *l, int code)
{
	l->rec.done = true;
	l->code = code;
	loop_stop(l->loop);
}

static void fill_info(struct listener *l)
{
	struct stream_info *info = &l->rec.info;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	info->start_unix_us = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	source_describe(&l->source, info);
}

static void on_frame(struct source *s, const struct csi_frame *f)
{
	struct listener *l = s->owner;
	int err;

	if (l->rec.done)
		return;
	if (!l->rec.out)
		fill_info(l);
	err = recorder_frame(&l->rec, f);
	if (err)
		stop(l, write_failed(&l->rec, err));
	else if (l->rec.done)
		stop(l, EXIT_DONE);
}

/* Also ends a recording of so many seconds when no frame comes any more. */
static void on_clock(struct source *s, uint64_t now_us)
{
	struct listener *l = s->owner;
	struct recorder *r = &l->rec;

	if (r->out && !r->done && r->for_us && now_us > r->first_us && now_us - r->first_us >= r->for_us)
		stop(l, EXIT_DONE);
}

/* What is played ends; a radio that is gone may come back. */
static void on_state(struct source *s, enum reason why)
{
	struct listener *l = s->owner;

	if (l->rec.done || why == REASON_NONE)
		return;
	if (strcmp(s->origin, "live") != 0)
		stop(l, EXIT_DONE);
	else
		fprintf(stderr, "sixth record: source %s: %s; waiting\n", s->config->name, reason_help(why));
}

static void on_lost(struct source *s)
{
	struct listener *l = s->owner;

	if (!l->rec.done)
		stop(l, failed("record", "source %s: %s", s->config->name, s->error));
}

static void on_stall(void *owner)
{
	struct listener *l = owner;

	if (!l->rec.frames)
		fprintf(stderr, "sixth record: no frame from source %s yet\n", l->source.config->name);
}

static const struct config_source *find_source(const struct config *c, const char *name)
{
	if (!name)
		return c->sources == 1 ? &c->source[0] : NULL;
	for (int i = 0; i < c->sources; i++)
		if (!strcmp(c->source[i].name, name))
			return &c->source[i];
	return NULL;
}

static int listen_to(struct listener *l, const struct config_source *c, int number)
{
	static const struct source_sink sink = {
		.frame = on_frame, .clock = on_clock, .state = on_state, .lost = on_lost,
	};
	int err;

	l->source = (struct source) {
		.driver = source_driver_find(c->driver), .config = c, .number = number,
		.loop = l->loop, .sink = &sink, .owner = l,
	};
	/* what a driver does not say is live; it may say it when it opens */
	snprintf(l->source.origin, sizeof(l->source.origin), "live");
	loop_stop_on_signals(l->loop);
	err = l->source.driver->open(&l->source);
	if (err)
		l->code = failed("record", "source %s: %s", c->name,
				 *l->source.error ? l->source.error : strerror(-err));
	else if (!l->rec.done && loop_timer_add(l->loop, STALL_S, STALL_S, on_stall, l))
		loop_run(l->loop);
	l->source.driver->close(&l->source);
	return recorder_end(&l->rec, l->code);
}

static int record_source(const struct options *o)
{
	static struct config config;	/* too large for a small stack */
	static struct listener l;
	const struct config_source *c;
	int code;

	if (config_load(&config, o->config_path, stderr))
		return failed("record", "%s: mistakes in the configuration", o->config_path);
	c = find_source(&config, o->source);
	if (!c && o->source)
		return failed("record", "%s: no [source %s]", o->config_path, o->source);
	if (!c)
		return failed("record", "%s: several sources; choose one with --source", o->config_path);
	l.rec.path = o->out;
	l.rec.for_us = o->for_us;
	if (same_file(c->file, o->out))
		return failed("record", "%s: is the input too; give another name after -o", o->out);
	log_open(LOG_LVL_WARN);
	l.loop = loop_create();
	if (!l.loop)
		return failed("record", "out of memory");
	code = listen_to(&l, c, (int)(c - config.source));
	loop_destroy(l.loop);
	return code;
}

static bool read_seconds(const char *text, uint64_t *us)
{
	char *end;
	double s = strtod(text, &end);

	if (end == text || *end || !(s > 0 && s < 1e8))
		return false;
	*us = (uint64_t)llround(s * 1e6);
	return *us > 0;
}

static int parse(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{ "output", required_argument, NULL, 'o' }, { "config", required_argument, NULL, 'c' },
		{ "source", required_argument, NULL, 's' }, { "for", required_argument, NULL, 'f' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "o:c:", names, NULL)) != -1) {
		switch (c) {
		case 'o':
			o->out = optarg;
			break;
		case 'c':
			o->config_path = optarg;
			break;
		case 's':
			o->source = optarg;
			break;
		case 'f':
			if (!read_seconds(optarg, &o->for_us))
				return wrong_usage(&command_record, "--for needs seconds, not \"%s\"", optarg);
			break;
		default:
			return wrong_usage(&command_record, "see --help");
		}
	}
	if (optind < argc)
		o->file = argv[optind++];
	if (!o->out || optind < argc || !o->file == !o->config_path || (o->source && !o->config_path))
		return wrong_usage(&command_record, "needed: -o OUT.csic, and one of --config FILE and FILE");
	return EXIT_DONE;
}

static int record_run(int argc, char **argv)
{
	struct options o = { .file = NULL };
	int code = parse(&o, argc, argv);

	if (code != EXIT_DONE)
		return code;
	return o.file ? record_file(&o) : record_source(&o);
}

const struct command command_record = {
	.name  = "record",
	.usage = "-o OUT.csic[.gz] (--config FILE [--source NAME] | FILE) [--for SECONDS]",
	.help  = "records what a source delivers",
	.details =
		"Records from a source of the configuration, as sixthd would read it, or from FILE: a recording of\n"
		"any known format, or a pipe or serial line that delivers one.  Until it ends, --for SECONDS (of the\n"
		"source's clock) are over, or SIGINT or SIGTERM comes.  OUT is compressed if its name ends in .gz.\n"
		"On a full disk what was written until then stays readable; the message says how much.\n\n"
		"  --source NAME    which [source NAME] of the configuration; needed if it has several\n",
	.run   = record_run,
};
