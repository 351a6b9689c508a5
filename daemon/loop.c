/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ev.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include "daemon/loop.h"

/* Watchers form a list so that the loop can free those nobody removed. */
struct watch {
	struct watch *next, **link;	/* link: what points to us */
};

struct loop_timer {
	struct watch watch;
	struct loop *loop;
	ev_timer timer;
	void (*cb)(void *owner);
	void *owner;
};

struct loop_io {
	struct watch watch;
	struct loop *loop;
	ev_io io;
	void (*cb)(void *owner);
	void *owner;
};

struct loop {
	struct ev_loop *ev;
	ev_signal interrupt, terminate, hangup;
	struct watch *timers, *ios;
};

static void watch_link(struct watch **list, struct watch *w)
{
	w->next = *list;
	w->link = list;
	if (w->next)
		w->next->link = &w->next;
	*list = w;
}

static void watch_unlink(struct watch *w)
{
	*w->link = w->next;
	if (w->next)
		w->next->link = w->link;
}

struct loop *loop_create(void)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->ev = ev_loop_new(EVFLAG_AUTO);
	if (!l->ev) {
		free(l);
		return NULL;
	}
	ev_init(&l->interrupt, NULL);
	ev_init(&l->terminate, NULL);
	ev_init(&l->hangup, NULL);
	return l;
}

void loop_destroy(struct loop *l)
{
	if (!l)
		return;
	while (l->timers)
		loop_timer_remove((struct loop_timer *)l->timers);
	while (l->ios)
		loop_io_remove((struct loop_io *)l->ios);
	ev_signal_stop(l->ev, &l->interrupt);
	ev_signal_stop(l->ev, &l->terminate);
	ev_signal_stop(l->ev, &l->hangup);
	ev_loop_destroy(l->ev);
	free(l);
}

void loop_run(struct loop *l)
{
	ev_run(l->ev, 0);
}

void loop_stop(struct loop *l)
{
	ev_break(l->ev, EVBREAK_ALL);
}

static void on_timer(struct ev_loop *ev, ev_timer *timer, int events)
{
	struct loop_timer *t = timer->data;

	(void)ev;
	(void)events;
	t->cb(t->owner);
}

struct loop_timer *loop_timer_add(struct loop *l, double after_s, double repeat_s,
				  void (*cb)(void *owner), void *owner)
{
	struct loop_timer *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->loop = l;
	t->cb = cb;
	t->owner = owner;
	ev_timer_init(&t->timer, on_timer, after_s, repeat_s);
	t->timer.data = t;
	ev_timer_start(l->ev, &t->timer);
	watch_link(&l->timers, &t->watch);
	return t;
}

void loop_timer_set(struct loop_timer *t, double after_s)
{
	ev_timer_stop(t->loop->ev, &t->timer);
	ev_timer_set(&t->timer, after_s, 0.);
	ev_timer_start(t->loop->ev, &t->timer);
}

void loop_timer_remove(struct loop_timer *t)
{
	if (!t)
		return;
	ev_timer_stop(t->loop->ev, &t->timer);
	watch_unlink(&t->watch);
	free(t);
}

static void on_io(struct ev_loop *ev, ev_io *io, int events)
{
	struct loop_io *w = io->data;

	(void)ev;
	(void)events;
	w->cb(w->owner);
}

struct loop_io *loop_io_add(struct loop *l, int fd, void (*cb)(void *owner), void *owner)
{
	struct loop_io *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->loop = l;
	w->cb = cb;
	w->owner = owner;
	ev_io_init(&w->io, on_io, fd, EV_READ);
	w->io.data = w;
	ev_io_start(l->ev, &w->io);
	watch_link(&l->ios, &w->watch);
	return w;
}

void loop_io_remove(struct loop_io *w)
{
	if (!w)
		return;
	ev_io_stop(w->loop->ev, &w->io);
	watch_unlink(&w->watch);
	free(w);
}

static void on_signal(struct ev_loop *ev, ev_signal *w, int events)
{
	(void)w;
	(void)events;
	ev_break(ev, EVBREAK_ALL);
}

void loop_stop_on_signals(struct loop *l)
{
	struct sigaction hangup;

	ev_signal_init(&l->interrupt, on_signal, SIGINT);
	ev_signal_init(&l->terminate, on_signal, SIGTERM);
	ev_signal_start(l->ev, &l->interrupt);
	ev_signal_start(l->ev, &l->terminate);
	if (!sigaction(SIGHUP, NULL, &hangup) && hangup.sa_handler != SIG_IGN) {
		ev_signal_init(&l->hangup, on_signal, SIGHUP);
		ev_signal_start(l->ev, &l->hangup);
	}
	signal(SIGPIPE, SIG_IGN);
}

uint64_t loop_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}
