/* How a blank cell becomes a sandbox, and how its mounts change later. */
#ifndef ATOLL_CLAIM_H
#define ATOLL_CLAIM_H

#include "mounts.h"
#include "request.h"

/* Does all that CLAIM asks for but the lifetime; -1 with errno and the failed step. No step is undone. */
int claim_perform(const struct claim_request *request, const char **step);

/* MOUNT, UNMOUNT and LOCATE of a claimed cell; -1 with errno and the failed step. */
int claim_mount(const struct cell_request *request, const char **step);
int claim_unmount(const struct cell_request *request, const char **step);
int claim_locate(const struct cell_request *request, struct location *out, const char **step);

#endif
