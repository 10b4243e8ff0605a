#include "descriptors.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

void descriptors_close_from(unsigned first) {
  /* gVisor takes no number beyond INT_MAX. No descriptor has one. */
  if (syscall(SYS_close_range, first, (unsigned)INT_MAX, 0) == 0) {
    return;
  }
  /* An older kernel. The agent makes no more than about 4,000 descriptors, the smallest free number first. */
  struct rlimit limit = {0};
  (void)getrlimit(RLIMIT_NOFILE, &limit);
  unsigned last = limit.rlim_cur < 8192 ? (unsigned)limit.rlim_cur : 8192;
  for (unsigned fd = first; fd < last; fd++) {
    (void)close((int)fd);
  }
}

int descriptors_clean(void) {
  int fd;
  do {
    fd = open("/dev/null", O_RDWR);
  } while (fd >= 0 && fd < 3);
  /* The starter's own /dev/null may be a file of the host; users get the cell's. Stderr stays, for last words. */
  int result = fd < 0 || dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0 ? -1 : 0;
  descriptors_close_from(3);
  return result;
}
