#include "json.h"

#include <string.h>

#include "utf8.h"

static void skip_space(struct json *json) {
  while (json->at < json->end && (*json->at == ' ' || *json->at == '\t' || *json->at == '\n' || *json->at == '\r')) {
    json->at++;
  }
}

bool json_take(struct json *json, char character) {
  skip_space(json);
  if (json->at == json->end || *json->at != character) {
    return false;
  }
  json->at++;
  return true;
}

static bool take_word(struct json *json, const char *word) {
  skip_space(json);
  size_t length = strlen(word);
  if ((size_t)(json->end - json->at) < length || memcmp(json->at, word, length) != 0) {
    return false;
  }
  json->at += length;
  return true;
}

bool json_boolean(struct json *json, bool *out) {
  *out = take_word(json, "true");
  return *out || take_word(json, "false");
}

bool json_null(struct json *json) { return take_word(json, "null"); }

bool json_natural(struct json *json, int64_t *out) {
  enum { DIGITS_MAX = 18 };
  skip_space(json);
  const char *start = json->at;
  int64_t value = 0;
  while (json->at < json->end && *json->at >= '0' && *json->at <= '9' && json->at - start < DIGITS_MAX) {
    value = value * 10 + (*json->at++ - '0');
  }
  bool more = json->at < json->end && (strchr(".eE", *json->at) != NULL || (*json->at >= '0' && *json->at <= '9'));
  *out = value;
  return json->at > start && !more && (*start != '0' || json->at - start == 1);
}

bool json_end(struct json *json) {
  skip_space(json);
  return json->at == json->end;
}

/* Takes four hexadecimal digits. */
static bool take_unit(struct json *json, uint32_t *unit) {
  *unit = 0;
  if (json->end - json->at < 4) {
    return false;
  }
  for (int i = 0; i < 4; i++) {
    char digit = *json->at++;
    if (digit >= '0' && digit <= '9') {
      *unit = *unit << 4 | (uint32_t)(digit - '0');
    } else if ((digit >= 'a' && digit <= 'f') || (digit >= 'A' && digit <= 'F')) {
      *unit = *unit << 4 | (uint32_t)((digit | 0x20) - 'a' + 10);
    } else {
      return false;
    }
  }
  return true;
}

/* Takes what follows \u: one code point, which may be two units. */
static bool take_code_point(struct json *json, uint32_t *point) {
  uint32_t low;
  if (!take_unit(json, point)) {
    return false;
  }
  if (*point < 0xd800 || *point > 0xdfff) {
    return *point != 0;
  }
  if (*point > 0xdbff || json->end - json->at < 2 || json->at[0] != '\\' || json->at[1] != 'u') {
    return false;
  }
  json->at += 2;
  if (!take_unit(json, &low) || low < 0xdc00 || low > 0xdfff) {
    return false;
  }
  *point = 0x10000 + ((*point - 0xd800) << 10) + (low - 0xdc00);
  return true;
}

/* Takes what follows a backslash; writes fewer bytes than it takes. */
static bool take_escape(struct json *json, char **out) {
  static const char escapes[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  if (json->at == json->end) {
    return false;
  }
  char escape = *json->at++;
  if (escape == 'u') {
    uint32_t point;
    if (!take_code_point(json, &point)) {
      return false;
    }
    *out += utf8_encode(point, *out);
    return true;
  }
  const char *found = escape == '\0' ? NULL : strchr(escapes, escape);
  if (found == NULL) {
    return false;
  }
  *(*out)++ = meanings[found - escapes];
  return true;
}

bool json_string(struct json *json, char **out) {
  if (!json_take(json, '"')) {
    return false;
  }
  char *to = json->at;
  *out = to;
  while (json->at < json->end && *json->at != '"') {
    if (*json->at == '\\') {
      json->at++;
      if (!take_escape(json, &to)) {
        return false;
      }
      continue;
    }
    size_t length = utf8_length(json->at, (size_t)(json->end - json->at));
    if (length == 0 || (unsigned char)*json->at < 0x20) {
      return false;
    }
    memmove(to, json->at, length);
    to += length;
    json->at += length;
  }
  if (json->at == json->end) {
    return false;
  }
  json->at++;
  *to = '\0';
  return true;
}
