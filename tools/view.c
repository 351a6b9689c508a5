/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "daemon/json.h"
#include "tools/view.h"

#define COLUMN_S       1
#define STALE_STATE_S  15	/* presence, sensing: older is no news */
#define STALE_VITALS_S 6
#define STALE_WAVE_S   5
#define RATE_SPAN      6	/* breaths a minute that a sparkline shows at least */
#define LINE_STEP_S    3	/* of one room; a state that flickers is no line each time */

static void history_push(struct view_history *h, double value)
{
	h->value[h->next] = (float)value;
	h->next = (h->next + 1) % VIEW_COLUMNS;
	if (h->count < VIEW_COLUMNS)
		h->count++;
}

/* Copies what may stand on a terminal. */
static void copy_text(char *out, size_t size, const char *text, size_t len)
{
	size_t n = 0;

	for (; n < len && n + 1 < size && text[n]; n++)
		out[n] = text[n] >= 0x20 && text[n] < 0x7f ? text[n] : '?';
	out[n] = '\0';
}

static void take_string(char out[VIEW_TEXT], const struct json *j, const char *key)
{
	const char *s = json_get_string(j, key);

	copy_text(out, VIEW_TEXT, s ? s : "", s ? strlen(s) : 0);
}

static double take_number(const struct json *j, const char *key)
{
	double value;

	return json_get_number(j, key, &value) && isfinite(value) ? value : NAN;
}

/* topics */

static void take_presence(struct view_room *r, const struct json *j)
{
	bool motion;

	take_string(r->presence, j, "state");
	take_string(r->evidence, j, "evidence");
	take_string(r->presence_reason, j, "reason");
	r->motion = json_get_bool(j, "motion", &motion) ? motion : -1;
	r->motion_level = take_number(j, "motion_level");
}

static void take_respiration(struct view_room *r, const struct json *j)
{
	r->rate = take_number(j, "rate_per_min");
	r->quality = take_number(j, "quality");
	take_string(r->respiration_reason, j, "reason");
}

static void take_heart(struct view_room *r, const struct json *j)
{
	r->heart_rate = take_number(j, "rate_per_min");
	r->heart_quality = take_number(j, "quality");
	take_string(r->heart_reason, j, "reason");
}

static void take_sensing(struct view_room *r, const struct json *j)
{
	take_string(r->sensing, j, "state");
	take_string(r->sensing_reason, j, "reason");
}

static void take_alarm(struct view_room *r, const struct json *j)
{
	const char *name = json_get_string(j, "kind");
	enum alarm_kind kind;
	bool test = false;
	size_t len;

	if (!name || !alarm_kind_parse(&kind, name))
		return;
	take_string(r->alarm[kind], j, "state");
	if (!strcmp(r->alarm[kind], "none"))
		r->alarm[kind][0] = '\0';
	len = strlen(r->alarm[kind]);
	if (kind != ALARM_TEST && json_get_bool(j, "test", &test) && test)
		snprintf(r->alarm[kind] + len, VIEW_TEXT - len, " (a test)");
}

static void take_wave(struct view_room *r, const struct json *j)
{
	history_push(&r->wave, take_number(j, "displacement"));
}

static const struct {
	const char *name;
	void (*take)(struct view_room *r, const struct json *j);
	size_t heard;
} topics[] = {
	{ "/presence", take_presence, offsetof(struct view_room, presence_heard) },
	{ "/respiration", take_respiration, offsetof(struct view_room, respiration_heard) },
	{ "/heartbeat", take_heart, offsetof(struct view_room, heart_heard) },
	{ "/sensing", take_sensing, offsetof(struct view_room, sensing_heard) },
	{ "/alarm/fall", take_alarm, offsetof(struct view_room, alarm_heard) },
	{ "/alarm/long_lie", take_alarm, offsetof(struct view_room, alarm_heard) },
	{ "/alarm/no_breathing", take_alarm, offsetof(struct view_room, alarm_heard) },
	{ "/alarm/child_left", take_alarm, offsetof(struct view_room, alarm_heard) },
	{ "/alarm/test", take_alarm, offsetof(struct view_room, alarm_heard) },
	{ "/respiration/wave", take_wave, offsetof(struct view_room, wave_heard) },
};

