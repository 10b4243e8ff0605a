/* Buffered output of JSON. When nobody reads any more, the program ends with 1. */
#ifndef ATOLL_OUTPUT_H
#define ATOLL_OUTPUT_H

#include <stddef.h>

struct output {
  int descriptor;
  size_t used;
  char bytes[32 << 10];
};

void output_bytes(struct output *output, const char *bytes, size_t length);
void output_text(struct output *output, const char *text);

/* The inside of a JSON string: escaped, and U+FFFD for each byte that is no UTF-8. */
void output_escaped(struct output *output, const char *bytes, size_t length);

/* A JSON string. */
void output_string(struct output *output, const char *text);
void output_format(struct output *output, const char *format, ...) __attribute__((format(printf, 2, 3)));
void output_flush(struct output *output);

/* write(2) until everything is written; -1 with errno. */
int write_whole(int descriptor, const char *bytes, size_t length);

#endif
