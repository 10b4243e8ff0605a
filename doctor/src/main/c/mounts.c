#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "files.h"
#include "outcome.h"
#include "probes.h"

/* From sys/mount.h, which has the same names as linux/mount.h. */
int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);
int umount2(const char *target, int flags);
#define DETACH 2

static void try_mount(const char *source, const char *type, unsigned long flags, const char *data) {
  char what[128];
  (void)mkdir("target", 0755);
  (void)snprintf(what, sizeof what, "mounting %s", type != NULL ? type : source);
  judge(what, mount(source, "target", type, flags, data));
}

static void mount_tmpfs(char **arguments) {
  (void)arguments;
  try_mount("none", "tmpfs", 0, NULL);
}

static void mount_proc(char **arguments) {
  (void)arguments;
  try_mount("proc", "proc", 0, NULL);
}

static void mount_sysfs(char **arguments) {
  (void)arguments;
  try_mount("sysfs", "sysfs", 0, NULL);
}

static void mount_devtmpfs(char **arguments) {
  (void)arguments;
  try_mount("devtmpfs", "devtmpfs", 0, NULL);
}

static void mount_cgroup(char **arguments) {
  (void)arguments;
  (void)mkdir("target", 0755);
  int result = mount("cgroup", "target", "cgroup", 0, "pids");
  judge("mounting a cgroup hierarchy", result == 0 ? 0 : mount("cgroup", "target", "cgroup2", 0, NULL));
}

static void mount_bind(char **arguments) {
  (void)arguments;
  try_mount("/", NULL, MS_BIND, NULL);
}

static void mount_overlay(char **arguments) {
  (void)arguments;
  (void)mkdir("upper", 0755);
  (void)mkdir("work", 0755);
  try_mount("overlay", "overlay", 0, "lowerdir=/etc,upperdir=upper,workdir=work");
}

/* What the agent, or the runtime, has mounted read-only. */
static void mount_remount(char **arguments) {
  (void)arguments;
  static const char *const places[] = {"/sys", "/proc/sys", "/proc/sysrq-trigger", "/__modal", "/proc"};
  int result = -1;
  for (size_t i = 0; result != 0 && i < sizeof places / sizeof *places; i++) {
    result = mount(NULL, places[i], NULL, MS_REMOUNT | MS_BIND, NULL);
  }
  judge("mounting a read-only place writable again", result);
}

static void unmount_masks(char **arguments) {
  (void)arguments;
  static const char *const places[] = {"/proc/kcore", "/proc/keys", "/proc/sys", "/sys/firmware", "/dev/.atoll", "/proc"};
  int result = -1;
  for (size_t i = 0; result != 0 && i < sizeof places / sizeof *places; i++) {
    result = umount2(places[i], DETACH);
  }
  judge("unmounting what hides the kernel's files", result);
}

static void mount_tree(char **arguments) {
  (void)arguments;
  int tree = (int)syscall(SYS_open_tree, AT_FDCWD, "/proc", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  if (tree < 0) {
    refused("open_tree: %s", strerror(errno));
  }
  (void)mkdir("target", 0755);
  judge("move_mount", syscall(SYS_move_mount, tree, "", AT_FDCWD, "target", MOVE_MOUNT_F_EMPTY_PATH));
}

static void mount_fsopen(char **arguments) {
  (void)arguments;
  judge("fsopen", syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC));
}

static void mount_attributes(char **arguments) {
  (void)arguments;
  struct mount_attr attributes = {.attr_clr = MOUNT_ATTR_NOSUID};
  judge("mount_setattr", syscall(SYS_mount_setattr, AT_FDCWD, "/proc", 0, &attributes, sizeof attributes));
}

static void pivot_root(char **arguments) {
  (void)arguments;
  (void)mkdir("target", 0755);
  /* Without a mount point the kernel's answer after its permission check is EINVAL. */
  judge_beyond("pivot_root", syscall(SYS_pivot_root, "target", "target"), EINVAL);
}

/* The classic way out of a chroot: a folder that stays open above a new root. */
static void chroot_escape(char **arguments) {
  struct stat before;
  struct stat after;
  struct stat outside;
  /* Without a cell the probe shuts itself into a root first, and is out when it sees the one above. */
  if (arguments[0] != NULL && (mkdir("jail", 0755) != 0 || mkdir("jail/inner", 0755) != 0 || chroot("jail") != 0)) {
    refused("no jail to leave: %s", strerror(errno));
  }
  if (stat("/", &before) != 0 || (mkdir("/escape", 0755) != 0 && errno != EEXIST) || chroot("/escape") != 0) {
    refused("chroot: %s", strerror(errno));
  }
  for (int i = 0; i < 64 && chdir("..") == 0; i++) {
  }
  if (chroot(".") != 0 || stat("/", &after) != 0) {
    refused("chroot: %s", strerror(errno));
  }
  (void)rmdir("/escape");
  DIR *entries = before.st_dev != after.st_dev || before.st_ino != after.st_ino ? opendir("/") : NULL;
  for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
      succeeded("a root above the own one was reached, with %s in it", entry->d_name);
    }
  }
  if (stat("/run/atoll", &outside) == 0) {
    succeeded("the host's /run/atoll was reached");
  }
  refused("%s", entries != NULL ? "above the own root there is an empty folder, and no way on"
                          : "the way up ends at the own root");
}

/* A file by its number, whatever folder the process is confined to ("Shocker"). */
static void open_by_handle(char **arguments) {
  (void)arguments;
  static _Alignas(struct file_handle) unsigned char space[sizeof(struct file_handle) + 128];
  struct file_handle *handle = (struct file_handle *)space;
  int number;
  (void)write_text("file", "x");
  handle->handle_bytes = 128;
  if (name_to_handle_at(AT_FDCWD, "file", handle, &number, 0) != 0) {
    handle->handle_bytes = 8;
    handle->handle_type = 1;
    (void)memset(handle->f_handle, 2, 8);
  }
  int folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  judge_beyond("open_by_handle_at", open_by_handle_at(folder, handle, O_RDONLY | O_CLOEXEC), ESTALE);
}

const struct probe mount_probes[] = {
    {"mount-tmpfs", mount_tmpfs},
    {"mount-proc", mount_proc},
    {"mount-sysfs", mount_sysfs},
    {"mount-devtmpfs", mount_devtmpfs},
    {"mount-cgroup", mount_cgroup},
    {"mount-bind", mount_bind},
    {"mount-overlay", mount_overlay},
    {"mount-remount", mount_remount},
    {"unmount-masks", unmount_masks},
    {"mount-tree", mount_tree},
    {"mount-fsopen", mount_fsopen},
    {"mount-attributes", mount_attributes},
    {"pivot-root", pivot_root},
    {"chroot-escape", chroot_escape},
    {"open-by-handle", open_by_handle},
    {NULL, NULL},
};