static struct view_room *find_room(struct view *v, const char *name, size_t len)
{
	struct view_room *oldest = &v->room[0];
	char text[VIEW_NAME];

	copy_text(text, sizeof(text), name, len);
	for (int i = 0; i < VIEW_ROOMS; i++) {
		struct view_room *r = &v->room[i];

		if (r->used && !strcmp(r->name, text))
			return r;
		if (oldest->used && (!r->used || r->heard_s < oldest->heard_s))
			oldest = r;
	}
	v->evicted += oldest->used;
	*oldest = (struct view_room) { .used = true, .motion = -1, .motion_level = NAN, .rate = NAN,
				       .quality = NAN, .heart_rate = NAN, .heart_quality = NAN, .line_s = -INFINITY };
	memcpy(oldest->name, text, sizeof(text));
	return oldest;
}

/* What follows the base, NULL if the topic is not below it.  Without a base the
 * node stays part of the name. */
static const char *below_base(const struct view *v, const char *topic)
{
	size_t len = strlen(v->base);

	if (strncmp(topic, *v->base ? v->base : "sixth", *v->base ? len : 5) != 0)
		return NULL;
	topic += *v->base ? len : 5;
	return *topic == '/' ? topic + 1 : NULL;
}

/* The place in topics[] of a topic's end, -1 for others; *len: what stands before. */
static int find_topic(const char *topic, size_t *len)
{
	size_t all = strlen(topic);

	for (int i = 0; i < (int)(sizeof(topics) / sizeof(*topics)); i++) {
		size_t n = strlen(topics[i].name);

		if (all > n && !strcmp(topic + all - n, topics[i].name)) {
			*len = all - n;
			return i;
		}
	}
	return -1;
}

static bool ends_in_status(const char *topic)
{
	const char *last = strrchr(topic, '/');

	return !strcmp(last ? last + 1 : topic, "status");
}

void view_message(struct view *v, const char *topic, const char *payload, size_t len, bool retained)
{
	const char *rest = below_base(v, topic);
	struct view_heard *heard;
	struct view_room *r;
	struct json *j;
	size_t name_len;
	int i;

	if (!rest)
		return;
	v->messages++;
	if (ends_in_status(rest))
		copy_text(v->status, sizeof(v->status), payload, len);
	i = find_topic(rest, &name_len);
	if (i < 0)
		return;
	j = json_parse(payload, len);
	if (!j) {
		v->unreadable++;
		return;
	}
	r = find_room(v, rest, name_len);
	topics[i].take(r, j);
	take_string(r->origin, j, "origin");
	heard = (struct view_heard *)((char *)r + topics[i].heard);
	*heard = (struct view_heard) { .at_s = v->now_s, .ever = true, .retained = retained };
	r->heard_s = v->now_s;
	json_free(j);
}

void view_init(struct view *v, const char *base)
{
	memset(v, 0, sizeof(*v));
	snprintf(v->base, sizeof(v->base), "%s", base ? base : "");
}

int view_rooms(const struct view *v)
{
	int n = 0;

	for (int i = 0; i < VIEW_ROOMS; i++)
		n += v->room[i].used;
	return n;
}

static bool fresh(const struct view *v, const struct view_heard *h, double stale_s)
{
	return h->ever && v->now_s - h->at_s <= stale_s;
}

static void add_column(const struct view *v, struct view_room *r)
{
	bool vitals = fresh(v, &r->respiration_heard, STALE_VITALS_S);

	history_push(&r->motions, fresh(v, &r->presence_heard, STALE_STATE_S) ? r->motion_level : NAN);
	history_push(&r->rates, vitals ? r->rate : NAN);
	history_push(&r->qualities, vitals ? r->quality : NAN);
}

