#include "connection.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "dispatch.h"
#include "stash.h"
#include "watch.h"

enum {
  REDIAL_MILLIS = 20,
  DATA_MAX = 128 << 10,
  QUEUE_SIZE = DATA_MAX + (128 << 10),
  INPUT_SIZE = FRAME_HEADER_SIZE + FRAME_PAYLOAD_MAX,
  /* How many answers one request can cause. */
  ANSWERS_MAX = 4,
};

static int connection = -1;
static int64_t dial_time;
static int64_t lost_time; /* 0: never connected since the boot */
static bool wants_room; /* something waits until the socket takes bytes */
static bool stalled;    /* requests wait until their answers have room */
static uint32_t watched;
static uint8_t queue[QUEUE_SIZE];
static size_t queue_start;
static size_t queue_end;
static uint8_t input[INPUT_SIZE];
static size_t input_end;

static void enqueue(const void *bytes, size_t length) {
  memcpy(queue + queue_end, bytes, length);
  queue_end += length;
}

bool connection_is_open(void) { return connection >= 0; }

int64_t connection_lost_time(void) { return connection >= 0 ? NEVER : lost_time; }

int64_t connection_dial_time(void) { return connection >= 0 ? NEVER : dial_time; }

void connection_hang_up(int64_t when) {
  if (connection >= 0) {
    (void)close(connection);
    connection = -1;
    lost_time = clock_millis();
  }
  dial_time = when;
}

static void lost(void) { connection_hang_up(clock_after(REDIAL_MILLIS)); }

static int dial(void) {
  struct stash stash;
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "agent.sock"};
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || stash_take(&stash) != 0) {
    if (fd >= 0) {
      (void)close(fd);
    }
    return -1;
  }
  /* Relative to the folder: after the claim no path leads there. */
  int result = fchdir(stash.socket_folder) != 0 ? -1 : connect(fd, (struct sockaddr *)&address, sizeof address);
  (void)!chdir("/");
  stash_put(&stash);
  if (result != 0) {
    (void)close(fd);
    return -1;
  }
  return fd;
}

void connection_dial(void) {
  if (connection >= 0 || clock_millis() < dial_time) {
    return;
  }
  int fd = dial();
  if (fd >= 0 && watch_add(fd, EPOLLIN, WATCH_CONNECTION, 0, 0) != 0) {
    (void)close(fd);
    fd = -1;
  }
  if (fd < 0) {
    dial_time = clock_after(REDIAL_MILLIS);
    return;
  }
  connection = fd;
  wants_room = stalled = false;
  watched = EPOLLIN;
  queue_start = queue_end = input_end = 0;
  uint8_t hello[FRAME_HEADER_SIZE + DISPATCH_HELLO_MAX];
  size_t length = dispatch_hello(hello + FRAME_HEADER_SIZE);
  frame_header(hello, FRAME_HELLO, 0, (uint32_t)length);
  enqueue(hello, FRAME_HEADER_SIZE + length);
  dispatch_greet();
}

/* Gives the queue to the socket; whether it is empty now. */
static bool flush(void) {
  while (connection >= 0 && queue_start < queue_end) {
    ssize_t count = send(connection, queue + queue_start, queue_end - queue_start, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      queue_start += (size_t)count;
    } else if (errno == EAGAIN) {
      wants_room = true;
      return false;
    } else if (errno != EINTR) {
      lost();
    }
  }
  queue_start = queue_end = 0;
  return connection >= 0;
}

static size_t queue_room(void) {
  if (queue_start > 0) {
    memmove(queue, queue + queue_start, queue_end - queue_start);
    queue_end -= queue_start;
    queue_start = 0;
  }
  return QUEUE_SIZE - queue_end;
}

bool connection_has_room(size_t frames) {
  return connection >= 0 && (QUEUE_SIZE - queue_end >= frames * (FRAME_HEADER_SIZE + CONTROL_MAX) ||
                             queue_room() >= frames * (FRAME_HEADER_SIZE + CONTROL_MAX));
}

void connection_send(enum frame_type type, uint32_t exec, const uint8_t *payload, size_t length) {
  if (length > CONTROL_MAX || !connection_has_room(1)) {
    return;
  }
  uint8_t header[FRAME_HEADER_SIZE];
  frame_header(header, type, exec, (uint32_t)length);
  enqueue(header, sizeof header);
  if (length > 0) {
    enqueue(payload, length);
  }
}

size_t connection_send_data(enum frame_type type, uint32_t exec, uint64_t offset, const uint8_t *bytes, size_t length) {
  uint8_t head[FRAME_HEADER_SIZE + 8];
  if (connection < 0 || !flush()) {
    return 0;
  }
  length = length < DATA_MAX ? length : DATA_MAX;
  frame_header(head, type, exec, (uint32_t)length + 8);
  put_u64(head + FRAME_HEADER_SIZE, offset);
  struct iovec parts[2] = {{head, sizeof head}, {(void *)(uintptr_t)bytes, length}};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
  ssize_t count = sendmsg(connection, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (count < 0) {
    if (errno == EAGAIN || errno == EINTR) {
      wants_room = true;
    } else {
      lost();
    }
    return 0;
  }
  size_t sent = (size_t)count;
  if (sent < sizeof head) {
    enqueue(head + sent, sizeof head - sent);
    sent = sizeof head;
  }
  enqueue(bytes + (sent - sizeof head), length - (sent - sizeof head));
  return length;
}

/* Acts on the whole frames of the input; false when the worker broke the protocol. */
static bool handle_frames(void) {
  size_t start = 0;
  bool good = true;
  while (!(stalled = !connection_has_room(ANSWERS_MAX))) {
    struct frame frame;
    size_t size;
    enum parse_result result = frame_parse(input + start, input_end - start, &frame, &size);
    if (result != PARSE_OK) {
      good = result == PARSE_SHORT;
      break;
    }
    good = dispatch_frame(&frame);
    start += size;
    if (!good || connection < 0) {
      stalled = false;
      break;
    }
  }
  if (start > 0 && connection >= 0) {
    memmove(input, input + start, input_end - start);
    input_end -= start;
  }
  return good;
}

void connection_ready(uint32_t events) {
  if (connection < 0) {
    return;
  }
  if ((events & EPOLLOUT) != 0) {
    wants_room = false;
    (void)flush();
  }
  if (connection >= 0 && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && input_end < INPUT_SIZE) {
    ssize_t count = recv(connection, input + input_end, INPUT_SIZE - input_end, MSG_DONTWAIT);
    if (count > 0) {
      input_end += (size_t)count;
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      lost();
      return;
    }
  }
  if (connection >= 0 && !handle_frames()) {
    lost();
  }
}

void connection_settle(void) {
  while (flush() && stalled) {
    if (!handle_frames()) {
      lost();
    }
  }
  uint32_t wanted = (stalled ? 0 : (uint32_t)EPOLLIN) | (wants_room ? (uint32_t)EPOLLOUT : 0);
  if (connection >= 0 && wanted != watched) {
    (void)watch_change(connection, wanted, WATCH_CONNECTION, 0, 0);
    watched = wanted;
  }
}
