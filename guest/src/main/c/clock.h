/* Time that goes on while the machine sleeps. */
#ifndef ATOLL_CLOCK_H
#define ATOLL_CLOCK_H

#include <stdint.h>

/* No deadline. */
#define NEVER INT64_MAX

/* Milliseconds of CLOCK_BOOTTIME. */
int64_t clock_millis(void);

/* Microseconds of the same clock. */
int64_t clock_micros(void);

/* The time `millis` from now, or NEVER when it lies beyond any use. */
int64_t clock_after(uint64_t millis);

#endif
