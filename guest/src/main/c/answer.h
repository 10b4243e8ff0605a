/* Answers that name the step at which something failed. */
#ifndef ATOLL_ANSWER_H
#define ATOLL_ANSWER_H

#include "wire.h"

/* Queues a frame: the head, then the step as text, cut to what fits. */
void answer_with_step(enum frame_type type, uint32_t exec, const uint8_t *head, size_t head_length, const char *step);

/* DONE: the answer to MOUNT, UNMOUNT and SYNC. */
void answer_done(uint32_t request, int error, const char *step);

#endif
