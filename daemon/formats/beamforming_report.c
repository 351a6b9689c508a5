/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * beamforming_report.c -- MIMO control, 24 bits for VHT, 40 for HE:
 *
 *            VHT     HE                            VHT     HE
 *   columns  0-2     0-2   less 1        feedback  11      10-11  0 one user, 1 several
 *   rows     3-5     3-5   less 1        segments  12-14   12-14  that are to come
 *   width    6-7     6-7                 first     15      15
 *   grouping 8-9     8                   codebook  10      9
 *
 * A byte for the SNR of each column, then for each tone the angles, least significant
 * bit first: for each of the first columns the phases phi of the rows below it, then
 * the rotations psi.  Details: firmware-notes/beamforming.md. */
#include <math.h>
#include "daemon/formats/beamforming.h"
#include "daemon/formats/bytes.h"
#include "daemon/formats/unpack.h"

#define ANGLES_MAX 56		/* 8 x 8: 28 of each */
#define FULL       32767
#define FCS_LEN    4

struct control {
	bool he, several_users, whole;
	int rows, columns, width, grouping, phi_bits, psi_bits;
	size_t head;			/* bytes up to the angles */
};

/* Bits, least significant first. */
struct bits {
	const uint8_t *p, *end;
	uint64_t word;
	int left;
};

static unsigned get_bits(struct bits *b, int n)
{
	unsigned v;

	while (b->left < n) {
		b->word |= (uint64_t)(b->p < b->end ? *b->p++ : 0) << b->left;
		b->left += 8;
	}
	v = (unsigned)(b->word & ((1u << n) - 1));
	b->word >>= n;
	b->left -= n;
	return v;
}


static bool is_pilot(int width, int k)
{
	static const int8_t pilots[3][4] = { { 7, 21, 0, 0 }, { 11, 25, 53, 0 }, { 11, 39, 75, 103 } };
	int away = k < 0 ? -k : k;

	for (int i = 0; i < 4; i++)
		if (pilots[width][i] && pilots[width][i] == away)
			return true;
	return false;
}

static int put_vht(int16_t *index, int n, int width, int step, int centre)
{
	static const uint8_t last[] = { 28, 58, 122 };
	int inner = width ? 2 : 1;

	for (int k = -last[width]; k <= last[width]; k++) {
		int away = k < 0 ? -k : k, from_edge = last[width] - away;

		if (away < inner || (step == 1 && is_pilot(width, k)))
			continue;
		if (from_edge % step == 0 || away == inner)	/* 20 MHz: the innermost also */
			index[n++] = (int16_t)(centre + k);
	}
	return n;
}

/* At 20 MHz the edge and the innermost tone are off the grid of the rest. */
static int put_he(int16_t *index, int n, int width, int step, int centre)
{
	static const int16_t last[] = { 122, 244, 500 };

	for (int k = -last[width]; k <= last[width]; k++) {
		int away = k < 0 ? -k : k;
		bool on_grid = away >= 4 && (away - 4) % step == 0;

		if (on_grid || (width == 0 && (away == 122 || away == 2)))
			index[n++] = (int16_t)(centre + k);
	}
	return n;
}

static const struct tone_layout *find_layout(struct beamforming *b, const struct control *c)
{
	int i = c->he ? 12 + 2 * c->width + (c->grouping == 16) : 3 * c->width + c->grouping / 2;
	int width = c->width < 3 ? c->width : 2, n = 0;
	int (*put)(int16_t *, int, int, int, int) = c->he ? put_he : put_vht;
	int16_t index[CSI_MAX_TONES];

	if (b->layout[i].stored)
		return &b->layout[i];
	if (c->width < 3) {
		n = put(index, n, width, c->grouping, 0);
	} else {			/* two of 80 MHz */
		n = put(index, n, width, c->grouping, c->he ? -512 : -128);
		n = put(index, n, width, c->grouping, c->he ? 512 : 128);
	}
	tone_layout_set(&b->layout[i], index, NULL, n, c->he ? 78125 : 312500);
	return &b->layout[i];
}

/* False if there are no angles in such a report. */
static bool read_control(struct control *c, const struct beamforming_report *report)
{
	static const uint8_t groups[] = { 1, 2, 4, 0 };
	const uint8_t *p = report->p;
	unsigned v;
	bool fine;

	*c = (struct control){ .he = report->he, .head = report->he ? 5 : 3 };
	if (report->len < c->head)
		return false;
	v = p[0] | (unsigned)p[1] << 8;
	c->columns = (int)(v & 7) + 1;
	c->rows = (int)(v >> 3 & 7) + 1;
	c->width = v >> 6 & 3;
	c->grouping = c->he ? (v >> 8 & 1 ? 16 : 4) : groups[v >> 8 & 3];
	fine = v >> (c->he ? 9 : 10) & 1;
	c->several_users = c->he ? (v >> 10 & 3) == 1 : v >> 11 & 1;
	c->whole = !(v >> 12 & 7) && (v >> 15 & 1);
	c->phi_bits = (c->several_users ? 7 : 4) + 2 * fine;
	c->psi_bits = c->phi_bits - 2;
	c->head += (size_t)c->columns;
	return c->grouping && c->rows >= 2 && c->columns <= c->rows && (!c->he || (v >> 10 & 3) <= 1);
}

