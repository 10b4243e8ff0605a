#include "dispatch.h"

#include <errno.h>
#include <string.h>

#include "answer.h"
#include "claim.h"
#include "clock.h"
#include "connection.h"
#include "sync.h"
#include "users.h"

/* The outcome of CLAIM, which comes once. */
static struct {
  bool answered;
  int error;
  uint32_t micros;
  char step[256];
} claim;
static bool death_told;

size_t dispatch_hello(uint8_t out[static DISPATCH_HELLO_MAX]) {
  uint32_t count = exec_hello(out + 16);
  put_u16(out, PROTOCOL_VERSION);
  put_u16(out + 2, 0);
  put_u32(out + 4, count);
  put_u64(out + 8, 0);
  return 16 + (size_t)count * EXEC_HELLO_SIZE;
}

static void tell_claim(void) {
  uint8_t head[8];
  put_u32(head, (uint32_t)claim.error);
  put_u32(head + 4, claim.micros);
  answer_with_step(FRAME_CLAIMED, 0, head, sizeof head, claim.error == 0 ? "" : claim.step);
}

void dispatch_greet(void) {
  death_told = false;
  if (claim.answered) {
    tell_claim();
  }
  exec_resend();
}

bool dispatch_death_told(void) { return death_told; }

void dispatch_tell_death(void) {
  if (users_death() != ALIVE && !death_told && connection_has_room(1)) {
    uint8_t payload[8] = {0};
    put_u32(payload, (uint32_t)users_death());
    connection_send(FRAME_DEAD, 0, payload, sizeof payload);
    death_told = true;
  }
}

static bool on_claim(const struct frame *frame) {
  static struct claim_request request;
  if (claim.answered || !decode_claim(frame, &request)) {
    return false;
  }
  int64_t since = clock_micros();
  const char *step;
  claim.error = claim_perform(&request, &step) == 0 ? 0 : errno;
  (void)text_copy((struct text){step, strnlen(step, sizeof claim.step - 1)}, claim.step, sizeof claim.step);
  claim.micros = (uint32_t)(clock_micros() - since);
  claim.answered = true;
  if (claim.error == 0) {
    users_limit_lifetime(request.lifetime_millis);
  }
  tell_claim();
  return true;
}

static bool on_exec(const struct frame *frame) {
  struct exec_request request;
  return decode_exec(frame, &request) && exec_start(frame->exec, claim.answered && claim.error == 0, &request);
}

static bool on_cell_request(const struct frame *frame) {
  struct cell_request request;
  if (!decode_cell_request(frame, &request)) {
    return false;
  }
  if (frame->type == FRAME_SYNC) {
    sync_start(request.request);
    return true;
  }
  const char *step = "cell";
  int error = EPERM;
  if (claim.answered && claim.error == 0) {
    static struct location location;
    int result = frame->type == FRAME_MOUNT     ? claim_mount(&request, &step)
                 : frame->type == FRAME_UNMOUNT ? claim_unmount(&request, &step)
                                                : claim_locate(&request, &location, &step);
    if (result == 0 && frame->type == FRAME_LOCATE) {
      answer_located(request.request, location.source, location.path);
      return true;
    }
    error = result == 0 ? 0 : errno;
  }
  answer_done(request.request, error, step);
  return true;
}

static bool on_ping(const struct frame *frame) {
  if (frame->length > PING_MAX) {
    return false;
  }
  connection_send(FRAME_PONG, 0, frame->payload, frame->length);
  return true;
}

static bool on_quiesce(const struct frame *frame) {
  if (frame->length != 4) {
    return false;
  }
  connection_hang_up(clock_after(get_u32(frame->payload)));
  return true;
}

/* Frames about one exec. They are checked even when the exec is gone, and ignored then. */
static bool on_exec_frame(const struct frame *frame) {
  struct exec *exec = exec_find(frame->exec);
  struct stdin_request input;
  struct ack_request ack;
  struct signal_request signal;
  uint16_t rows;
  uint16_t columns;
  switch (frame->type) {
    case FRAME_STDIN:
      return decode_stdin(frame, &input) && (exec == NULL || input_accept(&exec->input, &input));
    case FRAME_ACK:
      return decode_ack(frame, &ack) && (exec == NULL || exec_acknowledge(exec, &ack));
    case FRAME_SIGNAL:
      if (!decode_signal(frame, &signal)) {
        return false;
      }
      if (exec != NULL) {
        exec_signal(exec, &signal);
      }
      return true;
    case FRAME_RESIZE:
      if (!decode_resize(frame, &rows, &columns)) {
        return false;
      }
      if (exec != NULL) {
        exec_resize(exec, rows, columns);
      }
      return true;
    case FRAME_EXIT_ACK:
      return frame->length == 0 && (exec == NULL || exec_acknowledge_exit(exec));
    case FRAME_DROP:
      if (exec != NULL && frame->length == 0) {
        exec_drop(exec);
      }
      return frame->length == 0;
    default:
      return false;
  }
}

bool dispatch_frame(const struct frame *frame) {
  switch (frame->type) {
    case FRAME_CLAIM:
      return on_claim(frame);
    case FRAME_EXEC:
      return on_exec(frame);
    case FRAME_MOUNT:
    case FRAME_UNMOUNT:
    case FRAME_LOCATE:
    case FRAME_SYNC:
      return on_cell_request(frame);
    case FRAME_PING:
      return on_ping(frame);
    case FRAME_QUIESCE:
      return on_quiesce(frame);
    default:
      return on_exec_frame(frame);
  }
}
