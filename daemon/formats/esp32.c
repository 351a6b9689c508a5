/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * esp32.c -- CSI lines as ESP32 chips print them on their serial line.
 *
 * A line is `CSI_DATA,` then comma-separated fields, then the values in brackets,
 * imaginary part first.  Firmwares order the fields differently: a header line
 * (`type,...`) names them; without one the place of the transmitter's address and
 * the number of fields tell which of the known orders it is.  Log lines of the
 * chip stand between; lines lose characters.  `len` is what the driver had, not
 * what the firmware printed, so only the printed values count.
 *
 * The buffer holds the long training field of the legacy preamble (64 bins, the
 * tones +-1..26) and after it, in HT packets, that of the HT preamble.  We use the
 * legacy field, which every packet has, except at 40 MHz, where the HT field shows
 * twice the bandwidth.  Newer chips (C5, C6) print filled bins of one field only.
 * Details: firmware-notes/esp32.md. */
#include <limits.h>
#include <string.h>
#include "daemon/formats/esp32_bins.h"

#define LINE_MAX_BYTES 16384
#define VALUES_MAX     1024
#define FIELDS_MAX     48
#define MARK           "CSI_DATA,"
#define MARK_LEN       (sizeof(MARK) - 1)

enum column {
	COL_SEQUENCE, COL_MAC, COL_RSSI, COL_SIG_MODE, COL_BANDWIDTH, COL_NOISE, COL_CHANNEL,
	COL_SECONDARY, COL_TIME, COL_AGC, COL_FIRST_WORD, COL_COUNT,
};

/* Names of the columns over the firmwares. */
static const struct {
	const char *name;
	enum column column;
} column_names[] = {
	{ "id", COL_SEQUENCE }, { "seq", COL_SEQUENCE }, { "sequence", COL_SEQUENCE },
	{ "mac", COL_MAC }, { "rssi", COL_RSSI }, { "sig_mode", COL_SIG_MODE },
	{ "bandwidth", COL_BANDWIDTH }, { "cwb", COL_BANDWIDTH },
	{ "noise_floor", COL_NOISE },
	{ "channel", COL_CHANNEL }, { "channel_primary", COL_CHANNEL },
	{ "secondary_channel", COL_SECONDARY }, { "channel_secondary", COL_SECONDARY },
	{ "local_timestamp", COL_TIME }, { "agc_gain", COL_AGC }, { "first_word", COL_FIRST_WORD },
};

/* Orders without a header line; the columns by position, 0: not there. */
static const struct order {
	uint8_t fields;			/* before the bracket */
	uint8_t at[COL_COUNT];
} orders[] = {
	/* esp-csi, first generation:  id mac rssi rate sig_mode mcs bandwidth ... first_word */
	{ 24, { [COL_SEQUENCE] = 1, [COL_MAC] = 2, [COL_RSSI] = 3, [COL_SIG_MODE] = 5, [COL_BANDWIDTH] = 7,
		[COL_NOISE] = 14, [COL_CHANNEL] = 16, [COL_SECONDARY] = 17, [COL_TIME] = 18,
		[COL_FIRST_WORD] = 23 } },
	/* ESP32-CSI-Tool:  role mac rssi ... rx_state real_time_set real_timestamp len */
	{ 25, { [COL_MAC] = 2, [COL_RSSI] = 3, [COL_SIG_MODE] = 5, [COL_BANDWIDTH] = 7, [COL_NOISE] = 14,
		[COL_CHANNEL] = 16, [COL_SECONDARY] = 17, [COL_TIME] = 18 } },
	/* esp-csi, C5 and C6:  seq mac rssi rate noise_floor fft_gain agc_gain channel local_timestamp ... */
	{ 14, { [COL_SEQUENCE] = 1, [COL_MAC] = 2, [COL_RSSI] = 3, [COL_NOISE] = 5, [COL_AGC] = 7,
		[COL_CHANNEL] = 8, [COL_TIME] = 9, [COL_FIRST_WORD] = 13 } },
};

struct text {
	const char *p;
	size_t len;
};

struct state {
	uint8_t header[COL_COUNT];	/* columns by a header line; header[COL_MAC] 0: none seen */
	struct esp32_bins bins;
};

static bool text_is(struct text t, const char *s)
{
	return t.len == strlen(s) && !memcmp(t.p, s, t.len);
}

static struct text trim(struct text t)
{
	while (t.len && (*t.p == ' ' || *t.p == '"' || *t.p == '\t')) {
		t.p++;
		t.len--;
	}
	while (t.len && strchr(" \"\t\r\n", t.p[t.len - 1]))
		t.len--;
	return t;
}

/* Splits at commas into at most FIELDS_MAX fields; more are not looked at. */
static int split(struct text line, struct text *field)
{
	const char *end = line.p + line.len;
	int n = 0;

	for (const char *p = line.p; n < FIELDS_MAX; n++) {
		const char *comma = memchr(p, ',', (size_t)(end - p));

		field[n] = trim((struct text){ p, (size_t)((comma ? comma : end) - p) });
		if (!comma)
			return n + 1;
		p = comma + 1;
	}
	return n;
}

