/*
 * The execs: from EXEC to the moment when the worker has acknowledged everything about them. A slot is free
 * when its number is 0.
 */
#ifndef ATOLL_EXEC_H
#define ATOLL_EXEC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "input.h"
#include "output.h"
#include "request.h"

enum { EXECS_MAX = 1024, EXEC_HELLO_SIZE = 40 };

struct exec {
  uint32_t number;
  pid_t pid;        /* in the agent's namespace */
  uint32_t user_pid; /* in the users' */
  int64_t deadline; /* of its timeout, or NEVER */
  int64_t sweep_time; /* when to look for survivors of its session again, or NEVER */
  int sweeps_left;
  bool is_terminal;
  bool timed_out;
  bool exited;
  bool killed_by_death; /* with everything else */
  bool exit_sent;
  bool exit_acknowledged;
  bool dropped; /* the worker doesn't want to hear of it any more */
  int status;
  struct rusage usage;
  struct output outputs[2];
  struct input input;
};

/*
 * Starts a process, if the cell is claimed, and answers with STARTED; false when the number is in use, which
 * breaks the protocol.
 */
bool exec_start(uint32_t number, bool claimed, const struct exec_request *request);

/* The exec with that number, or NULL. */
struct exec *exec_find(uint32_t number);

/* What the worker said about one; false when it breaks the protocol. */
bool exec_acknowledge(struct exec *exec, const struct ack_request *request);
bool exec_acknowledge_exit(struct exec *exec);
void exec_signal(struct exec *exec, const struct signal_request *request);
void exec_resize(struct exec *exec, uint16_t rows, uint16_t columns);
void exec_drop(struct exec *exec);

/* A child has ended; whether it was an exec's process. */
bool exec_reaped(pid_t pid, int status, const struct rusage *usage);

/* After the users' init died: ends execs whose processes are gone without having been reported. */
void exec_reap_lost(void);

/* Kills what has run out of time, and goes on killing sessions that were to die. */
void exec_check_time(void);

/* When exec_check_time has something to do; NEVER when nothing waits for time. */
int64_t exec_next_time(void);

/* What epoll reported. */
void exec_output_ready(uint32_t slot, int stream);
void exec_input_ready(uint32_t slot, uint32_t events);

/* Sends whatever can be sent, and forgets execs that are through; whether nothing is left to be sent now. */
bool exec_send_all(void);

/* After a new connection: everything unacknowledged is to be sent again. */
void exec_resend(void);

/* Writes an entry for each known exec; how many there are. */
uint32_t exec_hello(uint8_t *out);

/* Whether any exec's process still runs. */
bool exec_any_running(void);

#endif
