#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directories.h"
#include "failure.h"
#include "operations.h"

/* A folder whose content is being removed; each holds a descriptor. */
struct level {
  DIR *entries;
  char *name;
  struct level *above;
};

static bool is_directory(int folder, const struct dirent *entry) {
  struct stat status;
  if (entry->d_type != DT_UNKNOWN) {
    return entry->d_type == DT_DIR;
  }
  return fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

/* Goes into a folder, through no link; NULL with errno. */
static struct level *enter(int parent, const char *name, struct level *above) {
  int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *entries = folder < 0 ? NULL : fdopendir(folder);
  struct level *level = entries == NULL ? NULL : malloc(sizeof *level);
  char *copy = level == NULL ? NULL : strdup(name);
  if (copy == NULL) {
    return NULL;
  }
  *level = (struct level){entries, copy, above};
  return level;
}

/* Removes what is no folder, or an empty one; what has gone meanwhile is no failure. */
static void remove_one(int folder, const char *name, int flags) {
  if (unlinkat(folder, name, flags) != 0 && errno != ENOENT) {
    fail_errno(errno == EEXIST ? ENOTEMPTY : errno, "remove");
  }
}

static void remove_tree(int parent, const char *name) {
  struct level *level = enter(parent, name, NULL);
  if (level == NULL) {
    /* An empty folder needs not be read to be removed. */
    int error = errno;
    if (unlinkat(parent, name, AT_REMOVEDIR) != 0) {
      fail_errno(error, "open");
    }
    return;
  }
  while (level != NULL) {
    int folder = dirfd(level->entries);
    const struct dirent *entry = readdir(level->entries);
    if (entry == NULL) {
      struct level *done = level;
      level = done->above;
      (void)closedir(done->entries);
      remove_one(level == NULL ? parent : dirfd(level->entries), done->name, AT_REMOVEDIR);
      free(done->name);
      free(done);
    } else if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
      if (!is_directory(folder, entry)) {
        remove_one(folder, entry->d_name, 0);
        continue;
      }
      struct level *below = enter(folder, entry->d_name, level);
      if (below != NULL) {
        level = below;
      } else if (errno != ENOENT) {
        int error = errno;
        if (unlinkat(folder, entry->d_name, AT_REMOVEDIR) != 0) {
          fail_errno(error, "open");
        }
      }
    }
  }
}

/* As deep as the process may open folders. */
static void allow_depth(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
  }
}

void remove_path(char *path, bool recursive) {
  struct stat status;
  /* A slash at the end would follow a link. */
  directories_trim(path);
  if (lstat(path, &status) != 0) {
    fail_errno(errno, "stat");
  }
  if (!S_ISDIR(status.st_mode)) {
    if (unlink(path) != 0) {
      fail_errno(errno, "remove");
    }
    return;
  }
  if (strcmp(path, "/") == 0) {
    fail("Io", "The root can't be removed", "remove");
  }
  if (!recursive) {
    if (rmdir(path) != 0) {
      fail_errno(errno == EEXIST ? ENOTEMPTY : errno, "remove");
    }
    return;
  }
  allow_depth();
  remove_tree(AT_FDCWD, path);
}
