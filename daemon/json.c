/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * json.c -- the only file that knows cJSON.  struct json is a cJSON under our name. */
#include <cjson/cJSON.h>
#include <math.h>
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

struct json *json_parse(const char *text, size_t len)
{
	return (struct json *)cJSON_ParseWithLength(text, len);
}

const char *json_get_string(const struct json *j, const char *key)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(node(j), key));
}

bool json_get_number(const struct json *j, const char *key, double *value)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(node(j), key);

	if (!cJSON_IsNumber(item))
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
	else
		cJSON_AddNumberToObject(node(j), key, round(value * unit) / unit + 0.0);
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

void json_add(struct json *j, const char *key, struct json *value)
{
	cJSON_AddItemToObject(node(j), key, node(value));
}

char *json_print(const struct json *j)
{
	return j ? cJSON_PrintUnformatted(node(j)) : NULL;
}
