/* An exec's stdin: what the worker sent and the process hasn't taken yet. */
#ifndef ATOLL_INPUT_H
#define ATOLL_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "request.h"
#include "ring.h"

struct input {
  int fd; /* -1: closed */
  uint32_t slot;
  bool terminal;
  struct ring ring; /* start: taken by the process or dropped; end: accepted from the worker */
  bool end_known;   /* the input ends at ring.end */
  bool watched_for_room;
  bool acknowledgement_due;
  uint64_t acknowledged;
};

/* Takes over a non-blocking descriptor, or -1 for an input that nobody reads. */
void input_open(struct input *input, int fd, uint32_t slot, bool terminal);

/* Takes bytes from the worker; false when they break the protocol. */
bool input_accept(struct input *input, const struct stdin_request *request);

/* What epoll reported. */
void input_ready(struct input *input, uint32_t events);

/* Sends STDIN_ACK when it is due; false when there is no room. */
bool input_send(struct input *input, uint32_t exec);

/* After a new connection. */
void input_resend(struct input *input);

/* Closes it and drops what it holds. */
void input_discard(struct input *input);

#endif
