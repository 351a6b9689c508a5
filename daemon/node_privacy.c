/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include "daemon/node_privacy.h"
#include "daemon/trouble.h"

struct node_privacy {
	struct node_privacy_options o;
	struct privacy *pauses;
	struct raw_csi *raw_csi;
};

static void on_changed(void *owner, bool on)
{
	const struct node_privacy *p = owner;

	p->o.raw_csi(p->o.owner, on);
}

static bool on_paused(void *owner, int source)
{
	const struct node_privacy *p = owner;

	for (int i = 0; i < sensing_rooms(p->o.sensing); i++)
		if (p->o.room[i].sources >> source & 1 && sensing_is_paused(p->o.sensing, i))
			return true;
	return false;
}

int node_privacy_open(struct node_privacy **out, const struct node_privacy_options *o)
{
	struct node_privacy *p = calloc(1, sizeof(*p));
	const struct privacy_options pauses = {
		.sensing = o->sensing, .folder = o->config->state, .boot_id = o->boot_id,
		.trust_clock = o->config->alarms.trust_clock,
		.write = o->write, .settled = o->settled, .owner = o->owner,
	};
	const struct raw_csi_options raw = {
		.config = o->config, .loop = o->loop, .changed = on_changed, .paused = on_paused, .owner = p,
	};
	int err;

	if (!p)
		return -ENOMEM;
	p->o = *o;
	err = privacy_open(&p->pauses, &pauses);
	if (!err)
		err = raw_csi_open(&p->raw_csi, &raw);
	if (err) {
		node_privacy_close(p);
		return err;
	}
	*out = p;
	return 0;
}

void node_privacy_close(struct node_privacy *p)
{
	if (!p)
		return;
	raw_csi_close(p->raw_csi);
	privacy_close(p->pauses);
	free(p);
}

bool node_privacy_means(enum command_action a)
{
	return a == ACTION_PAUSE || a == ACTION_RESUME || a == ACTION_RAW_CSI;
}

bool node_privacy_waits(enum command_action a)
{
	return a == ACTION_PAUSE || a == ACTION_RESUME;
}

const char *node_privacy_file(const struct node_privacy *p)
{
	return privacy_file(p->pauses);
}

void node_privacy_written(struct node_privacy *p, uint32_t ticket, int error)
{
	privacy_written(p->pauses, ticket, error);
}

enum command_error node_privacy_command(struct node_privacy *p, const struct command_request *r,
					struct command_reply *reply)
{
	return r->action == ACTION_RAW_CSI ? raw_csi_command(p->raw_csi, r, reply)
					   : privacy_command(p->pauses, r, reply);
}

void node_privacy_frame(struct node_privacy *p, const struct source *s, const struct csi_frame *f)
{
	raw_csi_frame(p->raw_csi, s, f);
}

void node_privacy_tick(struct node_privacy *p)
{
	privacy_tick(p->pauses);
	raw_csi_tick(p->raw_csi);
}

unsigned node_privacy_trouble(const struct node_privacy *p)
{
	return privacy_failing(p->pauses) ? TROUBLE_DISK : 0;
}

const struct raw_csi *node_privacy_raw_csi(const struct node_privacy *p)
{
	return p->raw_csi;
}