/* After a long pause only as many columns as there are. */
void view_advance(struct view *v, double now_s)
{
	if (!v->columns_begun || now_s - v->column_s > VIEW_COLUMNS * COLUMN_S)
		v->column_s = now_s;
	v->columns_begun = true;
	for (; v->column_s + COLUMN_S <= now_s; v->column_s += COLUMN_S) {
		v->now_s = v->column_s + COLUMN_S;
		for (int i = 0; i < VIEW_ROOMS; i++)
			if (v->room[i].used)
				add_column(v, &v->room[i]);
	}
	v->now_s = now_s;
}

/* lines */

static void print_spark(FILE *out, const struct view_history *h, double low, double high)
{
	static const char *const bars[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };

	for (int i = 0; i < h->count; i++) {
		double value = (double)h->value[(h->next - h->count + i + VIEW_COLUMNS) % VIEW_COLUMNS];
		double step = high > low ? (value - low) / (high - low) * 8 : 0;

		if (isnan(value))
			fputc(' ', out);
		else
			fputs(bars[step < 0 ? 0 : step >= 8 ? 7 : (int)step], out);
	}
}

/* False if there is no value in it. */
static bool range(const struct view_history *h, double *low, double *high)
{
	*low = INFINITY;
	*high = -INFINITY;
	for (int i = 0; i < h->count; i++)
		if (!isnan(h->value[i])) {
			*low = fmin(*low, (double)h->value[i]);
			*high = fmax(*high, (double)h->value[i]);
		}
	return *low <= *high;
}

static const char *age(const struct view *v, const struct view_heard *h, double stale_s)
{
	if (!fresh(v, h, stale_s))
		return "  (stale)";
	return h->retained ? "  (kept by the broker)" : "";
}

static const char *motion_word(const struct view_room *r)
{
	return r->motion < 0 ? "motion unknown" : r->motion ? "moving" : "no motion";
}

static void print_presence(const struct view *v, const struct view_room *r, FILE *out)
{
	if (!r->presence_heard.ever) {
		fputs("nothing heard yet", out);
		return;
	}
	fprintf(out, "%s, %s", r->presence, motion_word(r));
	if (!isnan(r->motion_level))
		fprintf(out, " (level %.2f)", r->motion_level);
	if (*r->evidence)
		fprintf(out, ", from %s", r->evidence);
	if (*r->presence_reason)
		fprintf(out, ": %s", r->presence_reason);
	fputs(age(v, &r->presence_heard, STALE_STATE_S), out);
}

static void print_rate(const struct view *v, const struct view_heard *heard, double rate, double quality,
		       const char *reason, FILE *out)
{
	if (!heard->ever)
		fputs("nothing heard yet", out);
	else if (isnan(rate))
		fprintf(out, "no value: %s", *reason ? reason : "no reason given");
	else
		fprintf(out, "%.1f/min, quality %.2f%s", rate, quality, age(v, heard, STALE_VITALS_S));
}

static void print_rate_history(const struct view_room *r, FILE *out, const char *clear)
{
	double low, high, middle, span;

	if (!range(&r->rates, &low, &high))
		return;
	middle = (low + high) / 2;
	span = fmax(high - low, RATE_SPAN);
	fprintf(out, "%s  rate      ", clear);
	print_spark(out, &r->rates, middle - span / 2, middle + span / 2);
	fprintf(out, "  %.0f to %.0f/min\n%s  quality   ", fmax(middle - span / 2, 0), middle + span / 2, clear);
	print_spark(out, &r->qualities, 0, 1);
	fputs("  0 to 1\n", out);
}

/* "fall confirmed, test acknowledged"; how many there are. */
static int list_alarms(const struct view_room *r, char *text, size_t size)
{
	int n = 0;
	size_t len = 0;

	text[0] = '\0';
	for (int k = 0; k < ALARM_KINDS; k++) {
		if (!*r->alarm[k] || len >= size)
			continue;
		len += (size_t)snprintf(text + len, size - len, "%s%s %s", n++ ? ", " : "",
					alarm_kind_name((enum alarm_kind)k), r->alarm[k]);
	}
	return n;
}