static void make_tables(struct beamforming *b, const struct control *c)
{
	const double pi = 3.14159265358979323846;

	if (b->phi_bits == c->phi_bits && b->psi_bits == c->psi_bits)
		return;
	for (int k = 0; k < 1 << c->phi_bits; k++) {
		double a = pi * (2 * k + 1) / (1 << c->phi_bits);

		b->phi[k] = (struct turn){ (float)cos(a), (float)sin(a) };
	}
	for (int k = 0; k < 1 << c->psi_bits; k++) {
		double a = pi * (2 * k + 1) / (1 << (c->psi_bits + 2));

		b->psi[k] = (struct turn){ (float)cos(a), (float)sin(a) };
	}
	b->phi_bits = c->phi_bits;
	b->psi_bits = c->psi_bits;
}

/* Angles of each kind a tone has. */
static int angle_count(const struct control *c)
{
	int n = 0;

	for (int i = 1; i <= c->columns && i < c->rows; i++)
		n += c->rows - i;
	return n;
}

struct complex_float {
	float re, im;
};

static void turn_phases(struct complex_float *column, const struct turn *phi, int from, int to)
{
	for (int row = from; row < to; row++, phi++) {
		struct complex_float v = column[row];

		column[row] = (struct complex_float){ v.re * phi->cos - v.im * phi->sin,
						      v.re * phi->sin + v.im * phi->cos };
	}
}

static void rotate(struct complex_float *column, int i, int l, const struct turn *psi)
{
	struct complex_float a = column[i], b = column[l];

	column[i] = (struct complex_float){ psi->cos * a.re - psi->sin * b.re, psi->cos * a.im - psi->sin * b.im };
	column[l] = (struct complex_float){ psi->sin * a.re + psi->cos * b.re, psi->sin * a.im + psi->cos * b.im };
}

/* One column of the matrix out of a tone's angles, which stand in the order of the
 * report: from the last factor of the product to the first. */
static void make_column(struct complex_float *column, const struct control *c, const struct turn *angles, int which)
{
	int steps = c->columns < c->rows - 1 ? c->columns : c->rows - 1;
	const struct turn *end = angles + 2 * angle_count(c);

	for (int row = 0; row < c->rows; row++)
		column[row] = (struct complex_float){ row == which, 0 };
	for (int i = steps - 1; i >= 0; i--) {
		int below = c->rows - 1 - i;

		end -= 2 * below;
		for (int l = c->rows - 1; l > i; l--)
			rotate(column, i, l, &end[below + l - i - 1]);
		turn_phases(column, end, i, c->rows - 1);
	}
}

static void read_angles(struct turn *out, struct bits *bits, const struct beamforming *b, const struct control *c)
{
	for (int i = 0; i < c->columns && i < c->rows - 1; i++) {
		for (int k = i; k < c->rows - 1; k++)
			*out++ = b->phi[get_bits(bits, b->phi_bits)];
		for (int k = i; k < c->rows - 1; k++)
			*out++ = b->psi[get_bits(bits, b->psi_bits)];
	}
}

static void read_matrices(struct csi_record *r, const struct beamforming *b, const struct control *c,
			  const uint8_t *p, size_t len)
{
	struct bits bits = { p, p + len, 0, 0 };

	for (int tone = 0; tone < r->tone_count; tone++) {
		struct complex_float column[CSI_MAX_RX];
		struct turn angles[ANGLES_MAX];

		read_angles(angles, &bits, b, c);
		for (int tx = 0; tx < c->columns; tx++) {
			make_column(column, c, angles, tx);
			for (int rx = 0; rx < c->rows; rx++)
				r->samples[(rx * c->columns + tx) * r->tone_count + tone] =
					(struct csi_sample){ round_int16(column[rx].re * FULL),
							     round_int16(column[rx].im * FULL) };
		}
	}
}

/* The angles must fill the report: behind them there may be padding to a byte, for
 * several users 4 bits a tone and column at most, and a checksum of the frame. */
static bool length_fits(const struct control *c, int tones, size_t len)
{
	size_t bits = (size_t)tones * (size_t)angle_count(c) * (size_t)(c->phi_bits + c->psi_bits);
	size_t needed = (bits + 7) / 8, more = c->several_users ? (size_t)(tones * c->columns + 1) / 2 : 0;

	return len >= needed && len <= needed + more + FCS_LEN;
}

const char *beamforming_read(struct beamforming *b, struct csi_record *r, const struct beamforming_report *report)
{
	const struct tone_layout *layout;
	struct control c;

	if (!read_control(&c, report) || report->len < c.head)
		return "a report without angles";
	if (!c.whole)
		return "a report in several segments";
	layout = find_layout(b, &c);
	if (c.rows * c.columns * layout->stored > CSI_MAX_SAMPLES)
		return "a report of too many antennas and tones";
	if (!length_fits(&c, layout->stored, report->len - c.head))
		return "counts and length of a report disagree";
	make_tables(b, &c);
	csi_record_clear(r);
	memcpy(r->tx_mac, report->station, sizeof(r->tx_mac));
	r->phy = c.he ? CSI_PHY_HE : CSI_PHY_VHT;
	r->flags = CSI_SHARED_LO | CSI_GAIN_DONE | CSI_DIRECTION;
	r->freq_mhz = report->freq_mhz;
	r->bandwidth_mhz = (uint16_t)(20 << c.width);
	r->rx_count = (uint8_t)c.rows;
	r->tx_count = (uint8_t)c.columns;
	r->tone_count = layout->stored;
	r->chain_major = true;
	r->floats = true;
	r->scale = 1.0f / FULL;
	r->layout = layout;
	read_matrices(r, b, &c, report->p + c.head, report->len - c.head);
	return NULL;
}
