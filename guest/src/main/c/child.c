#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "descriptors.h"
#include "fifos_program.h"
#include "identity.h"
#include "open_program.h"

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* A program of the agent itself. */
static const struct {
  const char *name;
  int (*main)(const char *const *argv);
} builtins[] = {{"open", open_program_main}, {"fifos", fifos_program_main}};

/* Takes on everything but the program; -1 with errno and the step. */
static int prepare(struct child *child) {
  child->outcome.user_pid = (uint32_t)syscall(SYS_getpid);
  child->outcome.step = "pipe";
  for (int i = 0; i < 3; i++) {
    if (dup2(child->descriptors[i], i) != i) {
      return -1;
    }
  }
  /* Before anything that takes time: in gVisor others may look at this table. */
  if (child->report > 3) {
    if (dup3(child->report, 3, O_CLOEXEC) != 3) {
      return -1;
    }
    child->report = 3;
  }
  descriptors_close_from(child->report >= 0 ? 4 : 3);
  child->outcome.step = "fork";
  if (setsid() < 0) {
    return -1;
  }
  if (child->request->pty) {
    child->outcome.step = "pty";
    if (ioctl(0, TIOCSCTTY, 0) != 0) {
      return -1;
    }
  }
  child->outcome.step = "cwd";
  if (chdir(child->cwd) != 0 || identity_assume(child->request, &child->outcome.step) != 0) {
    return -1;
  }
  sigset_t none;
  (void)sigemptyset(&none);
  return sigprocmask(SIG_SETMASK, &none, NULL);
}

static const char *search_path(const char *const *env) {
  for (; *env != NULL; env++) {
    if (strncmp(*env, "PATH=", 5) == 0) {
      return *env + 5;
    }
  }
  return DEFAULT_PATH;
}

/* Linux refuses longer arguments with E2BIG (MAX_ARG_STRLEN, execve(2)), gVisor with ENAMETOOLONG: it is E2BIG in both. */
enum { ARGUMENT_MAX = 32 * 4096 };

static bool has_too_long(const char *const *texts) {
  for (; *texts != NULL; texts++) {
    if (strnlen(*texts, ARGUMENT_MAX) == ARGUMENT_MAX) {
      return true;
    }
  }
  return false;
}

/* execve(2) of the first file of that name that PATH finds; returns only when it fails, with errno. */
static void execute(const char *const *argv, const char *const *env) {
  char path[PATH_MAX];
  const char *name = argv[0];
  size_t name_length = strlen(name);
  int error = ENOENT;
  char *const *arguments = (char *const *)(uintptr_t)argv;
  char *const *environment = (char *const *)(uintptr_t)env;
  if (has_too_long(argv) || has_too_long(env)) {
    errno = E2BIG;
    return;
  }
  if (strchr(name, '/') != NULL) {
    (void)execve(name, arguments, environment);
    return;
  }
  for (const char *at = search_path(env); name_length > 0; at++) {
    const char *end = strchrnul(at, ':');
    size_t length = (size_t)(end - at);
    if (length + name_length + 2 <= sizeof path) {
      /* An empty entry is the working directory, execvp(3). */
      memcpy(path, at, length);
      path[length] = '/';
      memcpy(path + length + (length > 0), name, name_length + 1);
      (void)execve(path, arguments, environment);
      if (errno == EACCES) {
        error = EACCES;
      } else if (errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG && errno != ELOOP) {
        return;
      }
    }
    at = end;
    if (*at == '\0') {
      break;
    }
  }
  errno = error;
}

static void report(const struct child *child) {
  if (child->report >= 0) {
    (void)!write(child->report, &child->outcome, sizeof child->outcome);
    (void)close(child->report);
  }
}

int child_main(void *argument) {
  struct child *child = argument;
  if (prepare(child) == 0) {
    if (child->request->builtin) {
      child->outcome.step = "exec";
      for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++) {
        if (strcmp(child->argv[0], builtins[i].name) == 0) {
          report(child);
          _exit(builtins[i].main(child->argv));
        }
      }
      errno = ENOENT;
    } else {
      child->outcome.step = "exec";
      execute(child->argv, child->env);
    }
  }
  child->outcome.error = errno == 0 ? EIO : errno;
  report(child);
  _exit(127);
}
