/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/packing.h"

#define TEXT_MAX    512
#define AT_MAX      16384
#define SPACING_HZ  312500
#define FREQ_ASSUMED_MHZ 5180

/* --- words ---------------------------------------------------------------------------- */

static bool number(const char *text, long min, long max, long *out)
{
	char *end;

	*out = strtol(text, &end, 10);
	return end != text && !*end && *out >= min && *out <= max;
}

/* "A" or "A..B" with B not below A, up to the comma or the end; where it ended, or NULL. */
static const char *read_range(const char *text, long *from, long *to)
{
	char *end;

	*from = *to = strtol(text, &end, 10);
	if (end == text)
		return NULL;
	if (end[0] == '.' && end[1] == '.') {
		const char *second = end + 2;

		*to = strtol(second, &end, 10);
		if (end == second)
			return NULL;
	}
	return *from >= INT16_MIN && *to <= INT16_MAX && *from <= *to ? end : NULL;
}

static bool read_list(struct tone_layout *l, const char *text, float spacing_hz)
{
	int16_t index[CSI_MAX_TONES];
	long from, to;
	int n = 0;

	for (;;) {
		text = read_range(text, &from, &to);
		if (!text || to - from >= CSI_MAX_TONES - n)
			return false;
		while (from <= to)
			index[n++] = (int16_t)from++;
		if (!*text)
			return tone_layout_set(l, index, NULL, n, spacing_hz) == 0;
		if (*text++ != ',')
			return false;
	}
}

/* Cuts the text up. */
static bool read_lists(struct packing *p, char *text, float spacing_hz)
{
	char *one;

	while ((one = strsep(&text, "|"))) {
		if (p->lists == PACKING_LISTS || !read_list(&p->list[p->lists], one, spacing_hz))
			return false;
		p->lists++;
	}
	return true;
}