/* A decimal number that fills the text; false on anything else.  A fraction is
 * cut off, as some firmwares print one where others print none. */
static bool number(struct text t, int64_t lo, int64_t hi, int64_t *out)
{
	bool negative = t.len && *t.p == '-';
	int64_t v = 0;
	size_t i = negative;

	if (i == t.len)
		return false;
	for (; i < t.len && t.p[i] != '.'; i++) {
		if (t.p[i] < '0' || t.p[i] > '9' || v > INT64_MAX / 20)
			return false;
		v = v * 10 + (t.p[i] - '0');
	}
	v = negative ? -v : v;
	*out = v;
	return v >= lo && v <= hi;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool mac_address(struct text t, uint8_t mac[6])
{
	if (t.len != 17)
		return false;
	for (int i = 0; i < 6; i++) {
		int hi = hex_digit(t.p[3 * i]), lo = hex_digit(t.p[3 * i + 1]);

		if (hi < 0 || lo < 0 || (i < 5 && t.p[3 * i + 2] != ':'))
			return false;
		mac[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

static void read_header_line(struct state *st, struct text line)
{
	struct text field[FIELDS_MAX];
	uint8_t at[COL_COUNT] = { 0 };
	int n = split(line, field);

	for (int i = 1; i < n; i++)
		for (size_t k = 0; k < sizeof(column_names) / sizeof(*column_names); k++)
			if (text_is(field[i], column_names[k].name))
				at[column_names[k].column] = (uint8_t)i;
	if (at[COL_MAC] && at[COL_TIME])
		memcpy(st->header, at, sizeof(at));
}

/* The columns of this line: the header's if its address stands where the header
 * says, else those of a known order that fits. */
static const uint8_t *find_columns(const struct state *st, const struct text *field, int n)
{
	uint8_t mac[6];

	if (st->header[COL_MAC] && st->header[COL_MAC] < n && mac_address(field[st->header[COL_MAC]], mac))
		return st->header;
	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++)
		if (n == orders[i].fields && mac_address(field[orders[i].at[COL_MAC]], mac))
			return orders[i].at;
	return NULL;
}

/* The values in brackets, imaginary part first, separated by commas or blanks.
 * Returns their number, -1 if there is anything else. */
static int read_values(const char *p, const char *end, struct csi_sample *out)
{
	int n = 0;

	for (;;) {
		bool negative;
		int v = 0, digits = 0;

		while (p < end && (*p == ' ' || *p == ','))
			p++;
		if (p == end)
			return -1;
		if (*p == ']')
			return n;
		negative = *p == '-';
		p += negative;
		for (; p < end && (unsigned)(*p - '0') < 10 && digits < 6; p++, digits++)
			v = v * 10 + (*p - '0');
		if (!digits || n == VALUES_MAX || v > 32767 || p == end || (*p != ' ' && *p != ',' && *p != ']'))
			return -1;
		v = negative ? -v : v;
		if (n & 1)
			out[n / 2].re = (int16_t)v;
		else
			out[n / 2].im = (int16_t)v;
		n++;
	}
}

static uint16_t channel_mhz(int64_t channel)
{
	if (channel == 14)
		return 2484;
	return (uint16_t)(channel < 14 ? 2407 + 5 * channel : 5000 + 5 * channel);
}

/* Fills what the fields say; a reason if they say nothing sensible. */
static const char *read_fields(struct csi_record *r, const struct text *field, int n, const uint8_t *at,
			       int64_t *secondary, bool *wide)
{
	int64_t v;

#define FIELD(col, lo, hi) (at[col] && at[col] < n && number(field[at[col]], lo, hi, &v))
	if (!FIELD(COL_TIME, 0, UINT32_MAX))
		return "no local_timestamp";
	r->raw_time = (uint64_t)v;
	r->time_bits = 32;
	mac_address(field[at[COL_MAC]], r->tx_mac);
	if (FIELD(COL_RSSI, -127, 20))
		r->rssi_dbm[0] = (int8_t)v;
	if (FIELD(COL_NOISE, -127, 0))
		r->noise_dbm = (int8_t)v;
	if (FIELD(COL_SEQUENCE, 0, UINT32_MAX))
		r->sequence = (uint32_t)v;
	if (FIELD(COL_AGC, 0, 254))
		r->agc_db = (uint8_t)v;
	if (!FIELD(COL_CHANNEL, 1, 196))
		return "no channel";
	r->freq_mhz = channel_mhz(v);
	if (FIELD(COL_SIG_MODE, 0, 3))
		r->phy = v == 0 ? CSI_PHY_LEGACY : v == 1 ? CSI_PHY_HT : CSI_PHY_VHT;
	*secondary = FIELD(COL_SECONDARY, 0, 2) ? v : 0;
	*wide = FIELD(COL_BANDWIDTH, 0, 1) && v == 1;
	return NULL;
#undef FIELD
}

/* Whether the first two pairs are garbage: the field says so; firmwares without
 * it (and without the newer gain fields) run on the first ESP32, where they are. */
static bool first_word_bad(const struct text *field, int n, const uint8_t *at)
{
	int64_t v;

	if (at[COL_FIRST_WORD] && at[COL_FIRST_WORD] < n)
		return !number(field[at[COL_FIRST_WORD]], 0, 1, &v) || v == 1;
	return !at[COL_AGC];
}

static const char *read_line(struct csi_stream *s, struct text line)
{
	struct state *st = s->state;
	struct csi_record *r = &s->record;
	struct text field[FIELDS_MAX];
	struct esp32_buffer buffer = { 0 };
	const char *bracket = memchr(line.p, '[', line.len), *why;
	const uint8_t *at;
	int64_t secondary;
	int n, values;

	memcpy(s->info.driver, "esp32", sizeof("esp32"));
	if (!bracket)
		return "no values";
	n = split((struct text){ line.p, (size_t)(bracket - line.p) }, field) - 1;
	at = find_columns(st, field, n);
	if (!at)
		return "fields in no known order";
	csi_record_clear(r);
	why = read_fields(r, field, n, at, &secondary, &buffer.wide);
	if (why)
		return why;
	values = read_values(bracket + 1, line.p + line.len, r->samples);
	buffer.pairs = values % 2 ? -1 : values / 2;
	buffer.ascending = secondary != 0;
	buffer.first_bad = first_word_bad(field, n, at);
	if (!esp32_bins_set(&st->bins, r, &buffer))
		return "values are torn";

	r->rx_count = r->tx_count = 1;
	if (r->bandwidth_mhz == 40 && secondary)
		r->freq_mhz = (uint16_t)(r->freq_mhz + (secondary == 1 ? 10 : -10));
	return NULL;
}

static const char *find_mark(const char *p, const char *end)
{
	while ((p = memchr(p, MARK[0], (size_t)(end - p)))) {
		if ((size_t)(end - p) < MARK_LEN)
			return NULL;
		if (!memcmp(p, MARK, MARK_LEN))
			return p;
		p++;
	}
	return NULL;
}

/* Whether it is a line that somebody wrote: what comes of another speed of the serial line is none. */
static bool is_text(struct text t)
{
	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.p[i];

		if (c < ' ' && (!c || !strchr("\t\r\n\a\b\033", c)))
			return false;
	}
	return true;
}

static struct parsed bad_line(struct csi_stream *s, const char *why, size_t used, bool torn)
{
	if (torn)
		s->info.torn_bytes += used;
	else
		s->info.dropped++;
	s->info.why = why;
	return (struct parsed){ PARSE_BAD, used };
}

/* A line ends at its line end, at the next mark where that was lost, or when no
 * line is so long. */
static struct parsed esp32_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	size_t look = len < LINE_MAX_BYTES ? len : LINE_MAX_BYTES;
	const uint8_t *newline = memchr(p, '\n', look);
	struct text line = { (const char *)p, newline ? (size_t)(newline - p) : look };
	size_t used = newline ? line.len + 1 : look;
	const char *end = line.p + line.len, *mark, *next, *why;

	if (!newline && look < LINE_MAX_BYTES && !last)
		return (struct parsed){ PARSE_MORE, 0 };
	if (line.len > 5 && !memcmp(line.p, "type,", 5))
		read_header_line(s->state, line);
	mark = find_mark(line.p, end);
	if (!mark && is_text(line))
		return (struct parsed){ PARSE_SKIP, used };
	if (!mark) {
		s->info.damaged++;
		s->info.why = "bytes that are no text: is `baud` as the firmware has it?";
		return (struct parsed){ PARSE_BAD, used };
	}
	next = find_mark(mark + 1, end);
	if (next) {
		end = next;
		used = (size_t)(next - line.p);
	}
	why = read_line(s, (struct text){ mark, (size_t)(end - mark) });
	if (!why)
		return (struct parsed){ PARSE_RECORD, used };
	return bad_line(s, why, used, !newline && !next && look < LINE_MAX_BYTES);
}

static int esp32_detect(const uint8_t *p, size_t len)
{
	const char *text = (const char *)p;
	const char *mark = find_mark(text, text + len);

	if (mark && (mark == text || mark[-1] == '\n'))
		return 95;
	if (len > 5 && !memcmp(p, "type,", 5))
		return 60;
	return mark ? 40 : 0;
}

const struct csi_format format_esp32 = {
	.name       = "esp32",
	.help       = "CSI_DATA lines of ESP32 firmwares (esp-csi, ESP32-CSI-Tool), .csv",
	.state_size = sizeof(struct state),
	.record_max = LINE_MAX_BYTES,
	.detect     = esp32_detect,
	.parse      = esp32_parse,
};
