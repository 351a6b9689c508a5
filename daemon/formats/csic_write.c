/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * csic_write.c -- writes our own recordings; the layout is in firmware-notes/csic.md. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/csic.h"
#include "daemon/json.h"

#define SETS_MAX 64	/* tone sets remembered as written; a forgotten one is written again */
#define BUFFER   (128 << 10)

struct csic_writer {
	gzFile file;
	uint16_t next_id;
	int sets, next_set;
	struct {
		uint16_t id;
		struct csi_tones tones;
	} *set[SETS_MAX];
	uint8_t record[CSIC_FRAME_HEAD + 4 * CSI_MAX_SAMPLES + CSIC_CRC_LEN];
};

static int file_error(gzFile file)
{
	int code;

	gzerror(file, &code);
	return code == Z_ERRNO && errno ? -errno : -EIO;
}

static int put(struct csic_writer *w, const void *p, size_t len)
{
	errno = 0;
	return gzwrite(w->file, p, (unsigned)len) == (int)len ? 0 : file_error(w->file);
}

/* Completes the record in w->record: sync, length, checksum. */
static int put_record(struct csic_writer *w, uint8_t type, size_t length)
{
	put_le32(w->record, CSIC_SYNC);
	put_le32(w->record + 4, (uint32_t)length);
	w->record[8] = type;
	put_le32(w->record + length - CSIC_CRC_LEN,
		 (uint32_t)crc32(0, w->record, (uInt)(length - CSIC_CRC_LEN)));
	return put(w, w->record, length);
}

/* Metadata that was read and is not ours to understand stays as it was. */
static char *meta_text(const struct stream_info *info)
{
	static const char *const ours[] = { "driver", "origin", "device", "room", "note" };
	struct json *meta = json_parse(info->meta, strlen(info->meta));
	char *text;

	if (!meta)
		meta = json_object();
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		json_remove(meta, ours[i]);
	json_add_string(meta, "driver", info->driver);
	json_add_string(meta, "origin", info->origin);
	json_add_string(meta, "device", info->device);
	json_add_string(meta, "room", info->room);
	json_add_string(meta, "note", info->note);
	text = json_print(meta);
	json_free(meta);
	return text;
}

static int put_header(struct csic_writer *w, const struct stream_info *info)
{
	uint8_t head[CSIC_HEADER_LEN] = { 0 };
	char *meta = meta_text(info);
	size_t len;
	int err;

	if (!meta)
		return -ENOMEM;
	len = strlen(meta);
	memcpy(head, CSIC_MAGIC, CSIC_MAGIC_LEN);
	put_le16(head + 8, CSIC_VERSION);
	put_le16(head + 10, CSIC_HEADER_LEN);
	put_le32(head + 12, (uint32_t)len);
	put_le64(head + 16, info->start_unix_us);
	put_le32(head + 28, (uint32_t)crc32(crc32(0, head, 28), (const Bytef *)meta, (uInt)len));
	err = put(w, head, sizeof(head));
	if (!err)
		err = put(w, meta, len);
	free(meta);
	return err;
}

int csic_create(struct csic_writer **out, const char *path, const struct stream_info *info)
{
	size_t len = strlen(path);
	bool compress = len > 3 && !strcmp(path + len - 3, ".gz");
	struct csic_writer *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	errno = 0;
	w->file = gzopen(path, compress ? "wb" : "wbT");	/* T: plain, no compression */
	if (!w->file) {
		err = errno ? -errno : -ENOMEM;
		free(w);
		return err;
	}
	gzbuffer(w->file, BUFFER);
	err = put_header(w, info);
	if (!err)
		err = csic_flush(w);
	if (err) {
		csic_close(w);
		unlink(path);
		return err;
	}
	*out = w;
	return 0;
}

/* The id under which the tones stand in the file; writes them if they are new. */
static int tone_set_id(struct csic_writer *w, const struct csi_tones *tones, uint16_t *id)
{
	int i;

	for (i = 0; i < w->sets; i++)
		if (csi_tones_equal(&w->set[i]->tones, tones)) {
			*id = w->set[i]->id;
			return 0;
		}
	if (w->sets < SETS_MAX) {
		w->set[w->sets] = calloc(1, sizeof(*w->set[0]));
		if (!w->set[w->sets])
			return -ENOMEM;
		w->sets++;
	} else {
		i = w->next_set;
		w->next_set = (w->next_set + 1) % SETS_MAX;
	}
	w->set[i]->id = *id = w->next_id++;
	w->set[i]->tones = *tones;

	memset(w->record + 9, 0, 3);
	put_le16(w->record + 12, *id);
	put_le16(w->record + 14, tones->count);
	put_le_float(w->record + 16, tones->spacing_hz);
	for (int k = 0; k < tones->count; k++)
		put_le16(w->record + CSIC_TONES_HEAD + 2 * k, (uint16_t)tones->index[k]);
	return put_record(w, CSIC_TONE_SET, CSIC_TONES_HEAD + 2u * tones->count + CSIC_CRC_LEN);
}

static bool fits_int8(const struct csi_sample *s, int n)
{
	for (int i = 0; i < n; i++)
		if (s[i].re != (int8_t)s[i].re || s[i].im != (int8_t)s[i].im)
			return false;
	return true;
}

static size_t put_samples(uint8_t *p, const struct csi_sample *s, int n, bool small)
{
	if (small) {
		for (int i = 0; i < n; i++) {
			p[2 * i] = (uint8_t)s[i].re;
			p[2 * i + 1] = (uint8_t)s[i].im;
		}
		return 2u * n;
	}
	for (int i = 0; i < n; i++) {
		put_le16(p + 4 * i, (uint16_t)s[i].re);
		put_le16(p + 4 * i + 2, (uint16_t)s[i].im);
	}
	return 4u * n;
}

int csic_write(struct csic_writer *w, const struct csi_frame *f)
{
	int n = csi_samples(f), err;
	bool small = fits_int8(f->samples, n);
	uint8_t *p = w->record;
	uint16_t id = 0;
	size_t len;

	err = tone_set_id(w, f->tones, &id);
	if (err)
		return err;
	p[9] = small ? CSIC_INT8 : CSIC_INT16;
	p[10] = f->rx_count;
	p[11] = f->tx_count;
	put_le64(p + 12, f->time_us);
	memcpy(p + 20, f->tx_mac, 6);
	p[26] = f->phy;
	p[27] = f->flags;
	put_le32(p + 28, f->sequence);
	put_le16(p + 32, f->freq_mhz);
	put_le16(p + 34, f->bandwidth_mhz);
	put_le16(p + 36, id);
	p[38] = (uint8_t)f->noise_dbm;
	p[39] = f->agc_db;
	for (int i = 0; i < 4; i++)
		p[40 + i] = (uint8_t)f->rssi_dbm[i];
	put_le_float(p + 44, f->scale);
	len = CSIC_FRAME_HEAD + put_samples(p + CSIC_FRAME_HEAD, f->samples, n, small);
	return put_record(w, CSIC_FRAME, len + CSIC_CRC_LEN);
}

int csic_flush(struct csic_writer *w)
{
	errno = 0;
	return gzflush(w->file, Z_SYNC_FLUSH) == Z_OK ? 0 : file_error(w->file);
}

int csic_close(struct csic_writer *w)
{
	int err;

	if (!w)
		return 0;
	errno = 0;
	err = gzclose(w->file) == Z_OK ? 0 : errno ? -errno : -EIO;
	for (int i = 0; i < w->sets; i++)
		free(w->set[i]);
	free(w);
	return err;
}
