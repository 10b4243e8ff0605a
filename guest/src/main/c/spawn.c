#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "terminal.h"

enum { STDOUT_PIPE_SIZE = 256 << 10, STACK_SIZE = 64 << 10 };

/* The agent's ends and the child's, until they are handed over. */
struct plumbing {
  int input;
  int outputs[2];
  int child[3]; /* may hold the same descriptor more than once */
};

static void close_child_ends(struct plumbing *plumbing) {
  int *child = plumbing->child;
  for (int i = 0; i < 3; i++) {
    bool again = (i > 0 && child[i] == child[0]) || (i > 1 && child[i] == child[1]);
    if (child[i] >= 0 && !again) {
      (void)close(child[i]);
    }
  }
  child[0] = child[1] = child[2] = -1;
}

static void close_all(struct plumbing *plumbing) {
  int own[3] = {plumbing->input, plumbing->outputs[0], plumbing->outputs[1]};
  for (int i = 0; i < 3; i++) {
    if (own[i] >= 0) {
      (void)close(own[i]);
    }
  }
  close_child_ends(plumbing);
}

/* The agent's own stdin is /dev/null; users may have put anything else at its path. */
static int null_device_open(void) { return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3); }

static int make_pipe(int *own, int *child, bool child_reads) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return -1;
  }
  *own = ends[child_reads ? 1 : 0];
  *child = ends[child_reads ? 0 : 1];
  return fcntl(*own, F_SETFL, O_NONBLOCK);
}

static int plumb_pipes(const struct exec_request *request, struct plumbing *plumbing) {
  int *child = plumbing->child;
  if (request->stdin_kind == STDIO_PIPE) {
    if (make_pipe(&plumbing->input, &child[0], true) != 0) {
      return -1;
    }
  } else {
    child[0] = null_device_open();
  }
  if (request->stdout_kind == STDIO_PIPE) {
    if (make_pipe(&plumbing->outputs[0], &child[1], false) != 0) {
      return -1;
    }
    (void)fcntl(child[1], F_SETPIPE_SZ, STDOUT_PIPE_SIZE);
  } else {
    child[1] = null_device_open();
  }
  if (request->stderr_kind == STDIO_PIPE) {
    if (make_pipe(&plumbing->outputs[1], &child[2], false) != 0) {
      return -1;
    }
  } else {
    child[2] = request->stderr_kind == STDIO_INTO_STDOUT ? child[1] : null_device_open();
  }
  return child[0] < 0 || child[1] < 0 || child[2] < 0 ? -1 : 0;
}

static int plumb_terminal(const struct exec_request *request, struct plumbing *plumbing) {
  int user_end;
  if (terminal_make(request->uid, request->rows, request->columns, &plumbing->outputs[0], &user_end) != 0) {
    return -1;
  }
  plumbing->child[0] = plumbing->child[1] = plumbing->child[2] = user_end;
  /* A descriptor of its own, so that reading and writing are watched apart. */
  plumbing->input = fcntl(plumbing->outputs[0], F_DUPFD_CLOEXEC, 3);
  return plumbing->input < 0 ? -1 : 0;
}

/* Runs the child on a stack of its own in the agent's memory: a copy of the address space costs 5 ms in gVisor. */
static pid_t start_program(struct child *child) {
  static _Alignas(16) char stack[STACK_SIZE];
  return clone(child_main, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, child);
}

static pid_t start_builtin(struct child *child) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) {
    return -1;
  }
  child->report = report[1];
  pid_t pid = fork();
  if (pid == 0) {
    _exit(child_main(child));
  }
  int error = errno;
  (void)close(report[1]);
  /* Both sides have the same constants at the same addresses, so that the step may travel as a pointer. */
  struct child_outcome outcome;
  if (pid > 0) {
    ssize_t count = read(report[0], &outcome, sizeof outcome);
    child->outcome = count == sizeof outcome ? outcome : (struct child_outcome){.error = EIO, .step = "fork"};
  }
  (void)close(report[0]);
  errno = error;
  return pid;
}

static int start(const struct exec_request *request, struct plumbing *plumbing, struct spawned *out, const char **step) {
  size_t count = request->argv.count + request->env.count + 2;
  char cwd[PATH_MAX];
  *step = "cwd";
  if (!text_copy(request->cwd, cwd, sizeof cwd)) {
    errno = ENAMETOOLONG;
    return -1;
  }
  *step = "fork";
  const char **pointers = malloc(count * sizeof *pointers);
  if (pointers == NULL) {
    return -1;
  }
  texts_pointers(request->argv, pointers);
  texts_pointers(request->env, pointers + request->argv.count + 1);
  struct child child = {
      .request = request,
      .argv = pointers,
      .env = pointers + request->argv.count + 1,
      .cwd = cwd,
      .descriptors = plumbing->child,
      .report = -1,
  };
  pid_t pid = request->builtin ? start_builtin(&child) : start_program(&child);
  int error = errno;
  free(pointers);
  if (pid > 0 && child.outcome.error != 0) {
    (void)waitpid(pid, NULL, 0);
    *step = child.outcome.step;
    errno = child.outcome.error;
    return -1;
  }
  errno = error;
  if (pid < 0) {
    return -1;
  }
  *out = (struct spawned){
      .pid = pid,
      .user_pid = child.outcome.user_pid,
      .input = plumbing->input,
      .outputs = {plumbing->outputs[0], plumbing->outputs[1]},
  };
  return 0;
}

int spawn(const struct exec_request *request, struct spawned *out, const char **step) {
  struct plumbing plumbing = {.input = -1, .outputs = {-1, -1}, .child = {-1, -1, -1}};
  *step = request->pty ? "pty" : "pipe";
  int result = request->pty ? plumb_terminal(request, &plumbing) : plumb_pipes(request, &plumbing);
  if (result == 0) {
    result = start(request, &plumbing, out, step);
  }
  int error = errno;
  if (result == 0) {
    close_child_ends(&plumbing);
  } else {
    close_all(&plumbing);
  }
  errno = error;
  return result;
}
