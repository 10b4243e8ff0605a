#include "input.h"

#include <errno.h>
#include <sys/epoll.h>
#include <termios.h>
#include <unistd.h>

#include "connection.h"
#include "watch.h"

/* The worker is told of what it sent at once, of what the process takes in steps, and whenever that is all. */
enum { ACKNOWLEDGEMENT_STEP = 64 << 10 };

void input_open(struct input *input, int fd, uint32_t slot, bool terminal) {
  *input = (struct input){.fd = fd, .slot = slot, .terminal = terminal, .ring = ring_of(STDIN_WINDOW)};
  if (fd >= 0) {
    /* For nothing: epoll tells of a reader that has gone all the same. */
    (void)watch_add(fd, 0, WATCH_INPUT, slot, 0);
  }
}

void input_discard(struct input *input) {
  if (input->fd >= 0) {
    watch_remove(input->fd);
    (void)close(input->fd);
    input->fd = -1;
  }
  ring_release(&input->ring);
}

static void close_after_last(struct input *input) {
  input_discard(input);
  input->acknowledgement_due = true;
}

/* Ends a terminal's input as its user would, and a pipe's by closing it. False: not now. */
static bool finish(struct input *input) {
  struct termios mode;
  if (input->terminal && tcgetattr(input->fd, &mode) == 0 && (mode.c_lflag & ICANON) != 0 &&
      write(input->fd, &mode.c_cc[VEOF], 1) < 0 && errno == EAGAIN) {
    return false;
  }
  close_after_last(input);
  return true;
}

static void watch_for_room(struct input *input, bool wanted) {
  if (input->fd >= 0 && wanted != input->watched_for_room) {
    (void)watch_change(input->fd, wanted ? (uint32_t)EPOLLOUT : 0, WATCH_INPUT, input->slot, 0);
    input->watched_for_room = wanted;
  }
}

static void write_out(struct input *input) {
  bool full = false;
  while (input->fd >= 0 && ring_used(&input->ring) > 0 && !full) {
    size_t length;
    const uint8_t *bytes = ring_bytes(&input->ring, input->ring.start, &length);
    ssize_t count = write(input->fd, bytes, length);
    if (count >= 0) {
      ring_forget(&input->ring, input->ring.start + (size_t)count);
    } else if (errno == EAGAIN) {
      full = true;
    } else if (errno != EINTR) {
      close_after_last(input);
    }
  }
  if (input->fd >= 0 && input->end_known && !full) {
    full = !finish(input);
  }
  watch_for_room(input, full);
  uint64_t taken = input->ring.start - input->acknowledged;
  if (taken >= ACKNOWLEDGEMENT_STEP || (taken > 0 && ring_used(&input->ring) == 0)) {
    input->acknowledgement_due = true;
  }
}

bool input_accept(struct input *input, const struct stdin_request *request) {
  uint64_t end = request->offset + request->length;
  uint64_t accepted = input->ring.end;
  if (request->offset > accepted || (input->fd >= 0 && end > input->ring.start + STDIN_WINDOW) ||
      (input->end_known && (end > accepted || (request->end && end != accepted))) ||
      (request->end && end < accepted)) {
    return false;
  }
  input->end_known = input->end_known || request->end;
  size_t fresh = end > accepted ? (size_t)(end - accepted) : 0;
  input->acknowledgement_due = input->acknowledgement_due || fresh > 0 || request->end;
  const uint8_t *bytes = request->bytes + (request->length - fresh);
  if (input->fd < 0) {
    input->ring.start = input->ring.end = accepted + fresh;
    input->acknowledgement_due = true;
    return true;
  }
  /* Straight into the pipe while nothing waits before it. */
  if (ring_used(&input->ring) == 0 && fresh > 0) {
    ssize_t count = write(input->fd, bytes, fresh);
    if (count > 0) {
      input->ring.start = input->ring.end = accepted + (size_t)count;
      bytes += count;
      fresh -= (size_t)count;
    }
  }
  if (ring_put(&input->ring, bytes, fresh) < fresh) {
    /* No memory for the buffer: the process's input can't be kept whole, so it ends here, and the worker learns it. */
    input->ring.end = end;
    close_after_last(input);
  }
  write_out(input);
  return true;
}

void input_ready(struct input *input, uint32_t events) {
  if (input->fd < 0) {
    return;
  }
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    close_after_last(input);
  }
  write_out(input);
}

bool input_send(struct input *input, uint32_t exec) {
  if (!input->acknowledgement_due) {
    return true;
  }
  if (!connection_has_room(1)) {
    return false;
  }
  uint8_t payload[24] = {0};
  put_u64(payload, input->ring.start);
  put_u32(payload + 8, (input->fd < 0 ? 1U : 0U) | (input->end_known ? 2U : 0U));
  put_u64(payload + 16, input->ring.end);
  connection_send(FRAME_STDIN_ACK, exec, payload, sizeof payload);
  input->acknowledged = input->ring.start;
  input->acknowledgement_due = false;
  return true;
}

void input_resend(struct input *input) {
  /* HELLO has told the offsets; that it is closed, or ends, must be said again. */
  input->acknowledged = input->ring.start;
  input->acknowledgement_due = input->fd < 0 || input->end_known;
}
