/* What the tool is asked to do: its one argument, an object with the operation as its only key. */
#ifndef ATOLL_COMMAND_H
#define ATOLL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum operation { READ_FILE, WRITE_FILE, LIST_FILES, STAT, MAKE_DIRECTORY, REMOVE_PATH, WATCH, OPERATION_COUNT };

/* Every event's type is in the filter. */
#define ALL_EVENTS UINT32_MAX
#define NO_TIMEOUT (-1)

struct command {
  enum operation operation;
  char *path;           /* absolute */
  bool parents;         /* MakeDirectory */
  bool recursive;       /* Remove, Watch */
  uint32_t filter;      /* Watch: a bit for each type of event */
  int64_t timeout_secs; /* Watch, or NO_TIMEOUT */
};

/*
 * Reads a command; its path lives as long as the text, which is changed. False with a reason: an operation, a field
 * or a value that is not of the protocol, a field that occurs twice, a path that is missing or not absolute.
 */
bool command_parse(char *text, size_t length, struct command *out, const char **reason);

#endif
