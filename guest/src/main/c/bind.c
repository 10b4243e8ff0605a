#include "bind.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "die.h"

int bind_source_open(int dock, struct text path, struct bind_source *out) {
  char all[PATH_MAX];
  if (!text_copy(path, all, sizeof all)) {
    errno = ENAMETOOLONG;
    return -1;
  }
  *out = (struct bind_source){.parent = -1, .self = openat(dock, ".", O_PATH | O_DIRECTORY | O_CLOEXEC)};
  char *rest;
  for (char *name = strtok_r(all, "/", &rest); name != NULL && out->self >= 0; name = strtok_r(NULL, "/", &rest)) {
    if (snprintf(out->name, sizeof out->name, "/%s", name) >= (int)sizeof out->name) {
      bind_source_close(out);
      errno = ENAMETOOLONG;
      return -1;
    }
    if (out->parent >= 0) {
      (void)close(out->parent);
    }
    out->parent = out->self;
    out->self = openat(out->parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  }
  struct stat status;
  if (out->self < 0 || fstat(out->self, &status) != 0) {
    bind_source_close(out);
    return -1;
  }
  out->folder = S_ISDIR(status.st_mode);
  if (S_ISLNK(status.st_mode)) {
    bind_source_close(out);
    errno = ELOOP;
    return -1;
  }
  return 0;
}

void bind_source_close(struct bind_source *source) {
  int error = errno;
  if (source->parent >= 0) {
    (void)close(source->parent);
  }
  if (source->self >= 0) {
    (void)close(source->self);
  }
  errno = error;
}

/* mount(2) with `root` as the process's root folder and `work` as its working directory. */
static int mount_between(int root, const char *source, int work, const char *target, unsigned long flags) {
  int own = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (own < 0) {
    return -1;
  }
  int result = fchdir(root) != 0 || chroot(".") != 0 || (work >= 0 && fchdir(work) != 0)
                   ? -1
                   : mount(source, target, NULL, flags, NULL);
  int error = errno;
  if (fchdir(own) != 0 || chroot(".") != 0) {
    die("the agent's root is lost");
  }
  (void)close(own);
  errno = error;
  return result;
}

int bind_make_read_only(const char *path) {
  struct statvfs status;
  if (statvfs(path, &status) != 0) {
    return -1;
  }
  /* In a user namespace a remount must keep the flags that were set outside of it. */
  unsigned long keep = status.f_flag & (ST_NOSUID | ST_NODEV | ST_NOEXEC | ST_NOATIME | ST_NODIRATIME);
  if ((status.f_flag & ST_RELATIME) != 0) {
    keep |= MS_RELATIME;
  }
  return mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | keep, NULL);
}

int bind_unmount(int top) {
  int result = fchdir(top) != 0 ? -1 : umount2(".", MNT_DETACH);
  int error = errno;
  (void)!chdir("/");
  errno = error;
  return result;
}

/* The root of what was just mounted on the folder `target`: its path is taken from the kernel, not from a user. */
static int open_top(int target, int source) {
  char path[PATH_MAX];
  struct stat mounted;
  struct stat wanted;
  if (fchdir(target) != 0 || getcwd(path, sizeof path) == NULL || chdir("/") != 0) {
    return -1;
  }
  int top = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (top < 0) {
    return -1;
  }
  if (fstat(top, &mounted) != 0 || fstat(source, &wanted) != 0 || mounted.st_dev != wanted.st_dev ||
      mounted.st_ino != wanted.st_ino) {
    (void)close(top);
    errno = ESTALE;
    return -1;
  }
  return top;
}

static int bind_plain(int source, int target, int *top) {
  if (mount_between(source, "/", target, ".", MS_BIND | MS_REC) != 0) {
    return -1;
  }
  *top = open_top(target, source);
  return *top < 0 ? -1 : 0;
}

/* A read-only copy of the mount in the stage; its root, or -1. */
static int stage_read_only(const struct bind_source *source, int hidden, const char **step) {
  int below = openat(hidden, BIND_STAGE, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  int result = below < 0 ? -1 : mount_between(source->self, "/", below, ".", MS_BIND | MS_REC);
  int error = errno;
  if (below >= 0) {
    (void)close(below);
  }
  errno = error;
  int staged = result != 0 ? -1 : openat(hidden, BIND_STAGE, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (staged < 0) {
    return -1;
  }
  *step = "read-only";
  if (fchdir(staged) != 0 || bind_make_read_only(".") != 0) {
    error = errno;
    (void)bind_unmount(staged);
    (void)close(staged);
    errno = error;
    return -1;
  }
  *step = "mount";
  return staged;
}

static bool is_read_only(int top) {
  struct statvfs status;
  return fchdir(top) == 0 && statvfs(".", &status) == 0 && (status.f_flag & ST_RDONLY) != 0;
}

int bind_folder(const struct bind_source *source, int target, bool read_only, int hidden, int *top, const char **step) {
  *step = "mount";
  if (!read_only) {
    return bind_plain(source->self, target, top);
  }
  int staged = stage_read_only(source, hidden, step);
  if (staged < 0) {
    return -1;
  }
  int result = bind_plain(staged, target, top);
  int error = errno;
  if (result == 0 && !is_read_only(*top)) {
    *step = "read-only";
    (void)bind_unmount(*top);
    (void)close(*top);
    error = EPERM;
    result = -1;
  }
  (void)bind_unmount(staged);
  (void)close(staged);
  errno = error;
  return result;
}

int bind_file(const struct bind_source *source, const char *target, bool read_only, const char **step) {
  *step = "mount";
  /* The target is absolute, so both sides need one root: the name is reached through the working directory. */
  if (fchdir(source->parent) != 0) {
    return -1;
  }
  int result = mount(source->name + 1, target, NULL, MS_BIND, NULL);
  int error = errno;
  (void)!chdir("/");
  errno = error;
  if (result == 0 && read_only) {
    *step = "read-only";
    result = bind_make_read_only(target);
  }
  return result;
}
