/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "daemon/files.h"
#include "daemon/keeper.h"

struct keeper {
	pthread_mutex_t lock;
	pthread_cond_t  work, ended_cond;
	pthread_t thread;
	bool  running, stopping, ended, left_behind;
	bool  waits;			/* text is to be written */
	char *text;
	int   error;
	char  path[FILES_PATH_LEN];
};

static void destroy(struct keeper *k)
{
	pthread_cond_destroy(&k->ended_cond);
	pthread_cond_destroy(&k->work);
	pthread_mutex_destroy(&k->lock);
	free(k->text);
	free(k);
}

struct keeper *keeper_open(const char *path)
{
	struct keeper *k = calloc(1, sizeof(*k));
	pthread_condattr_t attr;

	if (!k)
		return NULL;
	snprintf(k->path, sizeof(k->path), "%s", path);
	pthread_mutex_init(&k->lock, NULL);
	pthread_cond_init(&k->work, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&k->ended_cond, &attr);
	pthread_condattr_destroy(&attr);
	return k;
}

/* With the lock held.  False: asked to end, and nothing waits. */
static bool take(struct keeper *k, char **text)
{
	while (!k->waits && !k->stopping)
		pthread_cond_wait(&k->work, &k->lock);
	if (!k->waits)
		return false;
	*text = k->text;
	k->text = NULL;
	k->waits = false;
	return true;
}

static void *work(void *arg)
{
	struct keeper *k = arg;
	bool left_behind;
	char *text;

	pthread_mutex_lock(&k->lock);
	while (take(k, &text)) {
		int err;

		pthread_mutex_unlock(&k->lock);
		err = text ? files_write(k->path, text, strlen(text)) : files_remove(k->path);
		free(text);
		pthread_mutex_lock(&k->lock);
		k->error = err;
	}
	k->ended = true;
	left_behind = k->left_behind;
	pthread_cond_signal(&k->ended_cond);
	pthread_mutex_unlock(&k->lock);
	if (left_behind)
		destroy(k);
	return NULL;
}

/* Signals are the loop's. */
static int start(struct keeper *k)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&k->thread, NULL, work, k);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	k->running = !err;
	return -err;
}

void keeper_put(struct keeper *k, char *text)
{
	int err = k->running ? 0 : start(k);

	pthread_mutex_lock(&k->lock);
	free(k->text);
	k->text = text;
	k->waits = true;
	if (err)
		k->error = err;
	pthread_cond_signal(&k->work);
	pthread_mutex_unlock(&k->lock);
}

int keeper_error(struct keeper *k)
{
	int err;

	pthread_mutex_lock(&k->lock);
	err = k->error;
	pthread_mutex_unlock(&k->lock);
	return err;
}

void keeper_close(struct keeper *k)
{
	struct timespec until;
	pthread_t thread;
	bool ended;
	int err = 0;

	if (!k)
		return;
	if (!k->running) {
		destroy(k);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += KEEPER_CLOSE_MS / 1000;
	thread = k->thread;
	pthread_mutex_lock(&k->lock);
	k->stopping = true;
	pthread_cond_signal(&k->work);
	while (!k->ended && err != ETIMEDOUT)
		err = pthread_cond_timedwait(&k->ended_cond, &k->lock, &until);
	ended = k->ended;
	k->left_behind = !ended;
	if (!ended)
		pthread_detach(thread);		/* from here on the thread may free k */
	pthread_mutex_unlock(&k->lock);
	if (!ended)
		return;
	pthread_join(thread, NULL);
	destroy(k);
}
