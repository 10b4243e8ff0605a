#include "files.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int rewrite(const char *path) {
  char value[4096];
  long length = read_text(path, value, sizeof value);
  int fd = length <= 0 ? -1 : open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) {
    return -1;
  }
  ssize_t written = write(fd, value, (size_t)length);
  (void)close(fd);
  return written == length ? 0 : -1;
}

long read_text(const char *path, char *text, size_t room) {
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) {
    return -1;
  }
  ssize_t length = read(fd, text, room - 1);
  text[length < 0 ? 0 : length] = '\0';
  (void)close(fd);
  return length;
}

int write_text(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
  if (fd < 0 || write(fd, text, strlen(text)) < 0) {
    return -1;
  }
  return close(fd);
}

int copy_self(const char *path, unsigned mode) {
  char bytes[65536];
  int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
  if (in < 0 || out < 0) {
    return -1;
  }
  ssize_t count;
  while ((count = read(in, bytes, sizeof bytes)) > 0) {
    if (write(out, bytes, (size_t)count) != count) {
      return -1;
    }
  }
  (void)close(in);
  return fchmod(out, mode) != 0 ? -1 : close(out);
}
