/* One output stream of an exec: a pipe or terminal, the unacknowledged bytes, and how far they were sent. */
#ifndef ATOLL_OUTPUT_H
#define ATOLL_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "ring.h"

enum { OUTPUT_CAPACITY = 1 << 20 };

struct output {
  int fd; /* -1: ended, or never was */
  uint32_t slot;
  int stream; /* 0 stdout, 1 stderr */
  struct ring ring;
  uint64_t sent;    /* on this connection, as far as it knows */
  uint64_t highest; /* ever sent: no acknowledgement may lie beyond */
  bool watched;
  bool end_sent;
};

/* Takes over a non-blocking descriptor, or -1 for a stream that ends at 0. */
void output_open(struct output *output, int fd, uint32_t slot, int stream);

/* Reads what there is and fits. */
void output_read(struct output *output);

/* Forgets acknowledged bytes; false when they were never sent. */
bool output_acknowledge(struct output *output, uint64_t offset);

/* Sends what it can of the exec's stream; false when the socket is full. */
bool output_send(struct output *output, uint32_t exec);

/* Whether it has ended and the worker knows and has everything. */
bool output_is_through(const struct output *output);

/* After a new connection. */
void output_resend(struct output *output);

/* Closes it and forgets its bytes. */
void output_discard(struct output *output);

#endif
