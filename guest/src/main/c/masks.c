#include "masks.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bind.h"

static const char *const hidden_in_proc[] = {
    "acpi", "asound", "interrupts", "kcore", "keys", "latency_stats", "sched_debug", "scsi", "timer_list", "timer_stats",
};
static const char *const hidden_in_sys[] = {"firmware", "devices/virtual/powercap", "fs/bpf", "kernel/debug", "kernel/security", "kernel/tracing"};
static const char *const read_only_in_proc[] = {"bus", "fs", "irq", "sys", "sysrq-trigger"};

/* What a kernel shows of an init that is not dumpable, and of itself, although nobody needs it. */
static const char *const hidden_of_init[] = {"1/auxv", "1/environ", "1/maps", "1/smaps"};
static const char *const read_only_without_masks[] = {"sysrq-trigger"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int hide(const char *path) {
  struct stat status;
  if (stat(path, &status) != 0) {
    return errno == ENOENT || errno == EACCES ? 0 : -1;
  }
  if (S_ISDIR(status.st_mode)) {
    return mount("tmpfs", path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=0,mode=555");
  }
  return mount("/dev/null", path, NULL, MS_BIND, NULL);
}

static int freeze(const char *path) {
  struct stat status;
  if (stat(path, &status) != 0) {
    return errno == ENOENT ? 0 : -1;
  }
  return mount(path, path, NULL, MS_BIND | MS_REC, NULL) != 0 ? -1 : bind_make_read_only(path);
}

static int each(const char *base, const char *const *names, size_t count, int (*apply)(const char *), const char **step) {
  char path[PATH_MAX];
  for (size_t i = 0; i < count; i++) {
    *step = names[i];
    if (snprintf(path, sizeof path, "%s/%s", base, names[i]) >= (int)sizeof path) {
      errno = ENAMETOOLONG;
      return -1;
    }
    if (apply(path) != 0) {
      return -1;
    }
  }
  return 0;
}

int masks_apply(const char *proc, const char *sys, const char **step) {
  return each(proc, read_only_in_proc, COUNT(read_only_in_proc), freeze, step) != 0 ||
                 each(proc, hidden_in_proc, COUNT(hidden_in_proc), hide, step) != 0 ||
                 each(sys, hidden_in_sys, COUNT(hidden_in_sys), hide, step) != 0
             ? -1
             : 0;
}

int masks_apply_to_init(const char *proc, const char *dev, const char **step) {
  char path[PATH_MAX];
  *step = "fuse";
  if (snprintf(path, sizeof path, "%s/fuse", dev) >= (int)sizeof path || (unlink(path) != 0 && errno != ENOENT)) {
    return -1;
  }
  return each(proc, read_only_without_masks, COUNT(read_only_without_masks), freeze, step) != 0 ||
                 each(proc, hidden_of_init, COUNT(hidden_of_init), hide, step) != 0
             ? -1
             : 0;
}
