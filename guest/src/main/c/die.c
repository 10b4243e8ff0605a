#include "die.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

_Noreturn void die(const char *what) {
  (void)dprintf(STDERR_FILENO, "atoll guest agent: %s: %s\n", what, strerror(errno));
  _exit(70);
}
