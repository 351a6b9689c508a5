/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "daemon/formats/csic.h"
#include "tools/sim/render.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

struct render *render_open(const char *path, const uint64_t *seed, char error[RENDER_ERROR])
{
	struct render *r = calloc(1, sizeof(*r));
	int err;

	if (!r) {
		snprintf(error, RENDER_ERROR, "%s: %s", path, strerror(ENOMEM));
		return NULL;
	}
	if (scene_read(&r->scene, path, error) < 0) {
		free(r);
		return NULL;
	}
	r->seed = seed ? *seed : (uint64_t)r->scene.room.seed;
	err = world_open(&r->world, &r->scene, r->seed);
	if (err) {
		scene_fault(&r->scene, error, scene_where(&r->scene, &r->scene.room.duration_s, &r->scene.room),
			    "a scene of %g s: %s", r->scene.room.duration_s, strerror(-err));
		render_close(r);
		return NULL;
	}
	return r;
}

void render_close(struct render *r)
{
	if (!r)
		return;
	world_close(&r->world);
	free(r);
}

static int write_frames(struct world *w, struct csic_writer *out)
{
	const struct csi_frame *f;
	int err = 0;

	while (!err && (f = world_next(w)))
		err = csic_write(out, f);
	return err;
}

static int write_recording(struct render *r, const char *path)
{
	struct stream_info info = { .driver = "simulator", .origin = "simulated" };
	struct csic_writer *out;
	int err;

	snprintf(info.device, sizeof(info.device), "%s", r->world.radio[0].chip.name);
	snprintf(info.note, sizeof(info.note), "scene %s, seed %llu", base_name(r->scene.path),
		 (unsigned long long)r->seed);
	err = csic_create(&out, path, &info);
	if (err)
		return err;
	err = write_frames(&r->world, out);
	if (err) {
		csic_abandon(out);
		return err;
	}
	err = csic_close(out);
	if (err)
		unlink(path);
	return err;
}

int render_recording(struct render *r, const char *out, char error[RENDER_ERROR])
{
	int err = write_recording(r, out);

	if (err)
		snprintf(error, RENDER_ERROR, "%s: %s", out, strerror(-err));
	return err;
}

int render_missing(const char *recording, char made[RENDER_PATH], struct doing_times *does, char error[RENDER_ERROR])
{
	const char *dot = strstr(base_name(recording), ".csic");
	char scene[RENDER_PATH];
	struct render *r;
	int err;

	made[0] = 0;
	memset(does, 0, sizeof(*does));
	if (!access(recording, F_OK) || !dot)
		return 0;
	if (snprintf(scene, sizeof(scene), "%.*s.scene", (int)(dot - recording), recording) >= (int)sizeof(scene) ||
	    access(scene, F_OK))
		return 0;
	r = render_open(scene, NULL, error);
	if (!r)
		return -EINVAL;
	/* its own name: two may score one folder, and what a kill leaves half is not the recording */
	snprintf(made, RENDER_PATH, "%.*s.%ld%s", (int)(dot - recording), recording, (long)getpid(), dot);
	err = doing_read(does, &r->world);
	if (err)
		snprintf(error, RENDER_ERROR, "%.400s: %s", scene, strerror(-err));
	else
		err = render_recording(r, made, error);
	if (err)
		made[0] = 0;
	render_close(r);
	return err;
}
