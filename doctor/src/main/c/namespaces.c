#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "files.h"
#include "outcome.h"
#include "probes.h"

static void namespace_mount(char **arguments) {
  (void)arguments;
  judge("a mount namespace", unshare(CLONE_NEWNS));
}

static void namespace_network(char **arguments) {
  (void)arguments;
  judge("a network namespace", unshare(CLONE_NEWNET));
}

/* clone3 takes its flags from memory, where no filter can see them. */
static void namespace_clone(char **arguments) {
  (void)arguments;
  struct clone_args request = {.flags = CLONE_NEWNS | CLONE_NEWPID, .exit_signal = SIGCHLD};
  long child = syscall(SYS_clone3, &request, sizeof request);
  if (child == 0) {
    _exit(0);
  }
  judge("clone3 with new namespaces", child);
}

static void namespace_join(char **arguments) {
  (void)arguments;
  int fd = open("/proc/1/ns/mnt", O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    refused("/proc/1/ns/mnt: %s", strerror(errno));
  }
  judge("joining the mount namespace of process 1", setns(fd, CLONE_NEWNS));
}

static void make_user_namespace(int others) {
  if (unshare(CLONE_NEWUSER | others) != 0) {
    refused("a user namespace: %s", strerror(errno));
  }
  (void)write_text("/proc/self/setgroups", "deny");
  (void)write_text("/proc/self/uid_map", "0 0 1");
  (void)write_text("/proc/self/gid_map", "0 0 1");
}

/*
 * A user namespace gives all capabilities in itself. Where one can be made, it must open nothing. An argument: the
 * namespace alone is the success.
 */
static void namespace_user(char **arguments) {
  make_user_namespace(0);
  if (arguments[0] != NULL) {
    succeeded("a user namespace was made");
  }
  if (mknod("node", S_IFBLK | 0600, makedev(7, 0)) == 0) {
    succeeded("a disk's node was made in a user namespace");
  }
  if (rewrite("/proc/sys/kernel/core_pattern") == 0) {
    succeeded("core_pattern was written in a user namespace");
  }
  if (syscall(SYS_reboot, 0, 0, 0, NULL) == 0 || errno == EINVAL) {
    succeeded("reboot passed the permission check in a user namespace");
  }
  if (ptrace(PTRACE_SEIZE, 1, NULL, NULL) == 0) {
    succeeded("process 1 was traced from a user namespace");
  }
  refused("a user namespace of the sandbox's own kernel opens nothing");
}

static void show_dock(const char *folder) {
  DIR *entries = opendir(folder);
  for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
    if (entry->d_name[0] != '.') {
      succeeded("%s shows %s", folder, entry->d_name);
    }
  }
}

/* The same with mounts: what covers the dock must not come off. */
static void namespace_user_mount(char **arguments) {
  make_user_namespace(CLONE_NEWNS);
  if (arguments[0] != NULL) {
    (void)mkdir("target", 0755);
    judge("a mount in a namespace of one's own", mount("none", "target", "tmpfs", 0, NULL));
  }
  (void)umount2("/dev/.atoll", MNT_DETACH);
  show_dock("/dev/.atoll");
  (void)mkdir("target", 0755);
  if (mount("/dev", "target", NULL, MS_BIND, NULL) == 0) {
    show_dock("target/.atoll");
  }
  if (umount2("/dev", MNT_DETACH) == 0) {
    show_dock("/dev");
  }
  if (umount2("/__modal", MNT_DETACH) == 0) {
    show_dock("/__modal");
  }
  refused("nothing that was covered shows in a mount namespace");
}

const struct probe namespace_probes[] = {
    {"namespace-mount", namespace_mount},
    {"namespace-network", namespace_network},
    {"namespace-clone3", namespace_clone},
    {"namespace-join", namespace_join},
    {"namespace-user", namespace_user},
    {"namespace-user-mount", namespace_user_mount},
    {NULL, NULL},
};
