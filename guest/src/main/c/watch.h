/* What the agent waits for: the one epoll instance, and the meaning of its tags. */
#ifndef ATOLL_WATCH_H
#define ATOLL_WATCH_H

#include <stdint.h>

enum watch_kind { WATCH_CONNECTION, WATCH_CHILDREN, WATCH_OUTPUT, WATCH_INPUT };

struct watch_event {
  enum watch_kind kind;
  uint32_t slot;  /* of the exec, for output and input */
  int stream;     /* 0 stdout, 1 stderr, for output */
  uint32_t events; /* EPOLLIN and so on */
};

enum { WATCH_EVENTS_MAX = 64 };

/* Makes the epoll instance; -1 with errno. */
int watch_open(void);
int watch_add(int fd, uint32_t events, enum watch_kind kind, uint32_t slot, int stream);
int watch_change(int fd, uint32_t events, enum watch_kind kind, uint32_t slot, int stream);
void watch_remove(int fd);

/* Waits at most `millis`; returns how many events there are. */
int watch_wait(struct watch_event events[static WATCH_EVENTS_MAX], int millis);

#endif
