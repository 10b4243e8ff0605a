/*
 * A strict reader of the JSON (RFC 8259) that commands are made of: objects, arrays, strings, booleans, null and
 * natural numbers. Each function takes one value after any white space; false when something else is there.
 */
#ifndef ATOLL_JSON_H
#define ATOLL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is left of a text. Strings are decoded where they are, so the text is changed. */
struct json {
  char *at;
  char *end;
};

/* Takes one of the characters { } [ ] : and the comma. */
bool json_take(struct json *json, char character);

/* Takes a string of valid UTF-8 without NUL; it lives as long as the text. */
bool json_string(struct json *json, char **out);
bool json_boolean(struct json *json, bool *out);
bool json_null(struct json *json);

/* Takes a number without sign, fraction and exponent; what is beyond 18 digits is refused. */
bool json_natural(struct json *json, int64_t *out);

/* Whether only white space is left. */
bool json_end(struct json *json);

#endif
