/*
 * The content goes to a new file beside the path, which takes the path's name once all is there: readers see the old
 * content or the new one, and whatever goes wrong before leaves the old one.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directories.h"
#include "failure.h"
#include "operations.h"
#include "output.h"
#include "temporary.h"

enum { LINKS_MAX = 40, TEMPORARY_SIZE = 40 };

/* The new file while it has a name of its own. */
static int folder = -1;
static char temporary[TEMPORARY_SIZE];

_Noreturn static void give_up(int error, const char *step) {
  (void)unlinkat(folder, temporary, 0);
  fail_errno(error, step);
}

static void end_by_signal(int signal) {
  (void)unlinkat(folder, temporary, 0);
  _exit(128 + signal);
}

static void remove_at_signals(void) {
  static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGXFSZ};
  struct sigaction action = {.sa_handler = end_by_signal};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
    (void)sigaction(signals[i], &action, NULL);
  }
}

/* Replaces the last name of a path by what a link says; false when that is too long. */
static bool follow(char path[PATH_MAX], const char *target, size_t length) {
  size_t kept = target[0] == '/' ? 0 : (size_t)(strrchr(path, '/') - path) + 1;
  if (kept + length >= PATH_MAX) {
    return false;
  }
  memcpy(path + kept, target, length);
  path[kept + length] = '\0';
  return true;
}

/* Follows the links that the path ends with; returns whether there is a file, fails when there is something else. */
static bool resolve(char path[PATH_MAX], struct stat *status) {
  char target[PATH_MAX];
  for (int links = 0; links < LINKS_MAX; links++) {
    if (path[strlen(path) - 1] == '/') {
      fail_errno(EISDIR, "open");
    }
    if (lstat(path, status) != 0) {
      if (errno == ENOENT) {
        return false;
      }
      fail_errno(errno, "stat");
    }
    if (!S_ISLNK(status->st_mode)) {
      if (S_ISDIR(status->st_mode)) {
        fail_errno(EISDIR, "open");
      }
      if (!S_ISREG(status->st_mode)) {
        fail("Io", "Not a regular file", "open");
      }
      if (access(path, W_OK) != 0) {
        fail_errno(errno, "open");
      }
      return true;
    }
    ssize_t length = readlink(path, target, sizeof target);
    if (length < 0) {
      fail_errno(errno, "readlink");
    }
    if (length == 0 || !follow(path, target, (size_t)length)) {
      fail_errno(ENAMETOOLONG, "readlink");
    }
  }
  fail_errno(ELOOP, "open");
}

/* Opens the folder of a path, making what is missing; returns the path's last name. */
static const char *open_folder(char *path) {
  char *slash = strrchr(path, '/');
  const char *parent = "/";
  if (slash != path) {
    *slash = '\0';
    parent = path;
    if (directories_make(path) != 0) {
      fail_errno(errno == EEXIST ? ENOTDIR : errno, "mkdir");
    }
  }
  folder = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) {
    fail_errno(errno, "open");
  }
  return slash + 1;
}

static int create(mode_t mode) {
  uint64_t number;
  if (getrandom(&number, sizeof number, 0) != sizeof number) {
    fail_errno(errno, "create");
  }
  (void)snprintf(temporary, sizeof temporary, TEMPORARY_PREFIX "%016llx", (unsigned long long)number);
  remove_at_signals();
  int file = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (file < 0) {
    fail_errno(errno, "create");
  }
  return file;
}

static void fill(int file) {
  static char buffer[256 << 10];
  for (;;) {
    ssize_t count = read(STDIN_FILENO, buffer, sizeof buffer);
    if (count == 0) {
      return;
    }
    if (count < 0) {
      if (errno == EINTR) {
        continue;
      }
      give_up(errno, "stdin");
    }
    if (write_whole(file, buffer, (size_t)count) != 0) {
      give_up(errno, "write");
    }
  }
}

/* A file that is new comes by a link, so that a watch sees it made; one that replaces another by a rename. */
static void take_name(const char *name, bool exists) {
  if (!exists && linkat(folder, temporary, folder, name, 0) == 0) {
    (void)unlinkat(folder, temporary, 0);
  } else if (renameat(folder, temporary, folder, name) != 0) {
    give_up(errno, "rename");
  }
}

void write_file(char *given) {
  char path[PATH_MAX];
  struct stat old;
  if (strlen(given) >= sizeof path) {
    fail_errno(ENAMETOOLONG, "open");
  }
  (void)strcpy(path, given);
  bool exists = resolve(path, &old);
  const char *name = open_folder(path);
  /* What others could not read is not shown to them in between. */
  int file = create(exists ? old.st_mode & 0600 : 0666);
  fill(file);
  if (exists) {
    /* The owner is kept where that is allowed, as it is for root. */
    (void)!fchown(file, old.st_uid, old.st_gid);
    if (fchmod(file, old.st_mode & 01777) != 0) {
      give_up(errno, "chmod");
    }
  }
  if (close(file) != 0) {
    give_up(errno, "close");
  }
  take_name(name, exists);
}
