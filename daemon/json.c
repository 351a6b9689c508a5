/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * json.c -- the only file that knows cJSON.  struct json is a cJSON under our name. */
#include <cjson/cJSON.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include "daemon/json.h"

static cJSON *node(const struct json *j)
{
	return (cJSON *)j;
}

struct json *json_object(void)
{
	return (struct json *)cJSON_CreateObject();
}

void json_free(struct json *j)
{
	cJSON_Delete(node(j));
}

/* A NUL inside of a string would end it for everybody who reads it as text: "test\u0000x"
 * would pass for "test". */
static bool has_nul(const char *text, size_t len)
{
	if (memchr(text, 0, len))
		return true;
	for (size_t i = 0; i + 6 <= len; i++) {
		if (text[i] != '\\')
			continue;
		if (!memcmp(text + i, "\\u0000", 6))
			return true;
		i++;			/* what is escaped escapes nothing */
	}
	return false;
}

/* The length of the UTF-8 character at p, 0 if there is none (RFC 3629). */
static size_t utf8_length(const uint8_t *p, size_t len)
{
	static const struct { uint8_t mask, lead; uint32_t least; } forms[] = {
		{ 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 },
	};

	for (size_t n = 0; n < 4 && n < len; n++) {
		uint32_t c = *p & (uint8_t)~forms[n].mask;

		if ((*p & forms[n].mask) != forms[n].lead)
			continue;
		for (size_t i = 1; i <= n; i++) {
			if ((p[i] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (p[i] & 0x3f);
		}
		return c < forms[n].least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ? 0 : n + 1;
	}
	return 0;
}

static bool is_utf8(const char *text, size_t len)
{
	for (size_t i = 0, n; i < len; i += n) {
		n = utf8_length((const uint8_t *)text + i, len - i);
		if (!n)
			return false;
	}
	return true;
}

struct json *json_parse(const char *text, size_t len)
{
	const char *end = NULL;
	cJSON *j;

	if (has_nul(text, len) || !is_utf8(text, len))
		return NULL;
	j = cJSON_ParseWithLengthOpts(text, len, &end, false);
	while (j && end < text + len && strchr(" \t\r\n", *end))
		end++;
	if (!j || end == text + len)
		return (struct json *)j;
	cJSON_Delete(j);
	return NULL;
}

const char *json_get_string(const struct json *j, const char *key)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(node(j), key));
}

bool json_get_number(const struct json *j, const char *key, double *value)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(node(j), key);

	if (!cJSON_IsNumber(item) || !isfinite(item->valuedouble))
		return false;
	*value = item->valuedouble;
	return true;
}

bool json_get_bool(const struct json *j, const char *key, bool *value)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(node(j), key);

	if (!cJSON_IsBool(item))
		return false;
	*value = cJSON_IsTrue(item);
	return true;
}

const struct json *json_get(const struct json *j, const char *key)
{
	return (const struct json *)cJSON_GetObjectItemCaseSensitive(node(j), key);
}

int json_count(const struct json *array)
{
	return cJSON_IsArray(node(array)) ? cJSON_GetArraySize(node(array)) : 0;
}

const struct json *json_at(const struct json *array, int i)
{
	return (const struct json *)cJSON_GetArrayItem(node(array), i);
}

const char *json_text(const struct json *j)
{
	return cJSON_GetStringValue(node(j));
}

bool json_has(const struct json *j, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(node(j), key);

	return item && !cJSON_IsNull(item);
}

void json_add_string(struct json *j, const char *key, const char *value)
{
	if (value)
		cJSON_AddStringToObject(node(j), key, value);
	else
		json_add_null(j, key);
}

void json_add_bool(struct json *j, const char *key, bool value)
{
	cJSON_AddBoolToObject(node(j), key, value);
}

void json_add_null(struct json *j, const char *key)
{
	cJSON_AddNullToObject(node(j), key);
}

void json_remove(struct json *j, const char *key)
{
	cJSON_DeleteItemFromObjectCaseSensitive(node(j), key);
}

void json_add_number(struct json *j, const char *key, double value, int decimals)
{
	double unit = pow(10, decimals);

	if (!isfinite(value))
		json_add_null(j, key);
	else if (fabs(value) < DBL_MAX / unit)
		cJSON_AddNumberToObject(node(j), key, round(value * unit) / unit + 0.0);
	else
		cJSON_AddNumberToObject(node(j), key, value);	/* so large that it has no decimals */
}

struct json *json_add_object(struct json *j, const char *key)
{
	return (struct json *)cJSON_AddObjectToObject(node(j), key);
}

struct json *json_add_array(struct json *j, const char *key)
{
	return (struct json *)cJSON_AddArrayToObject(node(j), key);
}

void json_push_string(struct json *array, const char *value)
{
	cJSON_AddItemToArray(node(array), cJSON_CreateString(value));
}

struct json *json_push_object(struct json *array)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddItemToArray(node(array), object);
	return (struct json *)object;
}

char *json_print(const struct json *j)
{
	return j ? cJSON_PrintUnformatted(node(j)) : NULL;
}
