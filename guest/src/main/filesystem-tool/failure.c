#include "failure.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "output.h"

static const char *kind_of(int error) {
  static const struct {
    int error;
    const char *kind;
  } kinds[] = {
      {ENOENT, "NotFound"},
      {ENOTDIR, "NotDirectory"},
      {EISDIR, "IsDirectory"},
      {EACCES, "PermissionDenied"},
      {EPERM, "PermissionDenied"},
      {EROFS, "PermissionDenied"},
      {EEXIST, "AlreadyExists"},
      {ENOTEMPTY, "DirectoryNotEmpty"},
      {ENOSYS, "NotSupported"},
      {EOPNOTSUPP, "NotSupported"},
  };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (kinds[i].error == error) {
      return kinds[i].kind;
    }
  }
  return "Io";
}

void fail(const char *kind, const char *message, const char *detail) {
  static struct output errors = {.descriptor = STDERR_FILENO};
  output_text(&errors, "{\"version\":1,\"error_kind\":");
  output_string(&errors, kind);
  output_text(&errors, ",\"message\":");
  output_string(&errors, message);
  output_text(&errors, ",\"detail\":");
  output_string(&errors, detail);
  output_text(&errors, "}\n");
  output_flush(&errors);
  _exit(1);
}

void fail_errno(int error, const char *step) { fail(kind_of(error), strerror(error), step); }
