/* What is told of a file, folder or symbolic link. */
#ifndef ATOLL_ENTRY_H
#define ATOLL_ENTRY_H

#include <stdbool.h>
#include <sys/stat.h>

#include "output.h"

/*
 * Writes an entry's object. Its path is `folder`, a slash if there is none at the end, and `name`; or `folder` alone when
 * `whole`. `base` and `at` are for readlinkat(2).
 */
struct entry {
  const char *folder;
  const char *name;
  bool whole;
  int base;
  const char *at;
  struct stat status;
};

void entry_put(struct output *output, const struct entry *entry);

#endif
