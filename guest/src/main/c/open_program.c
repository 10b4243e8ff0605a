#include "open_program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "open_path.h"
#include "wire.h"

enum {
  PIECE_MAX = 1 << 20,
  HEADER_SIZE = 8,
  MORE_FOLLOWS = -1,
  READ = 1,
  WRITE = 2,
  FLUSH = 3,
  CLOSE = 4,
  SEEK = 5,
};

/* One request or answer at a time, in this process's own copy. */
static uint8_t buffer[HEADER_SIZE + PIECE_MAX];

static bool read_all(uint8_t *at, size_t length) {
  while (length > 0) {
    ssize_t count = read(STDIN_FILENO, at, length);
    if (count <= 0) {
      if (count < 0 && errno == EINTR) {
        continue;
      }
      return false;
    }
    at += count;
    length -= (size_t)count;
  }
  return true;
}

/* Answers with the `length` bytes that lie behind the header in the buffer. */
static bool answer(int error, size_t length) {
  put_u32(buffer, (uint32_t)length);
  put_u32(buffer + 4, (uint32_t)error);
  const uint8_t *at = buffer;
  length += HEADER_SIZE;
  while (length > 0) {
    ssize_t count = write(STDOUT_FILENO, at, length);
    if (count < 0) {
      if (errno == EINTR) {
        continue;
      }
      return false;
    }
    at += count;
    length -= (size_t)count;
  }
  return true;
}

static bool mode_flags(const char *mode, int *flags) {
  static const struct {
    const char *mode;
    int flags;
  } modes[] = {
      {"r", O_RDONLY},
      {"w", O_WRONLY | O_CREAT | O_TRUNC},
      {"a", O_WRONLY | O_CREAT | O_APPEND},
      {"r+", O_RDWR},
      {"w+", O_RDWR | O_CREAT | O_TRUNC},
      {"a+", O_RDWR | O_CREAT | O_APPEND},
  };
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
    if (strcmp(modes[i].mode, mode) == 0) {
      *flags = modes[i].flags;
      return true;
    }
  }
  return false;
}

/* Opens a regular file or device, never one that waits for somebody; -1 with errno. */
static int open_file(const char *path, const char *mode) {
  int flags;
  struct stat status;
  if (!mode_flags(mode, &flags)) {
    errno = EINVAL;
    return -1;
  }
  int fd = open_path(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);
  if (fd < 0) {
    return -1;
  }
  int error = 0;
  if (fstat(fd, &status) != 0) {
    error = errno;
  } else if (S_ISDIR(status.st_mode)) {
    error = EISDIR;
  } else if (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)) {
    error = ENXIO;
  }
  if (error != 0) {
    (void)close(fd);
    errno = error;
    return -1;
  }
  return fd;
}

/* Answers a READ in pieces; `most` 0 means to the end. */
static bool serve_read(int fd, uint64_t most) {
  bool limited = most > 0;
  for (;;) {
    size_t want = limited && most < PIECE_MAX ? (size_t)most : PIECE_MAX;
    size_t have = 0;
    while (have < want) {
      ssize_t count = read(fd, buffer + HEADER_SIZE + have, want - have);
      if (count < 0 && errno == EINTR) {
        continue;
      }
      if (count < 0 && (have == 0 || errno != EAGAIN)) {
        return answer(errno, 0);
      }
      if (count <= 0) {
        return answer(0, have);
      }
      have += (size_t)count;
    }
    most -= limited ? have : 0;
    if (limited && most == 0) {
      return answer(0, have);
    }
    if (!answer(MORE_FOLLOWS, have)) {
      return false;
    }
  }
}

static int write_file(int fd, const uint8_t *bytes, size_t length) {
  while (length > 0) {
    ssize_t count = write(fd, bytes, length);
    if (count < 0 && errno != EINTR) {
      return errno;
    }
    if (count > 0) {
      bytes += count;
      length -= (size_t)count;
    }
  }
  return 0;
}

static bool serve_seek(int fd, size_t length) {
  static const int whences[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  const uint8_t *payload = buffer + HEADER_SIZE;
  if (length != 12 || get_u32(payload + 8) > 2) {
    return answer(EINVAL, 0);
  }
  off_t position = lseek(fd, (off_t)get_u64(payload), whences[get_u32(payload + 8)]);
  if (position < 0) {
    return answer(errno, 0);
  }
  put_u64(buffer + HEADER_SIZE, (uint64_t)position);
  return answer(0, 8);
}

/* Serves one request, whose payload is in the buffer; false when nobody listens any more. */
static bool serve(int fd, uint8_t operation, size_t length) {
  switch (operation) {
    case READ:
      return length == 8 ? serve_read(fd, get_u64(buffer + HEADER_SIZE)) : answer(EINVAL, 0);
    case WRITE:
      return answer(write_file(fd, buffer + HEADER_SIZE, length), 0);
    case FLUSH:
      /* Nothing is held back here. */
      return answer(0, 0);
    case SEEK:
      return serve_seek(fd, length);
    default:
      return answer(ENOSYS, 0);
  }
}

int open_program_main(const char *const *argv) {
  if (argv[1] == NULL || argv[2] == NULL || argv[3] != NULL) {
    (void)answer(EINVAL, 0);
    return 2;
  }
  int fd = open_file(argv[1], argv[2]);
  if (fd < 0) {
    (void)answer(errno, 0);
    return 1;
  }
  if (!answer(0, 0)) {
    return 1;
  }
  while (read_all(buffer, HEADER_SIZE)) {
    uint32_t length = get_u32(buffer);
    uint8_t operation = buffer[4];
    if (length > PIECE_MAX || buffer[5] != 0 || get_u16(buffer + 6) != 0) {
      (void)answer(EMSGSIZE, 0);
      return 2;
    }
    if (!read_all(buffer + HEADER_SIZE, length)) {
      return 1;
    }
    if (operation == CLOSE) {
      int error = close(fd) != 0 ? errno : 0;
      return answer(error, 0) ? 0 : 1;
    }
    if (!serve(fd, operation, length)) {
      return 1;
    }
  }
  return 0;
}
