#include "exec.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "answer.h"
#include "clock.h"
#include "connection.h"
#include "dispatch.h"
#include "spawn.h"
#include "terminal.h"
#include "users.h"

enum { SWEEP_MILLIS = 10, SWEEPS_MAX = 50 };

static struct exec execs[EXECS_MAX];
static uint32_t used; /* one past the highest slot in use */
static uint32_t turn; /* whose streams are sent first */

struct exec *exec_find(uint32_t number) {
  for (uint32_t i = 0; i < used; i++) {
    if (execs[i].number == number && !execs[i].dropped) {
      return &execs[i];
    }
  }
  return NULL;
}

static struct exec *free_slot(void) {
  for (uint32_t i = 0; i < EXECS_MAX; i++) {
    if (execs[i].number == 0) {
      used = used > i ? used : i + 1;
      return &execs[i];
    }
  }
  return NULL;
}

static void release_slot(struct exec *exec) {
  memset(exec, 0, sizeof *exec);
  while (used > 0 && execs[used - 1].number == 0) {
    used--;
  }
}

static void forget(struct exec *exec) {
  output_discard(&exec->outputs[0]);
  output_discard(&exec->outputs[1]);
  input_discard(&exec->input);
  release_slot(exec);
}

/* Forgets an exec of which nobody needs to know any more. */
static void forget_if_through(struct exec *exec) {
  bool told = exec->exit_acknowledged && output_is_through(&exec->outputs[0]) && output_is_through(&exec->outputs[1]);
  if (exec->exited && exec->sweep_time == NEVER && (exec->dropped || told)) {
    forget(exec);
  }
}

static void answer_started(uint32_t number, int error, uint32_t pid, int64_t since, const char *step) {
  uint8_t head[12];
  put_u32(head, (uint32_t)error);
  put_u32(head + 4, pid);
  put_u32(head + 8, (uint32_t)(clock_micros() - since));
  answer_with_step(FRAME_STARTED, number, head, sizeof head, step);
}

bool exec_start(uint32_t number, bool claimed, const struct exec_request *request) {
  int64_t since = clock_micros();
  if (exec_find(number) != NULL) {
    return false;
  }
  struct exec *exec = !claimed || users_death() != ALIVE ? NULL : free_slot();
  if (exec == NULL) {
    answer_started(number, !claimed ? EPERM : users_death() != ALIVE ? ESRCH : EAGAIN, 0, since, "cell");
    return true;
  }
  struct spawned spawned;
  const char *step;
  if (spawn(request, &spawned, &step) != 0) {
    answer_started(number, errno, 0, since, step);
    release_slot(exec);
    return true;
  }
  uint32_t slot = (uint32_t)(exec - execs);
  *exec = (struct exec){
      .number = number,
      .pid = spawned.pid,
      .user_pid = spawned.user_pid,
      .deadline = request->timeout_millis == 0 ? NEVER : clock_after(request->timeout_millis),
      .sweep_time = NEVER,
      .is_terminal = request->pty,
  };
  answer_started(number, 0, exec->user_pid, since, "");
  output_open(&exec->outputs[0], spawned.outputs[0], slot, 0);
  output_open(&exec->outputs[1], spawned.outputs[1], slot, 1);
  input_open(&exec->input, spawned.input, slot, request->pty);
  return true;
}

bool exec_acknowledge(struct exec *exec, const struct ack_request *request) {
  bool good = output_acknowledge(&exec->outputs[request->stream], request->offset);
  forget_if_through(exec);
  return good;
}

bool exec_acknowledge_exit(struct exec *exec) {
  if (!exec->exited) {
    return false;
  }
  exec->exit_acknowledged = true;
  forget_if_through(exec);
  return true;
}

/* Whether the number of an ended exec's process belongs to another one by now. */
static bool pid_is_reused(const struct exec *exec) {
  for (uint32_t i = 0; exec->exited && i < used; i++) {
    if (&execs[i] != exec && execs[i].number != 0 && !execs[i].exited && execs[i].pid == exec->pid) {
      return true;
    }
  }
  return false;
}

static void signal_session(const struct exec *exec, int signal) {
  (void)kill(-exec->pid, signal);
  (void)users_signal_session(exec->pid, signal);
}

/* Kills the session, and again soon, since processes may be born while it is walked through. */
static void kill_session(struct exec *exec) {
  if (!pid_is_reused(exec)) {
    signal_session(exec, SIGKILL);
    exec->sweeps_left = SWEEPS_MAX;
    exec->sweep_time = clock_after(SWEEP_MILLIS);
  }
}

void exec_signal(struct exec *exec, const struct signal_request *request) {
  if (request->scope == SCOPE_PROCESS) {
    if (!exec->exited) {
      (void)kill(exec->pid, request->signal);
    }
  } else if (request->scope == SCOPE_SESSION && request->signal == SIGKILL) {
    kill_session(exec);
  } else if (!pid_is_reused(exec)) {
    if (request->scope == SCOPE_GROUP) {
      (void)kill(-exec->pid, request->signal);
    } else {
      signal_session(exec, request->signal);
    }
  }
}

void exec_resize(struct exec *exec, uint16_t rows, uint16_t columns) {
  int fd = exec->outputs[0].fd;
  if (exec->is_terminal && fd >= 0) {
    terminal_resize(fd, rows, columns);
  }
}

void exec_drop(struct exec *exec) {
  exec->dropped = true;
  output_discard(&exec->outputs[0]);
  output_discard(&exec->outputs[1]);
  input_discard(&exec->input);
  kill_session(exec);
  forget_if_through(exec);
}

