#include "ring.h"

#include <string.h>
#include <sys/mman.h>

struct ring ring_of(uint32_t capacity) { return (struct ring){.capacity = capacity}; }

size_t ring_used(const struct ring *ring) { return (size_t)(ring->end - ring->start); }

static bool allocate(struct ring *ring) {
  void *memory = mmap(NULL, ring->capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return false;
  }
  (void)madvise(memory, ring->capacity, MADV_DONTFORK);
  ring->bytes = memory;
  return true;
}

uint8_t *ring_room(struct ring *ring, size_t *room) {
  size_t at = (size_t)(ring->end & (ring->capacity - 1));
  size_t space = ring->capacity - ring_used(ring);
  *room = space < ring->capacity - at ? space : ring->capacity - at;
  if (space == 0 || (ring->bytes == NULL && !allocate(ring))) {
    return NULL;
  }
  return ring->bytes + at;
}

void ring_filled(struct ring *ring, size_t count) { ring->end += count; }

size_t ring_put(struct ring *ring, const uint8_t *bytes, size_t count) {
  size_t done = 0;
  while (done < count) {
    size_t room;
    uint8_t *at = ring_room(ring, &room);
    if (at == NULL) {
      break;
    }
    size_t piece = room < count - done ? room : count - done;
    memcpy(at, bytes + done, piece);
    ring_filled(ring, piece);
    done += piece;
  }
  return done;
}

const uint8_t *ring_bytes(const struct ring *ring, uint64_t offset, size_t *count) {
  size_t at = (size_t)(offset & (ring->capacity - 1));
  size_t left = (size_t)(ring->end - offset);
  *count = left < ring->capacity - at ? left : ring->capacity - at;
  return ring->bytes + at;
}

void ring_forget(struct ring *ring, uint64_t offset) { ring->start = offset; }

void ring_release(struct ring *ring) {
  if (ring->bytes != NULL) {
    (void)munmap(ring->bytes, ring->capacity);
    ring->bytes = NULL;
  }
  ring->start = ring->end;
}
