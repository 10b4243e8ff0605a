/* UTF-8 (RFC 3629). */
#ifndef ATOLL_UTF8_H
#define ATOLL_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The length of the valid sequence that the bytes begin with, or 0. */
size_t utf8_length(const char *bytes, size_t available);

/* Writes a code point that is no surrogate, at most 4 bytes; returns how many. */
size_t utf8_encode(uint32_t point, char *out);

#endif
