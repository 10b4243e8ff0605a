#include "watch.h"

#include <sys/epoll.h>

static int epoll = -1;

int watch_open(void) {
  epoll = epoll_create1(EPOLL_CLOEXEC);
  return epoll < 0 ? -1 : 0;
}

static int control(int operation, int fd, uint32_t events, enum watch_kind kind, uint32_t slot, int stream) {
  uint64_t tag = (uint64_t)slot << 8 | (uint64_t)stream << 4 | (uint64_t)kind;
  struct epoll_event event = {.events = events, .data.u64 = tag};
  return epoll_ctl(epoll, operation, fd, &event);
}

int watch_add(int fd, uint32_t events, enum watch_kind kind, uint32_t slot, int stream) {
  return control(EPOLL_CTL_ADD, fd, events, kind, slot, stream);
}

int watch_change(int fd, uint32_t events, enum watch_kind kind, uint32_t slot, int stream) {
  return control(EPOLL_CTL_MOD, fd, events, kind, slot, stream);
}

void watch_remove(int fd) { (void)epoll_ctl(epoll, EPOLL_CTL_DEL, fd, &(struct epoll_event){0}); }

int watch_wait(struct watch_event events[static WATCH_EVENTS_MAX], int millis) {
  struct epoll_event raw[WATCH_EVENTS_MAX];
  int count = epoll_wait(epoll, raw, WATCH_EVENTS_MAX, millis);
  for (int i = 0; i < count; i++) {
    uint64_t tag = raw[i].data.u64;
    events[i] = (struct watch_event){
        .kind = (enum watch_kind)(tag & 15),
        .slot = (uint32_t)(tag >> 8),
        .stream = (int)(tag >> 4 & 15),
        .events = raw[i].events,
    };
  }
  return count < 0 ? 0 : count;
}
