#include "users.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "descriptors.h"
#include "identity.h"
#include "stash.h"

static pid_t init;
static enum death death = ALIVE;
static int64_t end_time = NEVER;

/* Init of the users' namespace: mounts their proc, then only reaps. It holds nothing that is worth a visit. */
static _Noreturn void init_main(int report, const char *proc_folder) {
  int error = mount("proc", proc_folder, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0 ? 0 : errno;
  if (error == 0 && identity_drop_capabilities() != 0) {
    error = errno;
  }
  if (write(report, &error, sizeof error) != sizeof error || error != 0) {
    _exit(1);
  }
  descriptors_close_from(0);
  sigset_t children;
  (void)sigemptyset(&children);
  (void)sigaddset(&children, SIGCHLD);
  for (;;) {
    if (waitpid(-1, NULL, 0) < 0) {
      /* No child now. The timeout covers a signal that never comes. */
      (void)sigtimedwait(&children, NULL, &(struct timespec){.tv_sec = 1});
    }
  }
}

int users_open(const char *proc_folder, const char **step) {
  int report[2];
  *step = "pid namespace";
  if (pipe2(report, O_CLOEXEC) != 0 || unshare(CLONE_NEWPID) != 0) {
    return -1;
  }
  init = fork();
  if (init < 0) {
    return -1;
  }
  if (init == 0) {
    (void)close(report[0]);
    init_main(report[1], proc_folder);
  }
  *step = "users' proc";
  (void)close(report[1]);
  int error = EIO;
  (void)!read(report[0], &error, sizeof error);
  (void)close(report[0]);
  errno = error;
  return error == 0 ? 0 : -1;
}

bool users_is_init(pid_t pid) { return pid == init; }

/* Kills every process of the cell but the agent. */
static void kill_all(enum death why) {
  if (death == ALIVE) {
    death = why;
  }
  /* From PID 1 this reaches everybody else in the cell, nested namespaces included. */
  (void)kill(-1, SIGKILL);
}

void users_init_died(void) {
  init = 0;
  kill_all(DEATH_OF_INIT);
}

void users_limit_lifetime(uint64_t millis) { end_time = millis == 0 ? NEVER : clock_after(millis); }

int64_t users_next_time(void) { return end_time; }

void users_check_time(void) {
  if (clock_millis() >= end_time) {
    end_time = NEVER;
    kill_all(DEATH_OF_AGE);
  }
}

enum death users_death(void) { return death; }

int users_signal_session(pid_t session, int signal) {
  struct stash stash;
  if (stash_take(&stash) != 0) {
    return 0;
  }
  int count = 0;
  int folder = openat(stash.proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *processes = folder < 0 ? NULL : fdopendir(folder);
  struct dirent *entry;
  while (processes != NULL && (entry = readdir(processes)) != NULL) {
    char *end;
    long pid = strtol(entry->d_name, &end, 10);
    if (*end == '\0' && pid > 1 && pid != init && getsid((pid_t)pid) == session) {
      count += kill((pid_t)pid, signal) == 0;
    }
  }
  if (processes != NULL) {
    (void)closedir(processes);
  } else if (folder >= 0) {
    (void)close(folder);
  }
  stash_put(&stash);
  return count;
}
