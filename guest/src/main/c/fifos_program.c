#include "fifos_program.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OUTPUT_MAX = 64 << 10 };

static char output[OUTPUT_MAX];
static size_t used;

/* Adds the path of a folder's entry; false when it doesn't fit. */
static bool add(const char *folder, const char *name) {
  size_t folder_length = strlen(folder);
  size_t name_length = strlen(name);
  if (folder_length + 1 + name_length + 1 > sizeof output - used) {
    return false;
  }
  memcpy(output + used, folder, folder_length);
  used += folder_length;
  if (folder[folder_length - 1] != '/') {
    output[used++] = '/';
  }
  memcpy(output + used, name, name_length + 1);
  used += name_length + 1;
  return true;
}

/* A look at a folder's entries takes ten times as long as one at its times. */
static bool has_changed(const char *path, long long since) {
  struct stat status;
  return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_ctim.tv_sec >= since;
}

/* Adds the FIFOs of a folder; false when one doesn't fit. */
static bool search(const char *folder) {
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *entries = fd < 0 ? NULL : fdopendir(fd);
  if (entries == NULL) {
    /* What is no folder (any more) has no entries. */
    if (fd >= 0) {
      (void)close(fd);
    }
    return true;
  }
  bool fits = true;
  for (const struct dirent *entry; fits && (entry = readdir(entries)) != NULL;) {
    fits = entry->d_type != DT_FIFO || add(folder, entry->d_name);
  }
  (void)closedir(entries);
  return fits;
}

int fifos_program_main(const char *const *argv) {
  char *end;
  if (argv[1] == NULL) {
    return 2;
  }
  long long since = strtoll(argv[1], &end, 10);
  if (end == argv[1] || *end != '\0') {
    return 2;
  }
  for (const char *const *folder = argv + 2; *folder != NULL; folder++) {
    if ((*folder)[0] != '/') {
      return 2;
    }
    if (has_changed(*folder, since) && !search(*folder)) {
      break;
    }
  }
  for (size_t at = 0; at < used;) {
    ssize_t count = write(STDOUT_FILENO, output + at, used - at);
    if (count >= 0) {
      at += (size_t)count;
    } else if (errno != EINTR) {
      return 1;
    }
  }
  return 0;
}