static void print_room(const struct view *v, const struct view_room *r, FILE *out, const char *clear)
{
	double low, high;
	char alarms[256];

	fprintf(out, "%s%s  [%s]\n", clear, r->name, *r->origin ? r->origin : "?");
	if (list_alarms(r, alarms, sizeof(alarms)))
		fprintf(out, "%s  ALARM     %s\n", clear, alarms);
	fprintf(out, "%s  presence  ", clear);
	print_presence(v, r, out);
	fprintf(out, "\n%s  breathing ", clear);
	print_rate(v, &r->respiration_heard, r->rate, r->quality, r->respiration_reason, out);
	if (r->heart_heard.ever) {
		fprintf(out, "\n%s  heart     ", clear);
		print_rate(v, &r->heart_heard, r->heart_rate, r->heart_quality, r->heart_reason, out);
	}
	fprintf(out, "\n%s  sensing   %s%s%s%s\n", clear,
		r->sensing_heard.ever ? r->sensing : "nothing heard yet", *r->sensing_reason ? ": " : "",
		r->sensing_reason, r->sensing_heard.ever ? age(v, &r->sensing_heard, STALE_STATE_S) : "");
	if (r->motions.count) {
		fprintf(out, "%s  motion    ", clear);
		print_spark(out, &r->motions, 0, 1);
		fputs("  0 to 1\n", out);
	}
	print_rate_history(r, out, clear);
	if (fresh(v, &r->wave_heard, STALE_WAVE_S) && range(&r->wave, &low, &high)) {
		fprintf(out, "%s  wave      ", clear);
		print_spark(out, &r->wave, low, high);
		fputc('\n', out);
	}
}

void view_print(const struct view *v, FILE *out, const char *clear)
{
	if (*v->status)
		fprintf(out, "%sdaemon: %s\n", clear, v->status);
	for (int i = 0; i < VIEW_ROOMS; i++)
		if (v->room[i].used)
			print_room(v, &v->room[i], out, clear);
	if (v->unreadable)
		fprintf(out, "%s%lu messages could not be read\n", clear, v->unreadable);
	if (v->evicted)
		fprintf(out, "%smore than %d rooms: only the latest are shown\n", clear, VIEW_ROOMS);
}

/* What a change is judged by; the rate to a whole breath, and in ten characters at most, whatever a broker says: with that, all
 * before the alarms fits into the line. */
static void summarise(const struct view_room *r, char line[256])
{
	char alarms[128];
	int n = snprintf(line, 256, "%-20s %s%s%s, %s; breathing ", r->name,
			 r->presence_heard.ever ? r->presence : "unknown", *r->presence_reason ? ": " : "",
			 r->presence_reason, motion_word(r));

	if (isnan(r->rate))
		n += snprintf(line + n, 256 - (size_t)n, "none: %s", r->respiration_reason);
	else
		n += snprintf(line + n, 256 - (size_t)n, "%.3g/min", round(r->rate));
	n += snprintf(line + n, 256 - (size_t)n, "; sensing %s%s%s", r->sensing, *r->sensing_reason ? ": " : "",
		      r->sensing_reason);
	if (list_alarms(r, alarms, sizeof(alarms)))
		snprintf(line + n, 256 - (size_t)n, "; ALARM %s", alarms);
}

void view_print_changes(struct view *v, FILE *out)
{
	char line[256];

	for (int i = 0; i < VIEW_ROOMS; i++) {
		struct view_room *r = &v->room[i];

		if (!r->used)
			continue;
		summarise(r, line);
		if (!strcmp(line, r->line) || v->now_s - r->line_s < LINE_STEP_S)
			continue;
		fprintf(out, "%8.1f s  %s\n", v->now_s, line);
		memcpy(r->line, line, sizeof(line));
		r->line_s = v->now_s;
	}
	fflush(out);
}
