/* The start of one process. */
#ifndef ATOLL_SPAWN_H
#define ATOLL_SPAWN_H

#include "request.h"

#include <sys/types.h>

/* A process that runs, and the agent's ends of its streams: non-blocking, -1 where there is none. */
struct spawned {
  pid_t pid;         /* in the agent's namespace */
  uint32_t user_pid; /* in the users' */
  int input;
  int outputs[2];
};

/*
 * Starts what the request describes and returns when it runs its program; -1 with errno and the step of the
 * protocol that failed, with nothing left behind.
 */
int spawn(const struct exec_request *request, struct spawned *out, const char **step);

#endif
