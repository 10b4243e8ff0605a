#include "answer.h"

#include <string.h>

#include "connection.h"

void answer_with_step(enum frame_type type, uint32_t exec, const uint8_t *head, size_t head_length, const char *step) {
  uint8_t payload[CONTROL_MAX];
  size_t length = strnlen(step, sizeof payload - head_length);
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
