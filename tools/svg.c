/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "tools/svg.h"

void svg_text(FILE *f, float x, float y, const char *anchor, const char *words)
{
	fprintf(f, "<text x='%.1f' y='%.1f' text-anchor='%s'>", (double)x, (double)y, anchor);
	for (; *words; words++)
		switch (*words) {
		case '<': fputs("&lt;", f); break;
		case '&': fputs("&amp;", f); break;
		default:
			if ((unsigned char)*words >= ' ')
				fputc(*words, f);
		}
	fputs("</text>\n", f);
}

void svg_box(FILE *f, float x, float y, float w, float h, const char *colour)
{
	fprintf(f, "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='%s'/>\n", (double)x, (double)y,
		(double)fmaxf(w, 0.2f), (double)h, colour);
}

float svg_key(FILE *f, float at, float y, const char *colour, const char *words)
{
	svg_box(f, at, y - 9, 12, 12, colour);
	svg_text(f, at + 17, y + 1, "start", words);
	return at + 40 + 6.6f * (float)strlen(words);
}
