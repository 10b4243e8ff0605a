#include "wire.h"

uint16_t get_u16(const uint8_t *bytes) { return (uint16_t)(bytes[0] | bytes[1] << 8); }

uint32_t get_u32(const uint8_t *bytes) { return get_u16(bytes) | (uint32_t)get_u16(bytes + 2) << 16; }

uint64_t get_u64(const uint8_t *bytes) { return get_u32(bytes) | (uint64_t)get_u32(bytes + 4) << 32; }

void put_u16(uint8_t *bytes, uint16_t value) {
  bytes[0] = (uint8_t)value;
  bytes[1] = (uint8_t)(value >> 8);
}

void put_u32(uint8_t *bytes, uint32_t value) {
  put_u16(bytes, (uint16_t)value);
  put_u16(bytes + 2, (uint16_t)(value >> 16));
}

void put_u64(uint8_t *bytes, uint64_t value) {
  put_u32(bytes, (uint32_t)value);
  put_u32(bytes + 4, (uint32_t)(value >> 32));
}

/* Whether the type is one of the worker's and goes with that exec number. */
static bool type_fits(uint16_t type, uint32_t exec) {
  switch (type) {
    case FRAME_CLAIM:
    case FRAME_MOUNT:
    case FRAME_UNMOUNT:
    case FRAME_LOCATE:
    case FRAME_SYNC:
    case FRAME_PING:
    case FRAME_QUIESCE:
      return exec == 0;
    case FRAME_EXEC:
    case FRAME_STDIN:
    case FRAME_ACK:
    case FRAME_EXIT_ACK:
    case FRAME_SIGNAL:
    case FRAME_RESIZE:
    case FRAME_DROP:
      return exec != 0;
    default:
      return false;
  }
}

enum parse_result frame_parse(const uint8_t *bytes, size_t length, struct frame *frame, size_t *size) {
  if (length < FRAME_HEADER_SIZE) {
    return PARSE_SHORT;
  }
  frame->length = get_u32(bytes);
  frame->type = get_u16(bytes + 4);
  frame->exec = get_u32(bytes + 8);
  frame->payload = bytes + FRAME_HEADER_SIZE;
  if (frame->length > FRAME_PAYLOAD_MAX || get_u16(bytes + 6) != 0 || get_u32(bytes + 12) != 0 ||
      !type_fits(frame->type, frame->exec)) {
    return PARSE_BAD;
  }
  *size = FRAME_HEADER_SIZE + (size_t)frame->length;
  return length < *size ? PARSE_SHORT : PARSE_OK;
}

void frame_header(uint8_t out[static FRAME_HEADER_SIZE], enum frame_type type, uint32_t exec, uint32_t length) {
  put_u32(out, length);
  put_u16(out + 4, (uint16_t)type);
  put_u16(out + 6, 0);
  put_u32(out + 8, exec);
  put_u32(out + 12, 0);
}

int fields_next(struct fields *fields, struct field *field) {
  if (fields->left == 0) {
    return 0;
  }
  if (fields->left < 8) {
    return -1;
  }
  field->tag = get_u16(fields->at);
  field->length = get_u32(fields->at + 4);
  field->bytes = fields->at + 8;
  if (get_u16(fields->at + 2) != 0 || field->length > fields->left - 8) {
    return -1;
  }
  fields->at += 8 + (size_t)field->length;
  fields->left -= 8 + (size_t)field->length;
  return 1;
}
