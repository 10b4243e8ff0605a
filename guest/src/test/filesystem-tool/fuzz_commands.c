/* Whatever a client sends as a command, and whatever a sandbox has in its files of users and as names. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "command.h"
#include "output.h"
#include "utf8.h"

/* Every string that is written must be valid: printable UTF-8, and no quote that isn't escaped. */
static void check_written(const struct output *output) {
  for (size_t at = 0; at < output->used;) {
    size_t length = utf8_length(output->bytes + at, output->used - at);
    if (length == 0 || (unsigned char)output->bytes[at] < 0x20 || output->bytes[at] == '"') {
      abort();
    }
    at += output->bytes[at] == '\\' ? 2 : length;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct output output = {.descriptor = -1};
  struct command command;
  const char *reason;
  const char *name;
  size_t length;
  /* A copy of exactly that length, so that the sanitizer sees any byte too many. */
  char *text = malloc(size);
  if (size > 0) {
    memcpy(text, data, size);
  }
  if (account_find(text, size, 1000, &name, &length) && (name < text || length == 0 || name + length > text + size)) {
    abort();
  }
  output.used = 0;
  output_escaped(&output, text, size);
  check_written(&output);
  if (command_parse(text, size, &command, &reason)) {
    if (command.path[0] != '/' || command.path + strlen(command.path) >= text + size || command.timeout_secs < -1) {
      abort();
    }
  } else if (reason == NULL) {
    abort();
  }
  free(text);
  return 0;
}
