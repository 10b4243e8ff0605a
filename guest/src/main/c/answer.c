#include "answer.h"

#include <errno.h>
#include <string.h>

#include "connection.h"

enum { STEP_MAX = 500 };

void answer_with_step(enum frame_type type, uint32_t exec, const uint8_t *head, size_t head_length, const char *step) {
  uint8_t payload[CONTROL_MAX];
  size_t length = strnlen(step, STEP_MAX);
  memcpy(payload, head, head_length);
  memcpy(payload + head_length, step, length);
  connection_send(type, exec, payload, head_length + length);
}

void answer_done(uint32_t request, int error, const char *step) {
  uint8_t head[8];
  put_u32(head, request);
  put_u32(head + 4, (uint32_t)error);
  answer_with_step(FRAME_DONE, 0, head, sizeof head, error == 0 ? "" : step);
}

void answer_located(uint32_t request, const char *source, const char *path) {
  uint8_t payload[CONTROL_MAX] = {0};
  size_t source_size = strlen(source) + 1;
  size_t path_length = strlen(path);
  if (8 + source_size + path_length > sizeof payload) {
    answer_done(request, ENAMETOOLONG, "path");
    return;
  }
  put_u32(payload, request);
  memcpy(payload + 8, source, source_size);
  memcpy(payload + 8 + source_size, path, path_length);
  connection_send(FRAME_LOCATED, 0, payload, 8 + source_size + path_length);
}
