#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "directories.h"
#include "failure.h"
#include "operations.h"
#include "watch_events.h"

/* How long the second half of a rename may take to come. */
enum { RENAME_MILLIS = 20 };

/* How often the kernel's queue is read at the end, which somebody may fill without end. */
enum { ROUNDS_MAX = 64 };

/* Begins; a file is watched through its folder, so that one that replaces it is seen. Returns the queue. */
static int begin(struct command *command) {
  char folder[PATH_MAX];
  struct stat status;
  struct stat link;
  char *path = command->path;
  directories_trim(path);
  if (strlen(path) >= sizeof folder) {
    fail_errno(ENAMETOOLONG, "watch");
  }
  if (stat(path, &status) != 0 || lstat(path, &link) != 0) {
    fail_errno(errno, "watch");
  }
  int queue = watch_open(command->filter, command->recursive && S_ISDIR(status.st_mode));
  if (queue < 0) {
    fail_errno(errno, "watch");
  }
  if (!S_ISDIR(status.st_mode) && !S_ISLNK(link.st_mode)) {
    const char *slash = strrchr(path, '/');
    size_t length = slash == path ? 1 : (size_t)(slash - path);
    memcpy(folder, path, length);
    folder[length] = '\0';
    if (watch_begin(path, folder, slash + 1)) {
      return queue;
    }
  }
  if (!watch_begin(path, path, "")) {
    fail_errno(errno, "watch");
  }
  return queue;
}

static int64_t now_millis(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* How long to wait for the next event at most; -1 = for ever. */
static int patience(int64_t end) {
  int64_t left = end < 0 ? INT_MAX : end - now_millis();
  left = left < 0 ? 0 : left > INT_MAX ? INT_MAX : left;
  if (watch_is_renaming()) {
    return left < RENAME_MILLIS ? (int)left : RENAME_MILLIS;
  }
  return end < 0 ? -1 : (int)left;
}

static bool has_ended(short stdin_events) {
  char ignored[4096];
  if (stdin_events == 0) {
    return false;
  }
  ssize_t count = read(STDIN_FILENO, ignored, sizeof ignored);
  return count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN);
}

void watch(struct command *command) {
  enum { SECONDS_MAX = 1000000000 };
  int64_t timeout = command->timeout_secs < SECONDS_MAX ? command->timeout_secs : SECONDS_MAX;
  int64_t end = timeout == NO_TIMEOUT ? -1 : now_millis() + timeout * 1000;
  int queue = begin(command);
  struct pollfd sources[] = {{queue, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
  for (;;) {
    int ready = poll(sources, 2, patience(end));
    if (ready < 0 && errno != EINTR) {
      fail_errno(errno, "poll");
    }
    if (ready == 0) {
      watch_flush();
    }
    if (ready > 0 && sources[0].revents != 0) {
      (void)watch_read();
    }
    if ((ready > 0 && has_ended(sources[1].revents)) || (end >= 0 && now_millis() >= end)) {
      break;
    }
  }
  /* What happened before the end is told; what happens from now on is not waited for. */
  for (int rounds = 0; rounds < ROUNDS_MAX && watch_read(); rounds++) {
  }
  watch_flush();
}
