/* A new process between clone and its program. */
#ifndef ATOLL_CHILD_H
#define ATOLL_CHILD_H

#include <stdint.h>

#include "request.h"

/* How far it got. */
struct child_outcome {
  int error;        /* 0: the program runs */
  const char *step; /* that failed */
  uint32_t user_pid;
};

struct child {
  const struct exec_request *request;
  const char *const *argv;
  const char *const *env;
  const char *cwd;
  const int *descriptors; /* its 0, 1 and 2; all above 2 */
  int report;             /* where a built-in program's outcome goes; -1 in shared memory */
  struct child_outcome outcome;
};

/*
 * The child's whole life, given a struct child. Unless the program is built in, it shares the agent's memory,
 * which waits for it: it may write to nothing but its own struct.
 */
int child_main(void *child);

#endif
