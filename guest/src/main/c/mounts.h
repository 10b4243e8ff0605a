/*
 * The mounts that can be taken away again: each is known by the target text that the worker gave, and found
 * again by the descriptor of its root, since a user may have put anything else at that path meanwhile.
 */
#ifndef ATOLL_MOUNTS_H
#define ATOLL_MOUNTS_H

#include <stdbool.h>

#include "request.h"
#include "stash.h"

/* Makes a folder and its parents where they are missing. */
int mounts_make_folder(const char *path);

/* Binds a dock path on an existing target; files only while no user process runs (they can't be removed). */
int mounts_add(struct stash *stash, struct text source, const char *target, bool read_only, const char **step);

/* Unmounts what was last added at the target; EINVAL when there is nothing. */
int mounts_remove(struct stash *stash, struct text target);

#endif
