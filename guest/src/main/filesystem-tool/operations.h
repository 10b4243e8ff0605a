/* The operations, each in a file of its own. They return when they have succeeded. */
#ifndef ATOLL_OPERATIONS_H
#define ATOLL_OPERATIONS_H

#include <stdbool.h>

#include "command.h"

/* Paths are absolute; those that are changeable may be cut. */
void read_file(const char *path);
void write_file(char *path);
void list_files(const char *path);
void stat_path(const char *path);
void make_directory(char *path, bool parents);
void remove_path(char *path, bool recursive);
void watch(struct command *command);

#endif
