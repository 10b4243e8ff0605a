/* Answers that name the step at which something failed. */
#ifndef ATOLL_ANSWER_H
#define ATOLL_ANSWER_H

#include "wire.h"

/* Queues a frame: the head, then the step as text, cut to 500 bytes. */
void answer_with_step(enum frame_type type, uint32_t exec, const uint8_t *head, size_t head_length, const char *step);

/* DONE: the answer to MOUNT, UNMOUNT and SYNC, and to a LOCATE that failed. */
void answer_done(uint32_t request, int error, const char *step);

/* LOCATED: the dock path of the mount that holds the folder ("" for the root), and the folder's path in it. */
void answer_located(uint32_t request, const char *source, const char *path);

#endif
