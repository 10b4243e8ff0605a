#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "directories.h"
#include "entry.h"
#include "failure.h"
#include "operations.h"

static struct output output = {.descriptor = STDOUT_FILENO};

struct names {
  char **at;
  size_t count;
  size_t room;
};

static void add(struct names *names, const char *name) {
  if (names->count == names->room) {
    names->room = names->room == 0 ? 64 : names->room * 2;
    char **more = reallocarray(names->at, names->room, sizeof *more);
    if (more == NULL) {
      fail_errno(ENOMEM, "list");
    }
    names->at = more;
  }
  names->at[names->count] = strdup(name);
  if (names->at[names->count] == NULL) {
    fail_errno(ENOMEM, "list");
  }
  names->count++;
}

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

void list_files(const char *path) {
  int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) {
    fail_errno(errno, "open");
  }
  DIR *entries = fdopendir(folder);
  if (entries == NULL) {
    fail_errno(errno, "open");
  }
  struct names names = {0};
  errno = 0;
  for (const struct dirent *entry; (entry = readdir(entries)) != NULL; errno = 0) {
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
      add(&names, entry->d_name);
    }
  }
  if (errno != 0) {
    fail_errno(errno, "list");
  }
  if (names.count > 0) {
    qsort(names.at, names.count, sizeof *names.at, compare);
  }
  output_text(&output, "[");
  bool first = true;
  for (size_t i = 0; i < names.count; i++) {
    const char *name = names.at[i];
    struct entry entry = {.folder = path, .name = name, .base = folder, .at = name};
    if (fstatat(folder, name, &entry.status, AT_SYMLINK_NOFOLLOW) != 0) {
      /* It has gone meanwhile. */
      if (errno == ENOENT) {
        continue;
      }
      fail_errno(errno, "stat");
    }
    output_text(&output, first ? "" : ",");
    first = false;
    entry_put(&output, &entry);
  }
  output_text(&output, "]\n");
  output_flush(&output);
  for (size_t i = 0; i < names.count; i++) {
    free(names.at[i]);
  }
  free(names.at);
  (void)closedir(entries);
}

void stat_path(const char *path) {
  struct entry entry = {.folder = path, .whole = true, .base = AT_FDCWD, .at = path};
  if (lstat(path, &entry.status) != 0) {
    fail_errno(errno, "stat");
  }
  char *name = strdup(path);
  if (name == NULL) {
    fail_errno(ENOMEM, "stat");
  }
  directories_trim(name);
  const char *slash = strrchr(name, '/');
  entry.name = slash[1] == '\0' ? slash : slash + 1;
  entry_put(&output, &entry);
  output_text(&output, "\n");
  output_flush(&output);
  free(name);
}
