#include "claim.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bind.h"
#include "identity.h"
#include "mounts.h"
#include "stash.h"

/* Below the sandbox's /dev, a tmpfs of the cell's own, so that nothing is written to the root. */
#define HIDDEN "/dev/.atoll"

/* The root's folder for the worker's programs. */
#define TOOLS_NAME "__modal"

enum { ROOT_PATH_MAX = sizeof "/dock/" + NAME_MAX };

/* Binds one of the cell's own file systems on a folder of the root, which may be hostile: no link is followed. */
static int bind_into_root(int root, const char *source, const char *name) {
  int target = openat(root, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (target < 0) {
    return -1;
  }
  int result = fchdir(target) != 0 ? -1 : mount(source, ".", NULL, MS_BIND | MS_REC, NULL);
  int error = errno;
  (void)close(target);
  (void)!chdir("/");
  errno = error;
  return result;
}

/* The programs of the worker's that the sandbox may run. A root without a folder for them goes without. */
static int bind_tools(int root, bool *bound) {
  *bound = bind_into_root(root, "/tools", TOOLS_NAME) == 0;
  return *bound || errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : -1;
}

static int attach_root(const char *root_path, bool *has_tools, const char **step) {
  *step = "root";
  if (mount(root_path, root_path, NULL, MS_BIND | MS_REC, NULL) != 0) {
    return -1;
  }
  int root = open(root_path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (root < 0) {
    return -1;
  }
  static const struct {
    const char *source;
    const char *name;
  } own[] = {{"/p", "proc"}, {"/dev", "dev"}, {"/sys", "sys"}};
  int result = 0;
  for (size_t i = 0; result == 0 && i < sizeof own / sizeof *own; i++) {
    *step = own[i].name;
    result = bind_into_root(root, own[i].source, own[i].name);
  }
  if (result == 0) {
    *step = "tools";
    result = bind_tools(root, has_tools);
  }
  int error = errno;
  (void)close(root);
  errno = error;
  return result;
}

/* Puts the dock, a folder for files and one for staging into a tmpfs that will be covered. */
static int attach_dock(const char *root_path, struct stash *stash, const char **step) {
  char hidden[ROOT_PATH_MAX + sizeof HIDDEN];
  char dock[sizeof hidden + 8];
  *step = "dock";
  if (snprintf(hidden, sizeof hidden, "%s" HIDDEN, root_path) >= (int)sizeof hidden ||
      snprintf(dock, sizeof dock, "%s/dock", hidden) >= (int)sizeof dock || mkdir(hidden, 0700) != 0 || mount("tmpfs", hidden, "tmpfs", MS_NOSUID | MS_NODEV, "mode=700") != 0 ||
      mkdir(dock, 0700) != 0 || mount("/dock", dock, NULL, MS_BIND | MS_REC, NULL) != 0) {
    return -1;
  }
  stash->dock = open(dock, O_PATH | O_DIRECTORY | O_CLOEXEC);
  stash->hidden = open(hidden, O_PATH | O_DIRECTORY | O_CLOEXEC);
  return stash->dock < 0 || stash->hidden < 0 ? -1 : mkdirat(stash->hidden, BIND_STAGE, 0700);
}

static int enter_root(const char *root_path, const char **step) {
  *step = "pivot";
  if (chdir(root_path) != 0 || syscall(SYS_pivot_root, ".", ".") != 0 || umount2(".", MNT_DETACH) != 0 ||
      chdir("/") != 0) {
    return -1;
  }
  return 0;
}

static int write_whole(int fd, const uint8_t *bytes, size_t length) {
  while (length > 0) {
    ssize_t count = write(fd, bytes, length);
    if (count < 0) {
      return -1;
    }
    bytes += count;
    length -= (size_t)count;
  }
  return 0;
}

/*
 * Makes the file that a link to nowhere names, with its folders: images made on systems with systemd-resolved have such
 * a link at /etc/resolv.conf.
 */
static void make_link_target(const char *link) {
  char target[PATH_MAX];
  char path[2 * PATH_MAX];
  ssize_t length = readlink(link, target, sizeof target - 1);
  if (length <= 0) {
    return;
  }
  target[length] = '\0';
  const char *slash = strrchr(link, '/');
  int folder = target[0] == '/' || slash == NULL ? 0 : (int)(slash - link) + 1;
  (void)snprintf(path, sizeof path, "%.*s%s", folder, link, target);
  for (char *next = strchr(path + 1, '/'); next != NULL; next = strchr(next + 1, '/')) {
    *next = '\0';
    (void)mkdir(path, 0755);
    *next = '/';
  }
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd >= 0) {
    (void)close(fd);
  }
}

/* Writes a file to the hidden tmpfs and binds it over its target; a missing target is skipped. */
static int place_file(const struct claim_file *file, size_t number, const char **step) {
  struct stat status;
  *step = file->target;
  if (stat(file->target, &status) != 0) {
    make_link_target(file->target);
  }
  if (stat(file->target, &status) != 0) {
    return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : -1;
  }
  if (!S_ISREG(status.st_mode)) {
    errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
    return -1;
  }
  char path[64];
  (void)snprintf(path, sizeof path, HIDDEN "/file%zu", number);
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    return -1;
  }
  int result = write_whole(fd, file->content, file->length) != 0 ? -1 : fchmod(fd, (mode_t)file->mode);
  int error = errno;
  (void)close(fd);
  errno = error;
  return result != 0 || mount(path, file->target, NULL, MS_BIND, NULL) != 0 ? -1 : bind_make_read_only(file->target);
}

