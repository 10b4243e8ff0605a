/* Frames and fields, as guest/PROTOCOL.md lays them out. Pure functions over bytes that nobody trusts. */
#ifndef ATOLL_WIRE_H
#define ATOLL_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  PROTOCOL_VERSION = 2,
  FRAME_HEADER_SIZE = 16,
  FRAME_PAYLOAD_MAX = 1 << 20,
};

enum frame_type {
  FRAME_HELLO = 1,
  FRAME_CLAIMED = 2,
  FRAME_STARTED = 3,
  FRAME_STDOUT = 4,
  FRAME_STDERR = 5,
  FRAME_END = 6,
  FRAME_STDIN_ACK = 7,
  FRAME_EXIT = 8,
  FRAME_PONG = 9,
  FRAME_DONE = 10,
  FRAME_DEAD = 11,
  FRAME_LOCATED = 12,
  FRAME_CLAIM = 64,
  FRAME_EXEC = 65,
  FRAME_STDIN = 66,
  FRAME_ACK = 67,
  FRAME_EXIT_ACK = 68,
  FRAME_SIGNAL = 69,
  FRAME_RESIZE = 70,
  FRAME_MOUNT = 71,
  FRAME_UNMOUNT = 72,
  FRAME_SYNC = 73,
  FRAME_PING = 74,
  FRAME_QUIESCE = 75,
  FRAME_DROP = 76,
  FRAME_LOCATE = 77,
};

/* A frame of the worker's. The payload points into the buffer that was parsed. */
struct frame {
  uint16_t type;
  uint32_t exec;
  const uint8_t *payload;
  uint32_t length;
};

enum parse_result { PARSE_OK, PARSE_SHORT, PARSE_BAD };

/*
 * Reads the first frame of `bytes`. PARSE_SHORT: more bytes are needed. PARSE_BAD: no further byte of
 * this connection can be understood. On PARSE_OK `size` is how many bytes the frame takes.
 */
enum parse_result frame_parse(const uint8_t *bytes, size_t length, struct frame *frame, size_t *size);

/* Writes the header of a frame to the worker. */
void frame_header(uint8_t out[static FRAME_HEADER_SIZE], enum frame_type type, uint32_t exec, uint32_t length);

/* One field of a fields payload. */
struct field {
  uint16_t tag;
  const uint8_t *bytes;
  uint32_t length;
};

/* What is left of a fields payload. */
struct fields {
  const uint8_t *at;
  size_t left;
};

/* Takes the next field: 1 = taken, 0 = no more, -1 = malformed. */
int fields_next(struct fields *fields, struct field *field);

/* Little-endian integers at any alignment. */
uint16_t get_u16(const uint8_t *bytes);
uint32_t get_u32(const uint8_t *bytes);
uint64_t get_u64(const uint8_t *bytes);
void put_u16(uint8_t *bytes, uint16_t value);
void put_u32(uint8_t *bytes, uint32_t value);
void put_u64(uint8_t *bytes, uint64_t value);

#endif
