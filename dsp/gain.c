/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "dsp/gain.h"

void gain_init(struct gain *g, int rx_count, int tx_count, int tones)
{
	*g = (struct gain){ .rx_count = rx_count, .tx_count = tx_count, .tones = tones };
}

void gain_reset(struct gain *g)
{
	g->packets = 0;
	memset(g->power, 0, sizeof(g->power));
}

void gain_push(struct gain *g, const struct csi_frame *f)
{
	int n = g->tx_count * g->tones;

	if (f->rx_count != g->rx_count || f->tx_count != g->tx_count || f->tones->count != g->tones)
		return;
	for (int i = 0; i < g->rx_count; i++) {
		const struct csi_sample *s = csi_pair(f, i, 0);
		int64_t sum = 0;

		for (int k = 0; k < n; k++)
			sum += (int32_t)s[k].re * s[k].re + (int64_t)s[k].im * s[k].im;
		g->power[i] += (float)sum * f->scale * f->scale;
	}
	g->packets++;
}

bool gain_row(struct gain *g, float *out)
{
	float level[CSI_MAX_RX];
	bool any = g->packets > 0;

	for (int i = 0; i < g->rx_count && any; i++) {
		any = g->power[i] > 0 && isfinite(g->power[i]);
		level[i] = any ? 10 * log10f(g->power[i]) : 0;
	}
	gain_reset(g);
	for (int i = 1; i < g->rx_count && any; i++)
		out[i - 1] = level[i] - level[0];
	return any;
}