static int place_mount(const struct claim_mount *mount, struct stash *stash, const char **step) {
  char target[PATH_MAX];
  struct stat status;
  *step = "target";
  if (!text_copy(mount->target, target, sizeof target)) {
    errno = ENAMETOOLONG;
    return -1;
  }
  if (stat(target, &status) != 0) {
    return mount->skip_missing && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) ? 0 : -1;
  }
  struct text source = {mount->source, strlen(mount->source)};
  return mounts_add(stash, source, target, mount->read_only, step);
}

int claim_perform(const struct claim_request *request, const char **step) {
  char root_path[ROOT_PATH_MAX];
  char hostname[HOSTNAME_LENGTH_MAX + 1];
  *step = "capabilities";
  if (identity_set_policy(request->capabilities, request->seccomp, request->seccomp_count) != 0) {
    return -1;
  }
  struct stash stash;
  *step = "root";
  if (snprintf(root_path, sizeof root_path, "/dock/%.*s", (int)request->root.length, request->root.bytes) >=
      (int)sizeof root_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  if (stash_take(&stash) != 0) {
    return -1;
  }
  int result = 0;
  bool has_tools = false;
  if (attach_root(root_path, &has_tools, step) != 0 || attach_dock(root_path, &stash, step) != 0 ||
      enter_root(root_path, step) != 0) {
    result = -1;
  }
  if (result == 0 && has_tools) {
    *step = "tools";
    result = bind_make_read_only("/" TOOLS_NAME);
  }
  if (result == 0 && request->hostname.length > 0) {
    *step = "hostname";
    (void)text_copy(request->hostname, hostname, sizeof hostname);
    result = sethostname(hostname, request->hostname.length);
  }
  for (size_t i = 0; result == 0 && i < request->mount_count; i++) {
    result = place_mount(&request->mounts[i], &stash, step);
  }
  for (size_t i = 0; result == 0 && i < request->file_count; i++) {
    result = place_file(&request->files[i], i, step);
  }
  if (result == 0) {
    *step = "cover";
    result = mount("tmpfs", HIDDEN, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=000");
  }
  int error = errno;
  stash_put(&stash);
  errno = error;
  return result;
}

int claim_mount(const struct cell_request *request, const char **step) {
  char target[PATH_MAX];
  struct stash stash;
  *step = "target";
  if (!text_copy(request->target, target, sizeof target)) {
    errno = ENAMETOOLONG;
    return -1;
  }
  if (stash_take(&stash) != 0) {
    return -1;
  }
  int result = request->replaced.length > 0
                   ? mounts_replace(&stash, request->source, request->replaced, request->read_only, step)
                   : mounts_attach(&stash, request->source, target, request->read_only, step);
  int error = errno;
  stash_put(&stash);
  errno = error;
  return result;
}

int claim_unmount(const struct cell_request *request, const char **step) {
  struct stash stash;
  *step = "unmount";
  if (stash_take(&stash) != 0) {
    return -1;
  }
  int result = mounts_remove(&stash, request->source, step);
  int error = errno;
  stash_put(&stash);
  errno = error;
  return result;
}

int claim_locate(const struct cell_request *request, struct location *out, const char **step) {
  char target[PATH_MAX];
  struct stash stash;
  *step = "target";
  if (!text_copy(request->target, target, sizeof target)) {
    errno = ENAMETOOLONG;
    return -1;
  }
  if (stash_take(&stash) != 0) {
    return -1;
  }
  int result = mounts_locate(&stash, target, out);
  int error = errno;
  stash_put(&stash);
  errno = error;
  return result;
}
