#include "output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "utf8.h"

int write_whole(int descriptor, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t count = write(descriptor, bytes, length);
    if (count < 0 && errno != EINTR) {
      return -1;
    }
    if (count > 0) {
      bytes += count;
      length -= (size_t)count;
    }
  }
  return 0;
}

void output_flush(struct output *output) {
  if (write_whole(output->descriptor, output->bytes, output->used) != 0) {
    _exit(1);
  }
  output->used = 0;
}

void output_bytes(struct output *output, const char *bytes, size_t length) {
  while (length > 0) {
    size_t room = sizeof output->bytes - output->used;
    size_t part = length < room ? length : room;
    memcpy(output->bytes + output->used, bytes, part);
    output->used += part;
    bytes += part;
    length -= part;
    if (output->used == sizeof output->bytes) {
      output_flush(output);
    }
  }
}

void output_text(struct output *output, const char *text) { output_bytes(output, text, strlen(text)); }

void output_format(struct output *output, const char *format, ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  output_bytes(output, text, length < 0 ? 0 : (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}

void output_escaped(struct output *output, const char *bytes, size_t length) {
  while (length > 0) {
    size_t sequence = utf8_length(bytes, length);
    unsigned char first = (unsigned char)*bytes;
    if (sequence == 0) {
      output_text(output, "\xef\xbf\xbd");
      sequence = 1;
    } else if (first < 0x20 || first == 0x7f) {
      output_format(output, "\\u%04x", first);
    } else {
      if (first == '"' || first == '\\') {
        output_text(output, "\\");
      }
      output_bytes(output, bytes, sequence);
    }
    bytes += sequence;
    length -= sequence;
  }
}

void output_string(struct output *output, const char *text) {
  output_text(output, "\"");
  output_escaped(output, text, strlen(text));
  output_text(output, "\"");
}
