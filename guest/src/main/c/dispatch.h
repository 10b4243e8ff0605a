/* What each frame of the worker's does, and what a new connection begins with. */
#ifndef ATOLL_DISPATCH_H
#define ATOLL_DISPATCH_H

#include "exec.h"
#include "wire.h"

enum { DISPATCH_HELLO_MAX = 16 + EXECS_MAX * EXEC_HELLO_SIZE };

/* Writes HELLO's payload; returns its length. */
size_t dispatch_hello(uint8_t out[static DISPATCH_HELLO_MAX]);

/* What follows HELLO: the outcome of the claim; streams and ends are to be sent again. */
void dispatch_greet(void);

/* Says that the users are gone, once a connection. */
void dispatch_tell_death(void);

/* Whether it has, over this connection. */
bool dispatch_death_told(void);

/* Acts on a frame; false when it breaks the protocol. */
bool dispatch_frame(const struct frame *frame);

#endif
