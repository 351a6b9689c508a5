/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * privacy.h -- people who want to be let alone for a while: pause and resume.
 *
 * A pause outlives a restart, a crash and a power cut: it is in the file `pauses` of the
 * state folder (pauses.h says how time goes on meanwhile), and who asked for it is answered
 * when it is on flash there, or cannot be: then it holds all the same, until we end.  Where that file is there and
 * cannot be understood, every room is paused for PRIVACY_PAUSE_S. */
#ifndef DAEMON_PRIVACY_H
#define DAEMON_PRIVACY_H

#include "daemon/commands.h"
#include "daemon/sensing.h"

#define PRIVACY_PAUSE_S     3600	/* if nothing else is asked for */
#define PRIVACY_PAUSE_MAX_S 86400	/* who wants more asks again, or switches us off */
#define PRIVACY_PATIENCE_S  5		/* flash that takes longer is said not to have it */

struct privacy;

/* All borrowed for the life of it. */
struct privacy_options {
	struct sensing *sensing;	/* with all its rooms */
	const char *folder;		/* that state is kept in */
	const char *boot_id;
	bool trust_clock;		/* as in wallclock_now() */

	/* Writes the file, or removes it (NULL), beside the loop; takes the text over.  A ticket
	 * that privacy_written() brings back, or 0: not now. */
	uint32_t (*write)(void *owner, char *text);
	/* Commands whose reply was `later`, up to this number, are settled: 0 or -errno.
	 * Called from privacy_written() and privacy_tick() only. */
	void (*settled)(void *owner, uint64_t later, int error);
	void *owner;
};

/* Reads what an earlier run left and pauses those rooms: may wait for flash, so before the
 * loop runs, and before any frame comes.  0 or -ENOMEM. */
int privacy_open(struct privacy **out, const struct privacy_options *o);

/* What is paused stays so for the next run: hands that over.  NULL is fine. */
void privacy_close(struct privacy *p);

/* pause: for_s seconds, the room of the topic, or all rooms from the node's; a pause of a
 * pause counts from now.  resume: at once.  While it lasts no frame is looked at, nothing
 * is kept from before, every topic says `paused`, and no new alarm can come.  What it
 * returns 0 for is done; `later` of its reply says what `settled` has to come for before
 * that is answered. */
enum command_error privacy_command(struct privacy *p, const struct command_request *r,
				   struct command_reply *reply);

/* A few times a second: ends what is over. */
void privacy_tick(struct privacy *p);

/* The file's path, valid as long as p. */
const char *privacy_file(const struct privacy *p);

/* The write of this ticket, and all before it, are done: 0 or -errno. */
void privacy_written(struct privacy *p, uint32_t ticket, int error);

/* A pause would not outlive a restart: the file cannot be written. */
bool privacy_failing(const struct privacy *p);

#endif
