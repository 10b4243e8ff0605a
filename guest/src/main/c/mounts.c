#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bind.h"
#include "open_path.h"

/* What stash.mounts are of, in the same order. */
static struct {
  char *source;
  bool read_only;
} known[STASH_MOUNTS_MAX];

/* Makes a folder and its parents where they are missing. */
static int make_folder(const char *path) {
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

/* Where a folder is now, as the kernel knows it; -1 with errno, ENOENT when it is nowhere in the sandbox. */
static int path_of(int folder, char path[static PATH_MAX]) {
  int result = fchdir(folder) != 0 || getcwd(path, PATH_MAX) == NULL ? -1 : 0;
  int error = result == 0 && path[0] != '/' ? ENOENT : errno;
  (void)!chdir("/");
  errno = error;
  return result == 0 && path[0] == '/' ? 0 : -1;
}

static bool is_at_or_below(const char *path, const char *folder) {
  size_t length = strcmp(folder, "/") == 0 ? 0 : strlen(folder);
  return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* The sandbox's own root and the kernel's folders: a mount there would break the sandbox, or reach the dock. */
static bool is_reserved(const char *path) {
  return strcmp(path, "/") == 0 || is_at_or_below(path, "/proc") || is_at_or_below(path, "/sys") ||
         is_at_or_below(path, "/dev");
}

/* Binds what is opened on the folder `to`, and notes it. */
static int add(struct stash *stash, struct text source, const struct bind_source *from, int to, bool read_only,
               const char **step) {
  int top = -1;
  char *name = strndup(source.bytes, source.length);
  int result = name == NULL ? -1 : bind_folder(from, to, read_only, stash->hidden, &top, step);
  if (result != 0) {
    int error = errno;
    free(name);
    errno = error;
    return -1;
  }
  known[stash->mount_count].source = name;
  known[stash->mount_count].read_only = read_only;
  stash->mounts[stash->mount_count++] = top;
  return 0;
}

static int find(const struct stash *stash, struct text source) {
  for (int i = stash->mount_count - 1; i >= 0; i--) {
    if (strlen(known[i].source) == source.length && memcmp(known[i].source, source.bytes, source.length) == 0) {
      return i;
    }
  }
  errno = EINVAL;
  return -1;
}

/* Fails with EBUSY when another mount is on this one or below: it would go with it. */
static int refuse_with_mounts_below(const struct stash *stash, int index) {
  char path[PATH_MAX];
  char other[PATH_MAX];
  if (path_of(stash->mounts[index], path) != 0) {
    return errno == ENOENT ? 0 : -1;
  }
  for (int i = 0; i < stash->mount_count; i++) {
    if (i != index && path_of(stash->mounts[i], other) == 0 && is_at_or_below(other, path) &&
        (i > index || strcmp(other, path) != 0)) {
      errno = EBUSY;
      return -1;
    }
  }
  return 0;
}

static int remove_at(struct stash *stash, int index) {
  int result = bind_unmount(stash->mounts[index]);
  int error = errno;
  (void)close(stash->mounts[index]);
  free(known[index].source);
  stash->mount_count--;
  for (int i = index; i < stash->mount_count; i++) {
    stash->mounts[i] = stash->mounts[i + 1];
    known[i] = known[i + 1];
  }
  errno = error;
  return result;
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
  int result;
  if (!from.folder) {
    result = bind_file(&from, target, read_only, step);
  } else {
    *step = "target";
    int to = open(target, O_PATH | O_DIRECTORY | O_CLOEXEC);
    result = to < 0 ? -1 : add(stash, source, &from, to, read_only, step);
    int error = errno;
    if (to >= 0) {
      (void)close(to);
    }
    errno = error;
  }
  bind_source_close(&from);
  return result;
}

int mounts_attach(struct stash *stash, struct text source, const char *target, bool read_only, const char **step) {
  struct bind_source from;
  char path[PATH_MAX];
  *step = "count";
  if (stash->mount_count == STASH_MOUNTS_MAX) {
    errno = ENOSPC;
    return -1;
  }
  *step = "source";
  if (bind_source_open(stash->dock, source, &from) != 0) {
    return -1;
  }
  *step = "target";
  int to = make_folder(target) != 0 ? -1 : open_path(target, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
  int result = to < 0 ? -1 : path_of(to, path);
  if (result == 0 && is_reserved(path)) {
    *step = "reserved";
    errno = EPERM;
    result = -1;
  }
  if (result == 0) {
    result = add(stash, source, &from, to, read_only, step);
  }
  int error = errno;
  if (to >= 0) {
    (void)close(to);
  }
  bind_source_close(&from);
  errno = error;
  return result;
}

/* Mounts again what was taken away; what it is known by must still be there. */
static void put_back(struct stash *stash, const char *source, int to, bool read_only) {
  const char *step;
  struct text name = {source, strlen(source)};
  struct bind_source from;
  if (bind_source_open(stash->dock, name, &from) == 0) {
    (void)add(stash, name, &from, to, read_only, &step);
    bind_source_close(&from);
  }
}

int mounts_replace(struct stash *stash, struct text source, struct text replaced, bool read_only, const char **step) {
  struct bind_source from;
  char path[PATH_MAX];
  *step = "replaced";
  int index = find(stash, replaced);
  if (index < 0 || refuse_with_mounts_below(stash, index) != 0 || path_of(stash->mounts[index], path) != 0) {
    return -1;
  }
  *step = "source";
  if (bind_source_open(stash->dock, source, &from) != 0) {
    return -1;
  }
  *step = "replaced";
  bool was_read_only = known[index].read_only;
  char *was = strdup(known[index].source);
  int result = was == NULL ? -1 : remove_at(stash, index);
  int to = -1;
  if (result == 0) {
    *step = "target";
    to = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    result = to < 0 ? -1 : add(stash, source, &from, to, read_only, step);
  }
  int error = errno;
  if (to >= 0) {
    if (result != 0) {
      put_back(stash, was, to, was_read_only);
    }
    (void)close(to);
  }
  free(was);
  bind_source_close(&from);
  errno = error;
  return result;
}

int mounts_remove(struct stash *stash, struct text source, const char **step) {
  *step = "unmount";
  int index = find(stash, source);
  return index < 0 || refuse_with_mounts_below(stash, index) != 0 ? -1 : remove_at(stash, index);
}

int mounts_locate(const struct stash *stash, const char *path, struct location *out) {
  char folder[PATH_MAX];
  char top[PATH_MAX];
  int opened = open_path(path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
  if (opened < 0) {
    return -1;
  }
  int result = path_of(opened, folder);
  int error = errno;
  (void)close(opened);
  errno = error;
  if (result != 0) {
    return -1;
  }
  size_t longest = 0;
  out->source = "";
  for (int i = 0; i < stash->mount_count; i++) {
    if (path_of(stash->mounts[i], top) == 0 && is_at_or_below(folder, top) && strlen(top) >= longest) {
      longest = strlen(top);
      out->source = known[i].source;
    }
  }
  const char *rest = folder + longest;
  (void)strcpy(out->path, rest[0] == '/' ? rest + 1 : rest);
  return 0;
}
