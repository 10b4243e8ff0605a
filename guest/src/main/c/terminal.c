#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

static int folder = -1;

int terminal_open_folder(const char *path) {
  if (folder >= 0) {
    (void)close(folder);
  }
  folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  return folder < 0 ? -1 : 0;
}

void terminal_resize(int fd, uint16_t rows, uint16_t columns) {
  struct winsize size = {.ws_row = rows, .ws_col = columns};
  (void)ioctl(fd, TIOCSWINSZ, &size);
}

static int open_user_end(int master) {
  int flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
  int fd = ioctl(master, (int)TIOCGPTPEER, flags);
  unsigned number;
  char name[16];
  if (fd >= 0 || ioctl(master, (int)TIOCGPTN, &number) != 0) {
    return fd;
  }
  (void)snprintf(name, sizeof name, "%u", number);
  return openat(folder, name, flags);
}

int terminal_make(uint32_t uid, uint16_t rows, uint16_t columns, int *master, int *user_end) {
  int locked = 0;
  *master = openat(folder, "ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (*master < 0) {
    return -1;
  }
  *user_end = ioctl(*master, TIOCSPTLCK, &locked) != 0 ? -1 : open_user_end(*master);
  if (*user_end < 0) {
    int error = errno;
    (void)close(*master);
    errno = error;
    return -1;
  }
  /* So that the user may open it by name; gVisor's devpts may refuse, and allows the open anyway. */
  (void)fchown(*user_end, uid, (gid_t)-1);
  terminal_resize(*master, rows, columns);
  return 0;
}
