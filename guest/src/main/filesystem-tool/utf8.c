#include "utf8.h"

size_t utf8_length(const char *bytes, size_t available) {
  /* The ranges of RFC 3629, section 4: the second byte's depends on the first. */
  static const struct {
    unsigned char first, last, second_first, second_last;
    size_t length;
  } kinds[] = {
      {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
      {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
      {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
  };
  const unsigned char *at = (const unsigned char *)bytes;
  for (size_t i = 0; available > 0 && i < sizeof kinds / sizeof *kinds; i++) {
    if (at[0] < kinds[i].first || at[0] > kinds[i].last) {
      continue;
    }
    size_t length = kinds[i].length;
    if (length > available || (length > 1 && (at[1] < kinds[i].second_first || at[1] > kinds[i].second_last))) {
      return 0;
    }
    for (size_t rest = 2; rest < length; rest++) {
      if (at[rest] < 0x80 || at[rest] > 0xbf) {
        return 0;
      }
    }
    return length;
  }
  return 0;
}

size_t utf8_encode(uint32_t point, char *out) {
  static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
  size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  for (size_t i = length - 1; i > 0; i--) {
    out[i] = (char)(0x80 | (point & 0x3f));
    point >>= 6;
  }
  out[0] = (char)(marks[length] | point);
  return length;
}
