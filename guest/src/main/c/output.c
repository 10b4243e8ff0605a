#include "output.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "connection.h"
#include "watch.h"

/* Read at one go, so that one busy stream doesn't keep the others waiting. */
enum { READ_AT_ONCE = 512 << 10 };

/* A full stream is taken out altogether: epoll reports a hang-up even of a descriptor watched for nothing. */
static void watch(struct output *output, bool wanted) {
  if (output->fd < 0 || wanted == output->watched) {
    return;
  }
  if (wanted) {
    (void)watch_add(output->fd, EPOLLIN, WATCH_OUTPUT, output->slot, output->stream);
  } else {
    watch_remove(output->fd);
  }
  output->watched = wanted;
}

void output_open(struct output *output, int fd, uint32_t slot, int stream) {
  *output = (struct output){.fd = fd, .slot = slot, .stream = stream, .ring = ring_of(OUTPUT_CAPACITY)};
  watch(output, true);
}

static void end(struct output *output) {
  watch(output, false);
  if (output->fd >= 0) {
    (void)close(output->fd);
    output->fd = -1;
  }
}

void output_read(struct output *output) {
  size_t total = 0;
  while (output->fd >= 0 && total < READ_AT_ONCE) {
    size_t room;
    uint8_t *at = ring_room(&output->ring, &room);
    if (at == NULL) {
      watch(output, false);
      return;
    }
    ssize_t count = read(output->fd, at, room);
    if (count > 0) {
      ring_filled(&output->ring, (size_t)count);
      total += (size_t)count;
    } else if (count < 0 && errno == EAGAIN) {
      return;
    } else if (count == 0 || errno != EINTR) {
      /* A terminal whose last user has gone answers EIO. */
      end(output);
    }
  }
}

bool output_acknowledge(struct output *output, uint64_t offset) {
  if (offset > output->highest) {
    return false;
  }
  if (offset > output->ring.start) {
    ring_forget(&output->ring, offset);
    if (output->sent < offset) {
      output->sent = offset;
    }
    if (ring_used(&output->ring) == 0 && output->fd < 0) {
      ring_release(&output->ring);
    }
    watch(output, true);
  }
  return true;
}

bool output_send(struct output *output, uint32_t exec) {
  while (output->sent < output->ring.end) {
    size_t length;
    const uint8_t *bytes = ring_bytes(&output->ring, output->sent, &length);
    size_t taken =
        connection_send_data(output->stream == 0 ? FRAME_STDOUT : FRAME_STDERR, exec, output->sent, bytes, length);
    if (taken == 0) {
      return false;
    }
    output->sent += taken;
    if (output->highest < output->sent) {
      output->highest = output->sent;
    }
  }
  if (output->fd < 0 && !output->end_sent) {
    if (!connection_has_room(1)) {
      return false;
    }
    uint8_t payload[16] = {0};
    put_u32(payload, output->stream == 0 ? 1 : 2);
    put_u64(payload + 8, output->ring.end);
    connection_send(FRAME_END, exec, payload, sizeof payload);
    output->end_sent = true;
  }
  return true;
}

bool output_is_through(const struct output *output) {
  return output->fd < 0 && output->end_sent && ring_used(&output->ring) == 0;
}

void output_resend(struct output *output) {
  output->sent = output->ring.start;
  output->end_sent = false;
}

void output_discard(struct output *output) {
  end(output);
  ring_release(&output->ring);
}
