/*
 * A bounded piece of a stream of bytes: [start, end) in the stream's own offsets. Its memory is mapped when
 * the first byte comes, since most streams stay empty, and is not inherited by forked children.
 */
#ifndef ATOLL_RING_H
#define ATOLL_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring {
  uint8_t *bytes;    /* NULL until the first use */
  uint32_t capacity; /* a power of two */
  uint64_t start;    /* the first byte that is kept */
  uint64_t end;      /* one past the last */
};

struct ring ring_of(uint32_t capacity);
size_t ring_used(const struct ring *ring);

/* Room for bytes at `end`, contiguous; NULL with *room = 0 when full, NULL with *room > 0 without memory. */
uint8_t *ring_room(struct ring *ring, size_t *room);

/* Counts bytes that were put at ring_room. */
void ring_filled(struct ring *ring, size_t count);

/* Copies as much as fits; returns how much. */
size_t ring_put(struct ring *ring, const uint8_t *bytes, size_t count);

/* The kept bytes from `offset`, which lies within, as far as they are contiguous. */
const uint8_t *ring_bytes(const struct ring *ring, uint64_t offset, size_t *count);

/* Forgets everything below the offset, which must not lie beyond the end. */
void ring_forget(struct ring *ring, uint64_t offset);

/* Gives the memory back; the offsets stay, what was kept is lost. */
void ring_release(struct ring *ring);

#endif
