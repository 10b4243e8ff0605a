#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bind.h"

/* The target texts of stash.mounts, in the same order. */
static char *targets[STASH_MOUNTS_MAX];

int mounts_make_folder(const char *path) {
  char prefix[PATH_MAX];
  struct stat status;
  if (stat(path, &status) == 0) {
    return 0;
  }
  for (size_t i = 1;; i++) {
    if (path[i] == '/' || path[i] == '\0') {
      memcpy(prefix, path, i);
      prefix[i] = '\0';
      if (mkdir(prefix, 0755) != 0 && errno != EEXIST) {
        return -1;
      }
      if (path[i] == '\0') {
        return 0;
      }
    }
  }
}

int mounts_add(struct stash *stash, struct text source, const char *target, bool read_only, const char **step) {
  struct bind_source from;
  *step = "source";
  if (stash->mount_count == STASH_MOUNTS_MAX) {
    errno = ENOSPC;
    return -1;
  }
  if (bind_source_open(stash->dock, source, &from) != 0) {
    return -1;
  }
  int result = -1;
  if (!from.folder) {
    result = bind_file(&from, target, read_only, step);
  } else {
    *step = "target";
    int top = -1;
    int to = open(target, O_PATH | O_DIRECTORY | O_CLOEXEC);
    char *name = to < 0 ? NULL : strdup(target);
    if (name != NULL) {
      result = bind_folder(&from, to, read_only, stash->hidden, &top, step);
    }
    int error = errno;
    if (result == 0) {
      targets[stash->mount_count] = name;
      stash->mounts[stash->mount_count++] = top;
    } else {
      free(name);
    }
    if (to >= 0) {
      (void)close(to);
    }
    errno = error;
  }
  bind_source_close(&from);
  return result;
}

int mounts_remove(struct stash *stash, struct text target) {
  for (int i = stash->mount_count - 1; i >= 0; i--) {
    if (strlen(targets[i]) != target.length || memcmp(targets[i], target.bytes, target.length) != 0) {
      continue;
    }
    int result = bind_unmount(stash->mounts[i]);
    int error = errno;
    (void)close(stash->mounts[i]);
    free(targets[i]);
    stash->mount_count--;
    for (int j = i; j < stash->mount_count; j++) {
      stash->mounts[j] = stash->mounts[j + 1];
      targets[j] = targets[j + 1];
    }
    errno = error;
    return result;
  }
  errno = EINVAL;
  return -1;
}
