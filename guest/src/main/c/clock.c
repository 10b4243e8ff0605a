#include "clock.h"

#include <time.h>

int64_t clock_micros(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_BOOTTIME, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_millis(void) { return clock_micros() / 1000; }

int64_t clock_after(uint64_t millis) {
  const uint64_t century = UINT64_C(100) * 366 * 24 * 3600 * 1000;
  return millis > century ? NEVER : clock_millis() + (int64_t)millis;
}
