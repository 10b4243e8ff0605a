/* What several probes do with files. */
#ifndef ATOLL_FILES_H
#define ATOLL_FILES_H

#include <stddef.h>

/* Writes to the file what is in it already; whether that was allowed. */
int rewrite(const char *path);

/* Reads up to `room` - 1 bytes; the count, or -1. The text is terminated. */
long read_text(const char *path, char *text, size_t room);

/* Makes a file with a content in the working directory; its descriptor's result as of close(2). */
int write_text(const char *path, const char *text);

/* Copies this program to a file of the working directory with a mode; 0 or -1. */
int copy_self(const char *path, unsigned mode);

#endif
