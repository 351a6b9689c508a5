/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * json.h -- JSON, read and written; json.c alone knows cJSON.
 *
 * Values are added to objects, which own them; json_free() on the outermost frees
 * all.  Building never fails half way: where memory ends, json_print() returns NULL. */
#ifndef DAEMON_JSON_H
#define DAEMON_JSON_H

#include <stdbool.h>
#include <stddef.h>

struct json;

struct json *json_object(void);
void json_free(struct json *j);			/* NULL is fine */

/* Parses len bytes, which may come from anybody.  NULL if they are no JSON, or not UTF-8,
 * if something stands behind, or if there is a NUL in them, also as an escape.  Nesting is
 * bounded by the library. */
struct json *json_parse(const char *text, size_t len);

/* Members of an object; NULL or false if it is missing or of another type, or a number
 * that is not finite (1e999).
 * Borrowed from the object, which may be NULL. */
const char *json_get_string(const struct json *j, const char *key);
bool json_get_number(const struct json *j, const char *key, double *value);
bool json_get_bool(const struct json *j, const char *key, bool *value);

/* A member of any type; how many members an array has; one of them.  NULL or 0 where there
 * is none. */
const struct json *json_get(const struct json *j, const char *key);
int json_count(const struct json *array);
const struct json *json_at(const struct json *array, int i);

/* A string that is itself what is looked at, as of an array; NULL: it is none.  Borrowed. */
const char *json_text(const struct json *j);

/* There is such a member, of any type but null. */
bool json_has(const struct json *j, const char *key);

/* Adds a member; key and value are copied.  A NULL string adds null. */
void json_add_string(struct json *j, const char *key, const char *value);
void json_add_bool(struct json *j, const char *key, bool value);
void json_add_null(struct json *j, const char *key);

/* Takes a member out, if it is there. */
void json_remove(struct json *j, const char *key);

/* Adds a number rounded to so many decimals, null if it is not finite. */
void json_add_number(struct json *j, const char *key, double value, int decimals);

/* Adds an empty object or array and returns it, owned by j. */
struct json *json_add_object(struct json *j, const char *key);
struct json *json_add_array(struct json *j, const char *key);

/* Appends to an array. */
void json_push_string(struct json *array, const char *value);
struct json *json_push_object(struct json *array);

/* One line of text without a line end.  NULL if memory ran out.  Free with free(). */
char *json_print(const struct json *j);

#endif
