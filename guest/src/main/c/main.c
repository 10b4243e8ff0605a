/*
 * The guest agent: PID 1 of a cell. One thread, one loop; it waits in epoll only. See guest/PROTOCOL.md for
 * what it is told and what it tells.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "connection.h"
#include "descriptors.h"
#include "die.h"
#include "dispatch.h"
#include "exec.h"
#include "masks.h"
#include "stash.h"
#include "sync.h"
#include "terminal.h"
#include "users.h"
#include "watch.h"

/*
 * SIGCHLD was seen to stay away in gVisor when the users' init is killed, so children are asked for now and
 * then, too.
 */
enum { BUSY_TICK_MILLIS = 100, IDLE_TICK_MILLIS = 1000 };

/*
 * A cell in which nothing runs any more waits so long for a worker that takes its last output; then it goes by itself,
 * so that a worker which never comes back leaves nothing for ever.
 */
enum { DEAD_CELL_STAYS_MILLIS = 24 * 3600 * 1000 };

static int children_signals = -1;

/* Every signal back to its default and blocked: children only have to unblock them. */
static void boot_signals(void) {
  sigset_t all;
  sigset_t children;
  for (int number = 1; number <= 64; number++) {
    (void)sigaction(number, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
  }
  (void)sigfillset(&all);
  (void)sigemptyset(&children);
  (void)sigaddset(&children, SIGCHLD);
  if (sigprocmask(SIG_SETMASK, &all, NULL) != 0 ||
      (children_signals = signalfd(-1, &children, SFD_NONBLOCK | SFD_CLOEXEC)) < 0 ||
      watch_add(children_signals, EPOLLIN, WATCH_CHILDREN, 0, 0) != 0) {
    die("signals");
  }
}

static void boot(bool mask, bool mask_init) {
  const char *step = "";
  if (getpid() != 1) {
    errno = EPERM;
    die("it must be PID 1 of a PID namespace of its own: it kills everything else there");
  }
  (void)umask(022);
  if (descriptors_clean() != 0 || chdir("/") != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    die("descriptors");
  }
  if (watch_open() != 0) {
    die("epoll");
  }
  boot_signals();
  /* The users' init comes before everything that it must not inherit. */
  if (users_open("/p", &step) != 0) {
    die(step);
  }
  if (mask && masks_apply("/p", "/sys", &step) != 0) {
    die(step);
  }
  if (mask_init && masks_apply_to_init("/p", "/dev", &step) != 0) {
    die(step);
  }
  if (terminal_open_folder("/dev/pts") != 0) {
    die("/dev/pts");
  }
  if (stash_open("/agent", "/proc") != 0) {
    die("/agent or /proc");
  }
}

static void reap(void) {
  struct signalfd_siginfo signals[16];
  int status;
  struct rusage usage;
  pid_t pid;
  while (read(children_signals, signals, sizeof signals) > 0) {
  }
  while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0) {
    if (users_is_init(pid)) {
      users_init_died();
    } else if (!exec_reaped(pid, status, &usage)) {
      (void)sync_reaped(pid, status);
    }
  }
  if (users_death() != ALIVE) {
    exec_reap_lost();
  }
}

static int64_t earlier(int64_t a, int64_t b) { return a < b ? a : b; }

static void handle(const struct watch_event *event, bool *children) {
  switch (event->kind) {
    case WATCH_CONNECTION:
      connection_ready(event->events);
      break;
    case WATCH_CHILDREN:
      *children = true;
      break;
    case WATCH_OUTPUT:
      exec_output_ready(event->slot, event->stream);
      break;
    case WATCH_INPUT:
      exec_input_ready(event->slot, event->events);
      break;
  }
}

int main(int count, char **arguments) {
  bool mask = count == 2 && strcmp(arguments[1], "--mask") == 0;
  bool mask_init = count == 2 && strcmp(arguments[1], "--mask-init") == 0;
  if (count > 2 || (count == 2 && !mask && !mask_init)) {
    (void)fputs("usage: agent [--mask | --mask-init]\n", stderr);
    return 64;
  }
  boot(mask, mask_init);
  int64_t tick = 0;
  bool children = false;
  for (;;) {
    int64_t now = clock_millis();
    if (children || now >= tick) {
      reap();
      children = false;
      tick = now + (exec_any_running() || users_death() != ALIVE ? BUSY_TICK_MILLIS : IDLE_TICK_MILLIS);
    } else if (exec_any_running()) {
      tick = earlier(tick, now + BUSY_TICK_MILLIS);
    }
    users_check_time();
    if (users_death() != ALIVE && !connection_is_open() && now - connection_lost_time() > DEAD_CELL_STAYS_MILLIS) {
      return 0;
    }
    exec_check_time();
    connection_dial();
    /* What had ended before everything died is told before it. */
    if (exec_send_all()) {
      dispatch_tell_death();
      (void)exec_send_all();
    }
    connection_settle();

    int64_t next = earlier(earlier(tick, connection_dial_time()), earlier(exec_next_time(), users_next_time()));
    int64_t left = next - clock_millis();
    struct watch_event events[WATCH_EVENTS_MAX];
    int ready = watch_wait(events, left < 0 ? 0 : left > IDLE_TICK_MILLIS ? IDLE_TICK_MILLIS : (int)left);
    for (int i = 0; i < ready; i++) {
      handle(&events[i], &children);
    }
  }
}
