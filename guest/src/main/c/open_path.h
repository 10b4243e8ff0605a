/* Opening of paths that a user chose. */
#ifndef ATOLL_OPEN_PATH_H
#define ATOLL_OPEN_PATH_H

#include <sys/types.h>

/* open(2), without magic links (those of /proc/PID) where the kernel can do without them (openat2(2)). */
int open_path(const char *path, int flags, mode_t mode);

#endif
