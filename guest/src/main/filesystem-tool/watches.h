/* The folders that a recursive watch has under watch: the path of each inotify(7) watch descriptor. Bounded. */
#ifndef ATOLL_WATCHES_H
#define ATOLL_WATCHES_H

#include <stdbool.h>

enum { WATCHES_MAX = 1 << 16, WATCHES_BYTES_MAX = 32 << 20 };

/* Notes a descriptor's path, also a new one; false when there are too many, or no memory. */
bool watches_put(int descriptor, const char *path);

/* The path, until the next change; NULL when the descriptor is unknown. */
const char *watches_path(int descriptor);

void watches_forget(int descriptor);

/* Gives what is at or below a folder the folder's new path. */
void watches_move(const char *from, const char *to);

/* Forgets what is at or below a folder, and tells of each descriptor. */
void watches_forget_below(const char *folder, void (*forgotten)(int descriptor));

#endif
