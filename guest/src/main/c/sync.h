/* SYNC: sync(2) takes as long as the disks do, so a child without any rights does it. */
#ifndef ATOLL_SYNC_H
#define ATOLL_SYNC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Begins a sync(2), and answers with DONE when it is over; with EAGAIN at once when too many are under way. */
void sync_start(uint32_t request);

/* A child has ended; whether it was one of these. */
bool sync_reaped(pid_t pid, int status);

#endif
