#include "outcome.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void say(int code, const char *word, const char *format, va_list arguments) {
  (void)printf("%s: ", word);
  (void)vprintf(format, arguments);
  (void)printf("\n");
  (void)fflush(stdout);
  _Exit(code);
}

void succeeded(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  say(1, "succeeded", format, arguments);
}

void refused(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  say(0, "refused", format, arguments);
}

void judge(const char *what, long result) { judge_beyond(what, result, 0); }

void judge_beyond(const char *what, long result, int beyond) {
  int error = errno;
  if (result >= 0) {
    succeeded("%s was allowed", what);
  }
  if (error == beyond) {
    succeeded("%s passed the permission check (%s)", what, strerror(error));
  }
  refused("%s: %s", what, strerror(error));
}
