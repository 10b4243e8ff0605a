/* Runs a probe where no sandbox is around it, so that it can be seen to work. */
#ifndef ATOLL_CONTROL_H
#define ATOLL_CONTROL_H

#include "probes.h"

/*
 * In new namespaces of all kinds but the user's, with a tmpfs on the working directory, a /proc of its own, and loopback
 * up. Returns the exit code.
 */
int control_run(const struct probe *probe, char **arguments);

#endif
