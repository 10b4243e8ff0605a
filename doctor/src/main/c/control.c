#include "control.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

static int fail(const char *step) {
  (void)fprintf(stderr, "no control: %s: %s\n", step, strerror(errno));
  return 2;
}

static void raise_loopback(void) {
  struct ifreq request = {.ifr_name = "lo"};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  request.ifr_flags = IFF_UP;
  (void)ioctl(fd, SIOCSIFFLAGS, &request);
  (void)close(fd);
}

/* The probe's parent is process 1 of the PID namespace, so all goes when it ends. */
static int first_process(const struct probe *probe, char **arguments) {
  (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0) {
    return fail("proc");
  }
  raise_loopback();
  pid_t child = fork();
  if (child == 0) {
    (void)alarm(20);
    probe->run(arguments);
    _exit(2);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

int control_run(const struct probe *probe, char **arguments) {
  char here[PATH_MAX];
  if (getcwd(here, sizeof here) == NULL ||
      unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP) != 0) {
    return fail("namespaces");
  }
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
      mount("tmpfs", here, "tmpfs", 0, "size=64m,mode=755") != 0 || chdir(here) != 0) {
    return fail("scratch");
  }
  pid_t child = fork();
  if (child == 0) {
    _exit(first_process(probe, arguments));
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) < 0) {
    return fail("fork");
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
