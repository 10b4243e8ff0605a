#include "accounts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is longer is read to here: names are a convenience. */
enum { FILE_MAX = 1 << 20 };

/* The length of a line's field, up to a colon or the line's end. */
static size_t field_length(const char *at, const char *end) {
  size_t length = 0;
  while (at + length < end && at[length] != ':' && at[length] != '\n') {
    length++;
  }
  return length;
}

static bool is_number(const char *digits, size_t length, uint32_t number) {
  uint64_t value = 0;
  for (size_t i = 0; i < length; i++) {
    if (digits[i] < '0' || digits[i] > '9' || value > UINT32_MAX) {
      return false;
    }
    value = value * 10 + (uint64_t)(digits[i] - '0');
  }
  return length > 0 && value == number;
}

bool account_find(const char *text, size_t size, uint32_t number, const char **name, size_t *length) {
  const char *end = text + size;
  for (const char *line = text; line < end;) {
    /* The number is the third field of both files. */
    const char *fields[3];
    size_t lengths[3];
    int count = 0;
    const char *at = line;
    for (;;) {
      size_t field = field_length(at, end);
      if (count < 3) {
        fields[count] = at;
        lengths[count] = field;
        count++;
      }
      at += field;
      if (at == end || *at == '\n') {
        break;
      }
      at++;
    }
    if (count == 3 && lengths[0] > 0 && is_number(fields[2], lengths[2], number)) {
      *name = fields[0];
      *length = lengths[0];
      return true;
    }
    line = at < end ? at + 1 : end;
  }
  return false;
}

/* Reads a regular file, never one that waits for somebody; returns how much. */
static size_t read_file_text(const char *path, char *text) {
  struct stat status;
  size_t size = 0;
  int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) {
    return 0;
  }
  if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
    ssize_t count;
    while (size < FILE_MAX && (count = read(descriptor, text + size, FILE_MAX - size)) != 0) {
      if (count > 0) {
        size += (size_t)count;
      } else if (errno != EINTR) {
        break;
      }
    }
  }
  (void)close(descriptor);
  return size;
}

bool account_name(enum account_file file, uint32_t number, const char **name, size_t *length) {
  static const char *const paths[] = {[USERS] = "/etc/passwd", [GROUPS] = "/etc/group"};
  static char texts[2][FILE_MAX];
  static size_t sizes[2];
  static bool loaded[2];
  /* Most entries of a folder have the owner of the one before. */
  static struct {
    uint32_t number;
    const char *name;
    size_t length;
  } last[2];
  if (!loaded[file]) {
    loaded[file] = true;
    sizes[file] = read_file_text(paths[file], texts[file]);
  } else if (last[file].name != NULL && last[file].number == number) {
    *name = last[file].name;
    *length = last[file].length;
    return true;
  }
  if (!account_find(texts[file], sizes[file], number, name, length)) {
    return false;
  }
  last[file].number = number;
  last[file].name = *name;
  last[file].length = *length;
  return true;
}