static bool set_form(struct packing *p, const char *word)
{
	static const struct {
		const char *word;
		uint8_t bytes;
		bool imaginary_first, big_endian;
	} forms[] = {
		{ "iq8", 1, false, false }, { "qi8", 1, true, false },
		{ "iq16", 2, false, false }, { "qi16", 2, true, false },
		{ "iq16be", 2, false, true }, { "qi16be", 2, true, true },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (!strcmp(forms[i].word, word)) {
			p->bytes = forms[i].bytes;
			p->imaginary_first = forms[i].imaginary_first;
			p->big_endian = forms[i].big_endian;
			return true;
		}
	return false;
}

struct words {
	char *tones;
	long chains, streams, spacing_hz, at, from, clock, rssi, mhz;
};

static const char *read_word(struct packing *p, struct words *w, char *word, bool alone)
{
	const struct {
		const char *name;
		long *to, min, max;
		bool alone;
	} numbers[] = {
		{ "chains", &w->chains, 1, CSI_MAX_RX, false }, { "streams", &w->streams, 1, CSI_MAX_TX, false },
		{ "spacing", &w->spacing_hz, 1000, 10000000, false }, { "at", &w->at, 0, AT_MAX, false },
		{ "from", &w->from, 0, AT_MAX, true }, { "clock", &w->clock, 0, AT_MAX, true },
		{ "rssi", &w->rssi, 0, AT_MAX, true }, { "mhz", &w->mhz, 2400, 7200, true },
	};
	char *value = strchr(word, '=');

	if (!value)
		return set_form(p, word) ? NULL : "`layout`: a word that is none of iq8, qi8, iq16, qi16, iq16be, qi16be "
						  "and has no =";
	*value++ = 0;
	if (!strcmp(word, "tones")) {
		w->tones = value;
		return NULL;
	}
	if (!strcmp(word, "order")) {
		p->tone_major = !strcmp(value, "tone");
		return p->tone_major || !strcmp(value, "chain") ? NULL : "`layout`: order is chain or tone";
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		if (strcmp(numbers[i].name, word))
			continue;
		if (numbers[i].alone && !alone)
			return "`layout`: this driver's records say from, clock, rssi and mhz themselves; leave them out";
		return number(value, numbers[i].min, numbers[i].max, numbers[i].to) ? NULL :
		       "`layout`: a number is out of range (chains and streams 1 to 8, spacing in Hz, mhz 2400 to 7200, "
		       "places up to 16384)";
	}
	return "`layout`: there are no such words; use tones, chains, streams, order, spacing, at; with infineon from, clock, "
	       "rssi, mhz, too";
}

static const char *complete(struct packing *p, const struct words *w, bool alone)
{
	if (!p->bytes)
		return "`layout` needs the form of a value: iq8, qi8, iq16, qi16, iq16be or qi16be";
	if (!w->tones)
		return "`layout` needs tones=, such as tones=-28..-1,1..28";
	if (alone && w->from == PACKING_NOWHERE)
		return "`layout` needs from=, the place of the transmitter's address";
	p->rx = (uint8_t)w->chains;
	p->tx = (uint8_t)w->streams;
	p->at = (int)w->at;
	p->from = (int)w->from;
	p->clock = (int)w->clock;
	p->rssi = (int)w->rssi;
	p->freq_mhz = (uint16_t)w->mhz;
	if (!read_lists(p, w->tones, (float)w->spacing_hz))
		return "`layout`: tones are up to 4 lists with | between them, of A or A..B with commas between them, each "
		       "index once";
	for (int i = 0; i < p->lists; i++)
		if (p->rx * p->tx * p->list[i].stored > CSI_MAX_SAMPLES)
			return "`layout`: chains, streams and tones make more than 16384 values";
	p->known = true;
	return NULL;
}

const char *packing_read(struct packing *p, const char *text, bool alone)
{
	struct words w = { NULL, 1, 1, SPACING_HZ, 0, PACKING_NOWHERE, PACKING_NOWHERE, PACKING_NOWHERE, FREQ_ASSUMED_MHZ };
	char words[TEXT_MAX], *save = NULL;
	const char *wrong = NULL;

	memset(p, 0, sizeof(*p));
	if (!text[strspn(text, " \t")])
		return NULL;
	if (strlen(text) >= sizeof(words))
		return "`layout` is too long";
	memcpy(words, text, strlen(text) + 1);
	for (char *word = strtok_r(words, " \t", &save); word && !wrong; word = strtok_r(NULL, " \t", &save))
		wrong = read_word(p, &w, word, alone);
	return wrong ? wrong : complete(p, &w, alone);
}

/* --- values ----------------------------------------------------------------------------- */

/* Two lists of one length cannot be told apart; the first is taken. */
const struct tone_layout *packing_fits(const struct packing *p, size_t len, size_t align)
{
	for (int i = 0; p->known && i < p->lists; i++) {
		size_t need = (size_t)p->at + (size_t)(p->rx * p->tx * p->list[i].stored * 2 * p->bytes);

		if ((need + align - 1) / align * align == len)
			return &p->list[i];
	}
	return NULL;
}

static int16_t component(const struct packing *p, const uint8_t *at)
{
	return p->bytes == 1 ? (int8_t)*at : (int16_t)(p->big_endian ? get_be16(at) : get_le16(at));
}

/* The narrowest channel that has room for them; index 0 is its centre. */
static uint16_t bandwidth_mhz(const struct csi_tones *t)
{
	int first = t->index[0], last = t->index[t->count - 1];
	int half = -first > last ? -first : last;
	uint16_t mhz = 20;

	while (mhz < 320 && (float)half * t->spacing_hz > (float)mhz * 500000)
		mhz = (uint16_t)(2 * mhz);
	return mhz;
}

void packing_values(const struct packing *p, const struct tone_layout *layout, const uint8_t *bytes,
		    struct csi_record *r)
{
	int n = p->rx * p->tx * layout->stored;

	r->layout = layout;
	r->tone_count = layout->stored;
	r->rx_count = p->rx;
	r->tx_count = p->tx;
	r->chain_major = !p->tone_major;
	r->bandwidth_mhz = bandwidth_mhz(&layout->tones);
	bytes += p->at;
	for (int i = 0; i < n; i++, bytes += 2 * p->bytes) {
		int16_t first = component(p, bytes), second = component(p, bytes + p->bytes);

		r->samples[i].re = p->imaginary_first ? second : first;
		r->samples[i].im = p->imaginary_first ? first : second;
	}
}
