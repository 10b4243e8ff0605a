#include "directories.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

void directories_trim(char *path) {
  for (size_t length = strlen(path); length > 1 && path[length - 1] == '/'; length--) {
    path[length - 1] = '\0';
  }
}

/* Looks first: a file system that is only read has its folders, too. */
static int make_one(const char *path) {
  struct stat status;
  for (int attempt = 0;; attempt++) {
    if (stat(path, &status) == 0) {
      errno = EEXIST;
      return S_ISDIR(status.st_mode) ? 0 : -1;
    }
    if (errno != ENOENT || attempt > 0) {
      /* A link that leads nowhere has the name, but nothing can be seen there. */
      errno = errno == ENOENT ? EEXIST : errno;
      return -1;
    }
    if (mkdir(path, 0777) == 0) {
      return 0;
    }
    /* Somebody may have been faster. */
    if (errno != EEXIST) {
      return -1;
    }
  }
}

int directories_make(char *path) {
  struct stat status;
  if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
    return 0;
  }
  for (char *at = path + 1; *at != '\0'; at++) {
    if (*at != '/') {
      continue;
    }
    *at = '\0';
    int result = make_one(path);
    *at = '/';
    if (result != 0) {
      errno = errno == EEXIST ? ENOTDIR : errno;
      return -1;
    }
  }
  return make_one(path);
}