static void mark_exited(struct exec *exec, int status, const struct rusage *usage) {
  exec->exited = true;
  exec->killed_by_death = users_death() != ALIVE && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  exec->status = status;
  exec->usage = *usage;
  exec->deadline = NEVER;
  forget_if_through(exec);
}

bool exec_reaped(pid_t pid, int status, const struct rusage *usage) {
  for (uint32_t i = 0; i < used; i++) {
    if (execs[i].number != 0 && !execs[i].exited && execs[i].pid == pid) {
      mark_exited(&execs[i], status, usage);
      return true;
    }
  }
  return false;
}

void exec_reap_lost(void) {
  for (uint32_t i = 0; i < used; i++) {
    if (execs[i].number != 0 && !execs[i].exited && kill(execs[i].pid, SIGKILL) != 0 && errno == ESRCH) {
      mark_exited(&execs[i], SIGKILL, &(struct rusage){0});
    }
  }
}

void exec_check_time(void) {
  int64_t now = clock_millis();
  for (uint32_t i = 0; i < used; i++) {
    struct exec *exec = &execs[i];
    if (exec->number != 0 && now >= exec->deadline) {
      exec->deadline = NEVER;
      exec->timed_out = true;
      kill_session(exec);
    } else if (exec->number != 0 && now >= exec->sweep_time) {
      bool over = --exec->sweeps_left <= 0 || pid_is_reused(exec) || users_signal_session(exec->pid, SIGKILL) == 0;
      exec->sweep_time = over ? NEVER : clock_after(SWEEP_MILLIS);
      forget_if_through(exec);
    }
  }
}

int64_t exec_next_time(void) {
  int64_t next = NEVER;
  for (uint32_t i = 0; i < used; i++) {
    if (execs[i].number != 0) {
      int64_t time = execs[i].deadline < execs[i].sweep_time ? execs[i].deadline : execs[i].sweep_time;
      next = time < next ? time : next;
    }
  }
  return next;
}

void exec_output_ready(uint32_t slot, int stream) {
  if (slot < used && execs[slot].number != 0) {
    output_read(&execs[slot].outputs[stream]);
  }
}

void exec_input_ready(uint32_t slot, uint32_t events) {
  if (slot < used && execs[slot].number != 0) {
    input_ready(&execs[slot].input, events);
  }
}

static bool send_exit(struct exec *exec) {
  /* What ended everything is told by DEAD first, and not by the signal that did it. */
  if (!exec->exited || (exec->killed_by_death && !dispatch_death_told()) || exec->exit_sent || exec->exit_acknowledged) {
    return true;
  }
  if (!connection_has_room(1)) {
    return false;
  }
  const struct rusage *usage = &exec->usage;
  uint8_t payload[32];
  put_u32(payload, (uint32_t)exec->status);
  put_u32(payload + 4, exec->timed_out && WIFSIGNALED(exec->status));
  put_u64(payload + 8, (uint64_t)usage->ru_utime.tv_sec * 1000000 + (uint64_t)usage->ru_utime.tv_usec);
  put_u64(payload + 16, (uint64_t)usage->ru_stime.tv_sec * 1000000 + (uint64_t)usage->ru_stime.tv_usec);
  put_u64(payload + 24, (uint64_t)usage->ru_maxrss * 1024);
  connection_send(FRAME_EXIT, exec->number, payload, sizeof payload);
  exec->exit_sent = true;
  return true;
}

/* Sends what it can of one exec; false when the socket is full. */
static bool send_one(struct exec *exec) {
  if (exec->number == 0 || exec->dropped) {
    return true;
  }
  bool all = input_send(&exec->input, exec->number) && send_exit(exec) && output_send(&exec->outputs[0], exec->number) &&
             output_send(&exec->outputs[1], exec->number);
  forget_if_through(exec);
  return all;
}

bool exec_send_all(void) {
  uint32_t count = used;
  for (uint32_t i = 0; i < count && connection_is_open(); i++) {
    uint32_t slot = (turn + i) % count;
    if (!send_one(&execs[slot])) {
      turn = slot + 1;
      return false;
    }
  }
  return connection_is_open();
}

void exec_resend(void) {
  for (uint32_t i = 0; i < used; i++) {
    if (execs[i].number != 0 && !execs[i].dropped) {
      execs[i].exit_sent = false;
      output_resend(&execs[i].outputs[0]);
      output_resend(&execs[i].outputs[1]);
      input_resend(&execs[i].input);
    }
  }
}

uint32_t exec_hello(uint8_t *out) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < used; i++) {
    const struct exec *exec = &execs[i];
    if (exec->number == 0 || exec->dropped) {
      continue;
    }
    uint8_t *entry = out + (size_t)count++ * EXEC_HELLO_SIZE;
    put_u32(entry, exec->number);
    put_u32(entry + 4, exec->exited);
    put_u64(entry + 8, exec->outputs[0].ring.start);
    put_u64(entry + 16, exec->outputs[1].ring.start);
    put_u64(entry + 24, exec->input.ring.start);
    put_u32(entry + 32, exec->user_pid);
    put_u32(entry + 36, (uint32_t)ring_used(&exec->input.ring));
  }
  return count;
}

bool exec_any_running(void) {
  for (uint32_t i = 0; i < used; i++) {
    if (execs[i].number != 0 && !execs[i].exited) {
      return true;
    }
  }
  return false;
}
