/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * csic_write.c -- writes our own recordings; the layout is in firmware-notes/csic.md. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/checksum.h"
#include "daemon/formats/csic.h"
#include "daemon/json.h"

#define BUFFER   (128 << 10)

struct csic_writer {
	int (*put)(void *owner, const void *p, size_t len);
	void *owner;
	gzFile file;			/* NULL: not ours to know where it goes */
	char *path;			/* of a regular file; a device is not ours to remove */
	uint16_t next_id;
	int sets, next_set;
	struct {
		uint16_t id;
		struct csi_tones tones;
	} *set[CSIC_WRITER_SETS];
	uint8_t record[CSIC_FRAME_HEAD + 4 * CSI_MAX_SAMPLES + CSIC_CRC_LEN];
};

static int file_error(gzFile file)
{
	int code;

	gzerror(file, &code);
	return code == Z_ERRNO && errno ? -errno : -EIO;
}

static int put_into_file(void *owner, const void *p, size_t len)
{
	struct csic_writer *w = owner;

	errno = 0;
	return gzwrite(w->file, p, (unsigned)len) == (int)len ? 0 : file_error(w->file);
}

static int put(struct csic_writer *w, const void *p, size_t len)
{
	return w->put(w->owner, p, len);
}

/* Completes the record in w->record: sync, length, checksum. */
static int put_record(struct csic_writer *w, uint8_t type, size_t length)
{
	put_le32(w->record, CSIC_SYNC);
	put_le32(w->record + 4, (uint32_t)length);
	w->record[8] = type;
	put_le32(w->record + length - CSIC_CRC_LEN,
		 checksum_bytes(0, w->record, length - CSIC_CRC_LEN));
	return put(w, w->record, length);
}

/* What the info says.  If it is full and the beginning of what stands there already,
 * it had no room for all of it (less up to three bytes of a cut character). */
static void set_member(struct json *meta, const char *key, const char *value, size_t size)
{
	const char *old = json_get_string(meta, key);
	size_t len = strlen(value);

	if (old && len + 4 >= size && !strncmp(old, value, len))
		return;
	json_remove(meta, key);
	json_add_string(meta, key, value);
}

/* Metadata that was read and is not ours to understand stays as it was. */
static char *meta_text(const struct stream_info *info)
{
	struct json *meta = json_parse(info->meta, strlen(info->meta));
	char *text;

	if (!meta)
		meta = json_object();
	set_member(meta, "driver", info->driver, sizeof(info->driver));
	set_member(meta, "origin", info->origin, sizeof(info->origin));
	set_member(meta, "device", info->device, sizeof(info->device));
	set_member(meta, "room", info->room, sizeof(info->room));
	set_member(meta, "note", info->note, sizeof(info->note));
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
	put_le32(head + 28, checksum_bytes(checksum_bytes(0, head, 28), meta, len));
	err = put(w, head, sizeof(head));
	if (!err)
		err = put(w, meta, len);
	free(meta);
	return err;
}

static int open_file(struct csic_writer *w, const char *path)
{
	size_t len = strlen(path);
	bool compress = len > 3 && !strcmp(path + len - 3, ".gz");
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode))
		w->path = strdup(path);
	w->file = gzdopen(fd, compress ? "wb" : "wbT");	/* T: plain, no compression */
	if (!w->file) {
		close(fd);
		return -ENOMEM;
	}
	gzbuffer(w->file, BUFFER);
	return 0;
}

int csic_create(struct csic_writer **out, const char *path, const struct stream_info *info)
{
	struct csic_writer *w = calloc(1, sizeof(*w));
	int err = -ENOMEM;

	if (w) {
		w->put = put_into_file;
		w->owner = w;
		err = open_file(w, path);
	}

	if (!err)
		err = put_header(w, info);
	if (!err)
		err = csic_flush(w);
	if (err) {
		csic_abandon(w);
		return err;
	}
	*out = w;
	return 0;
}

int csic_begin(struct csic_writer **out, const struct stream_info *info,
	       int (*put_piece)(void *owner, const void *p, size_t len), void *owner)
{
	struct csic_writer *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	w->put = put_piece;
	w->owner = owner;
	err = put_header(w, info);
	if (err) {
		csic_close(w);
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
	if (w->sets < CSIC_WRITER_SETS) {
		w->set[w->sets] = calloc(1, sizeof(*w->set[0]));
		if (!w->set[w->sets])
			return -ENOMEM;
		w->sets++;
	} else {
		i = w->next_set;
		w->next_set = (w->next_set + 1) % CSIC_WRITER_SETS;
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
	uint8_t *p = w->record;
	uint16_t id = 0;
	size_t len;
	bool small;

	if (n < 1 || n > CSI_MAX_SAMPLES || f->tones->count > CSI_MAX_TONES)
		return -EINVAL;
	small = fits_int8(f->samples, n);
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
	if (!w->file)
		return 0;
	errno = 0;
	return gzflush(w->file, Z_SYNC_FLUSH) == Z_OK ? 0 : file_error(w->file);
}

int csic_close(struct csic_writer *w)
{
	int err = 0;

	if (!w)
		return 0;
	errno = 0;
	if (w->file && gzclose(w->file) != Z_OK)
		err = errno ? -errno : -EIO;
	for (int i = 0; i < w->sets; i++)
		free(w->set[i]);
	free(w->path);
	free(w);
	return err;
}

void csic_abandon(struct csic_writer *w)
{
	if (!w)
		return;
	if (w->path)
		unlink(w->path);
	csic_close(w);
}
