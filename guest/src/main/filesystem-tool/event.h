/* The types of the events of a watch. */
#ifndef ATOLL_EVENT_H
#define ATOLL_EVENT_H

#include <stdbool.h>

enum event { ACCESS, CREATE, MODIFY, REMOVE, UNKNOWN, RENAME, RENAME_FROM, RENAME_TO, EVENT_COUNT };

const char *event_name(enum event event);
bool event_of_name(const char *name, enum event *out);

#endif
