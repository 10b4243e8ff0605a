/*
 * Bind mounts from the dock into the sandbox, from descriptor to descriptor: neither side is looked up by a
 * path that a user process could redirect meanwhile. Works without the descriptor-based mount calls, which
 * gVisor lacks: the source is made the agent's root for a moment, the target its working directory.
 */
#ifndef ATOLL_BIND_H
#define ATOLL_BIND_H

#include <stdbool.h>

#include "request.h"

/* A file or folder of the dock. */
struct bind_source {
  int parent; /* its folder */
  int self;   /* O_PATH */
  bool folder;
  char name[256]; /* in its folder, after a slash */
};

/* Opens a dock path, following no symbolic link; -1 with errno. */
int bind_source_open(int dock, struct text path, struct bind_source *out);
void bind_source_close(struct bind_source *source);

/* The name of the empty folder, in the hidden folder, on which read-only mounts are prepared. */
#define BIND_STAGE "stage"

/*
 * Binds a folder on a folder. With `read_only` it is never visible writable: it is made so on the stage of the
 * folder `hidden` first. On success `*top` is the new mount's root (O_PATH). -1 with errno and the failed step.
 */
int bind_folder(const struct bind_source *source, int target, bool read_only, int hidden, int *top, const char **step);

/* Binds a file on a path; only while no user process runs. */
int bind_file(const struct bind_source *source, const char *target, bool read_only, const char **step);

/* Makes the mount whose root is the working directory or `path` read-only, keeping its other flags. */
int bind_make_read_only(const char *path);

/* Unmounts, lazily, the mount whose root the descriptor is. */
int bind_unmount(int top);

#endif
