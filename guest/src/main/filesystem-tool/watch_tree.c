#include "watch_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "temporary.h"
#include "watches.h"

/* Folders that are watched, but whose entries nobody has looked at. */
struct pending {
  struct pending *next;
  char path[];
};

static int add(const struct watch_tree *tree, const char *path, uint32_t flags) {
  int descriptor = inotify_add_watch(tree->inotify, path, tree->mask | flags);
  if (descriptor < 0) {
    return -1;
  }
  if (!watches_put(descriptor, path)) {
    (void)inotify_rm_watch(tree->inotify, descriptor);
    watches_forget(descriptor);
    errno = ENOSPC;
    return -1;
  }
  return descriptor;
}

/* What is gone is not missed. */
static bool is_gone(int error) { return error == ENOENT || error == ENOTDIR || error == ELOOP; }

static struct pending *push(struct pending *next, const char *path) {
  size_t size = strlen(path) + 1;
  struct pending *pending = malloc(sizeof *pending + size);
  if (pending != NULL) {
    pending->next = next;
    memcpy(pending->path, path, size);
  }
  return pending;
}

static bool is_directory(int folder, const struct dirent *entry) {
  struct stat status;
  if (entry->d_type != DT_UNKNOWN) {
    return entry->d_type == DT_DIR;
  }
  return fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

/* Watches the folders in a folder; returns those, before the ones that are pending already. */
static struct pending *scan(const struct watch_tree *tree, const char *path, struct pending *rest, bool fresh) {
  char below[PATH_MAX];
  int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *entries = folder < 0 ? NULL : fdopendir(folder);
  if (entries == NULL) {
    if (!is_gone(errno)) {
      tree->missed(path);
    }
    return rest;
  }
  for (const struct dirent *entry; (entry = readdir(entries)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
        strncmp(entry->d_name, TEMPORARY_PREFIX, strlen(TEMPORARY_PREFIX)) == 0 ||
        snprintf(below, sizeof below, "%s%s%s", path, strcmp(path, "/") == 0 ? "" : "/", entry->d_name) >=
            (int)sizeof below) {
      continue;
    }
    if (fresh) {
      tree->found(below);
    }
    if (!is_directory(folder, entry)) {
      continue;
    }
    if (add(tree, below, IN_ONLYDIR | IN_DONT_FOLLOW) < 0) {
      if (!is_gone(errno)) {
        tree->missed(below);
      }
      continue;
    }
    struct pending *more = push(rest, below);
    if (more == NULL) {
      tree->missed(below);
    } else {
      rest = more;
    }
  }
  (void)closedir(entries);
  return rest;
}

static void scan_all(const struct watch_tree *tree, const char *path, bool fresh) {
  struct pending *pending = scan(tree, path, NULL, fresh);
  while (pending != NULL) {
    struct pending *now = pending;
    pending = scan(tree, now->path, now->next, fresh);
    free(now);
  }
}

int watch_tree_begin(const struct watch_tree *tree, const char *path) {
  int descriptor = add(tree, path, 0);
  if (descriptor >= 0 && tree->recursive) {
    scan_all(tree, path, false);
  }
  return descriptor;
}

void watch_tree_add(const struct watch_tree *tree, const char *path, bool fresh) {
  if (add(tree, path, IN_ONLYDIR | IN_DONT_FOLLOW) >= 0) {
    scan_all(tree, path, fresh);
  } else if (!is_gone(errno)) {
    tree->missed(path);
  }
}

bool watch_tree_has(const struct watch_tree *tree, const char *path) {
  /* A folder that is watched keeps its descriptor. */
  int descriptor = inotify_add_watch(tree->inotify, path, tree->mask | IN_ONLYDIR | IN_DONT_FOLLOW);
  const char *known = descriptor < 0 ? NULL : watches_path(descriptor);
  return known != NULL && strcmp(known, path) == 0;
}

void watch_tree_remove(const struct watch_tree *tree, const char *path) {
  watches_forget_below(path, tree->unwatch);
}
