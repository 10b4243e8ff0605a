#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"
#include "operations.h"
#include "output.h"

#define SIZE_MAX_READ (INT64_C(5) << 30)

_Noreturn static void fail_too_large(void) {
  fail("FileTooLarge", "The file is larger than 5 GiB, which is the most that can be read at once", "size");
}

void read_file(const char *path) {
  static char buffer[256 << 10];
  struct stat status;
  /* Never one that waits for somebody: a FIFO or a terminal. */
  int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (file < 0) {
    fail_errno(errno, "open");
  }
  if (fstat(file, &status) != 0) {
    fail_errno(errno, "stat");
  }
  if (S_ISDIR(status.st_mode)) {
    fail_errno(EISDIR, "open");
  }
  if (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)) {
    fail("Io", "Neither a file nor a device", "open");
  }
  if (status.st_size > SIZE_MAX_READ) {
    fail_too_large();
  }
  int64_t total = 0;
  for (;;) {
    ssize_t count = read(file, buffer, sizeof buffer);
    if (count == 0) {
      return;
    }
    if (count < 0) {
      if (errno == EINTR) {
        continue;
      }
      fail_errno(errno, "read");
    }
    total += count;
    /* The size of a device or of a file that grows was not known before. */
    if (total > SIZE_MAX_READ) {
      fail_too_large();
    }
    if (write_whole(STDOUT_FILENO, buffer, (size_t)count) != 0) {
      _exit(1);
    }
  }
}
