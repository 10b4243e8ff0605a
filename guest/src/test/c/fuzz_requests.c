/* Whatever bytes a worker sends: frames and their payloads are decoded, and everything decoded is read. */
#include <stdlib.h>
#include <string.h>

#include "request.h"

static volatile unsigned sink;

static void touch(const void *bytes, size_t length) {
  const unsigned char *at = bytes;
  for (size_t i = 0; i < length; i++) {
    sink += at[i];
  }
}

static void touch_texts(struct texts texts) {
  const char **pointers = malloc((texts.count + 1) * sizeof *pointers);
  texts_pointers(texts, pointers);
  for (size_t i = 0; i < texts.count; i++) {
    touch(pointers[i], strlen(pointers[i]));
  }
  if (pointers[texts.count] != NULL) {
    abort();
  }
  free(pointers);
}

static void decode(const struct frame *frame) {
  static struct claim_request claim;
  struct exec_request exec;
  struct cell_request cell;
  struct stdin_request input;
  struct ack_request ack;
  struct signal_request signal;
  uint16_t rows;
  uint16_t columns;
  if (decode_claim(frame, &claim)) {
    touch(claim.root.bytes, claim.root.length);
    touch(claim.hostname.bytes, claim.hostname.length);
    touch(claim.seccomp, claim.seccomp_count * 8);
    for (size_t i = 0; i < claim.file_count; i++) {
      touch(claim.files[i].target, strlen(claim.files[i].target));
      touch(claim.files[i].content, claim.files[i].length);
    }
    for (size_t i = 0; i < claim.mount_count; i++) {
      touch(claim.mounts[i].source, strlen(claim.mounts[i].source));
      touch(claim.mounts[i].target.bytes, claim.mounts[i].target.length);
    }
  }
  if (decode_exec(frame, &exec)) {
    touch_texts(exec.argv);
    touch_texts(exec.env);
    touch(exec.cwd.bytes, exec.cwd.length);
    touch(exec.groups, exec.group_count * sizeof exec.groups[0]);
  }
  if (decode_cell_request(frame, &cell)) {
    touch(cell.source.bytes, cell.source.length);
    touch(cell.target.bytes, cell.target.length);
    touch(cell.replaced.bytes, cell.replaced.length);
  }
  if (decode_stdin(frame, &input)) {
    touch(input.bytes, input.length);
  }
  sink += decode_ack(frame, &ack) + decode_signal(frame, &signal) + decode_resize(frame, &rows, &columns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  size_t start = 0;
  struct frame frame;
  size_t taken;
  while (frame_parse(data + start, size - start, &frame, &taken) == PARSE_OK) {
    if (taken < FRAME_HEADER_SIZE || taken > size - start) {
      abort();
    }
    decode(&frame);
    start += taken;
  }
  /* The same bytes as a payload, so that the decoders are reached without a valid header, too. */
  uint8_t *payload = malloc(size + 1);
  memcpy(payload, data, size);
  for (uint16_t type = FRAME_CLAIM; type <= FRAME_LOCATE; type++) {
    decode(&(struct frame){.type = type, .exec = 1, .payload = payload, .length = (uint32_t)size});
  }
  free(payload);
  return 0;
}
