#include "watches.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A hash table with linear probing, never more than half full; a free slot has no path. */
enum { SLOTS = WATCHES_MAX * 2 };

static struct slot {
  int descriptor;
  char *path;
} slots[SLOTS];
static size_t count;
static size_t bytes;

static size_t home_of(int descriptor) { return (uint32_t)descriptor * UINT32_C(2654435761) % SLOTS; }

/* The descriptor's slot, or the free one where it belongs. */
static size_t find(int descriptor) {
  size_t at = home_of(descriptor);
  while (slots[at].path != NULL && slots[at].descriptor != descriptor) {
    at = (at + 1) % SLOTS;
  }
  return at;
}

/* Gives a slot another path, which it then owns; false when it would be too much. */
static bool set_path(struct slot *slot, char *path) {
  size_t before = slot->path == NULL ? 0 : strlen(slot->path) + 1;
  size_t after = path == NULL ? 0 : strlen(path) + 1;
  if (path == NULL || bytes - before + after > WATCHES_BYTES_MAX) {
    free(path);
    return false;
  }
  bytes = bytes - before + after;
  free(slot->path);
  slot->path = path;
  return true;
}

bool watches_put(int descriptor, const char *path) {
  struct slot *slot = &slots[find(descriptor)];
  bool fresh = slot->path == NULL;
  if ((fresh && count == WATCHES_MAX) || !set_path(slot, strdup(path))) {
    return false;
  }
  slot->descriptor = descriptor;
  count += fresh ? 1 : 0;
  return true;
}

const char *watches_path(int descriptor) { return slots[find(descriptor)].path; }

static void empty(size_t at) {
  bytes -= strlen(slots[at].path) + 1;
  count--;
  free(slots[at].path);
  slots[at].path = NULL;
  /* What had to step aside for it moves up (Knuth, volume 3, section 6.4, algorithm R). */
  for (size_t next = (at + 1) % SLOTS; slots[next].path != NULL; next = (next + 1) % SLOTS) {
    size_t home = home_of(slots[next].descriptor);
    if ((next - home) % SLOTS >= (next - at) % SLOTS) {
      slots[at] = slots[next];
      slots[next].path = NULL;
      at = next;
    }
  }
}

void watches_forget(int descriptor) {
  size_t at = find(descriptor);
  if (slots[at].path != NULL) {
    empty(at);
  }
}

static bool is_below(const char *path, const char *folder, size_t length) {
  return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

void watches_move(const char *from, const char *to) {
  size_t from_length = strlen(from);
  size_t to_length = strlen(to);
  for (size_t at = 0; at < SLOTS; at++) {
    if (slots[at].path != NULL && is_below(slots[at].path, from, from_length)) {
      size_t rest = strlen(slots[at].path) - from_length + 1;
      char *path = malloc(to_length + rest);
      if (path != NULL) {
        memcpy(path, to, to_length);
        memcpy(path + to_length, slots[at].path + from_length, rest);
      }
      /* A path that is too much keeps its old text: late, but never lost. */
      (void)set_path(&slots[at], path);
    }
  }
}

void watches_forget_below(const char *folder, void (*forgotten)(int descriptor)) {
  size_t length = strlen(folder);
  for (size_t at = 0; at < SLOTS; at++) {
    /* What moves up into the place is looked at, too. */
    while (slots[at].path != NULL && is_below(slots[at].path, folder, length)) {
      int descriptor = slots[at].descriptor;
      empty(at);
      forgotten(descriptor);
    }
  }
}
