#include <errno.h>
#include <sys/stat.h>

#include "directories.h"
#include "failure.h"
#include "operations.h"

void make_directory(char *path, bool parents) {
  directories_trim(path);
  if ((parents ? directories_make(path) : mkdir(path, 0777)) == 0) {
    return;
  }
  if (errno == EEXIST) {
    fail("PathAlreadyExists", "The path already exists", "mkdir");
  }
  fail_errno(errno, "mkdir");
}
