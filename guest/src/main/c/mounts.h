/*
 * The mounts that can be taken away again: each is known by the dock path that the worker gave, and found
 * again by the descriptor of its root, since a user may have moved the folder that it is in meanwhile.
 */
#ifndef ATOLL_MOUNTS_H
#define ATOLL_MOUNTS_H

#include <limits.h>
#include <stdbool.h>

#include "request.h"
#include "stash.h"

/* Binds a dock path on an existing target; files only while no user process runs (they can't be removed). */
int mounts_add(struct stash *stash, struct text source, const char *target, bool read_only, const char **step);

/*
 * Binds a folder of the dock on a folder that is made when it is missing. The root and what is at or below /proc, /sys
 * and /dev is refused with EPERM at the step "reserved".
 */
int mounts_attach(struct stash *stash, struct text source, const char *target, bool read_only, const char **step);

/*
 * Takes a mount away and binds another folder of the dock where it was. When that fails, it is put back. EINVAL when
 * there is none of that source, EBUSY when another mount is below it.
 */
int mounts_replace(struct stash *stash, struct text source, struct text replaced, bool read_only, const char **step);

/* Unmounts what was last added of that source; EINVAL when there is nothing, EBUSY when another mount is below it. */
int mounts_remove(struct stash *stash, struct text source, const char **step);

/* Where a folder is. */
struct location {
  const char *source;  /* of the mount that holds it; "" for the root */
  char path[PATH_MAX]; /* below that mount's root, no link in it; "" for the root itself */
};

/* Finds a folder; -1 with errno. */
int mounts_locate(const struct stash *stash, const char *path, struct location *out);

#endif
