/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * convert.c -- `sixth convert`: any known recording to our own format. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "daemon/formats/csic.h"
#include "daemon/formats/recording.h"
#include "tools/command.h"

extern const struct command command_convert;

static int copy_frames(struct recording *in, const struct csi_frame *f, struct csic_writer *out,
		       const char *path, char *error)
{
	int got = 1, err;

	while (got == 1) {
		err = csic_write(out, f);
		if (err)
			return failed("convert", "%s: %s", path, strerror(-err));
		got = recording_frame(in, &f, error);
	}
	return got < 0 ? failed("convert", "%s", error) : EXIT_DONE;
}

/* The first frame is read before the output is made: a file that is no recording
 * leaves nothing behind, and the parser has said what it knows of the source. */
static int convert(struct recording *in, const char *from, const char *to)
{
	char error[RECORDING_ERROR_LEN];
	const struct csi_frame *f;
	struct csic_writer *out;
	int got = recording_frame(in, &f, error), err, code;

	if (got < 0)
		return failed("convert", "%s", error);
	if (!got)
		return failed("convert", "%s: no frame in it", from);
	err = csic_create(&out, to, recording_info(in));
	if (err)
		return failed("convert", "%s: %s", to, strerror(-err));
	code = copy_frames(in, f, out, to, error);
	err = csic_close(out);
	if (err && code == EXIT_DONE)
		code = failed("convert", "%s: %s", to, strerror(-err));
	if (code != EXIT_DONE)
		unlink(to);
	return code;
}

static void report_losses(const struct recording *r, const char *path)
{
	const struct stream_info *info = recording_info(r);

	if (info->damaged || info->dropped || info->torn_bytes)
		fprintf(stderr, "sixth convert: %s: %llu stretches damaged, %llu records dropped, %llu bytes torn (last: %s)\n",
			path, (unsigned long long)info->damaged, (unsigned long long)info->dropped,
			(unsigned long long)info->torn_bytes, info->why ? info->why : "");
	if (recording_damage(r))
		fprintf(stderr, "sixth convert: %s: %s\n", path, recording_damage(r));
}

static int convert_run(int argc, char **argv)
{
	char error[RECORDING_ERROR_LEN];
	struct recording *in;
	int code;

	if (argc != 3)
		return wrong_usage(&command_convert, "an input and an output are needed");
	if (same_file(argv[1], argv[2]))
		return failed("convert", "%s: is the input too; give the output another name", argv[2]);
	if (recording_open(&in, argv[1], error) < 0)
		return failed("convert", "%s", error);
	code = convert(in, argv[1], argv[2]);
	report_losses(in, argv[1]);
	recording_close(in);
	return code;
}

const struct command command_convert = {
	.name  = "convert",
	.usage = "IN OUT.csic[.gz]",
	.help  = "turns a recording of any known format into our own",
	.details =
		"IN is told by its content, whatever it is called, also compressed with gzip; if it is of no known\n"
		"format, the formats that are known are listed.\n"
		"Tones are put in ascending order, empty ones dropped, receive chains put in antenna order and the\n"
		"clock unwrapped.  OUT is compressed if its name ends in .gz.  What was damaged is reported.\n",
	.files_only = true,
	.run   = convert_run,
};
