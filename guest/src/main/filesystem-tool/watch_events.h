/* What inotify(7) says, told as the events of the protocol. */
#ifndef ATOLL_WATCH_EVENTS_H
#define ATOLL_WATCH_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

/* Makes the queue for the events of the filter; its descriptor, or -1 with errno. Once. */
int watch_open(uint32_t filter, bool recursive);

/*
 * Begins to watch what is told as `path`: what `watched` leads to, and of a folder only the entry `name`, unless that is
 * empty. False with errno.
 */
bool watch_begin(const char *path, const char *watched, const char *name);

/* Tells of some of what has happened; false when there was nothing. */
bool watch_read(void);

/* Whether half of a rename was read. The other half comes at once, or never. */
bool watch_is_renaming(void);

/* Tells of the half of a rename that has no other. */
void watch_flush(void);

#endif
