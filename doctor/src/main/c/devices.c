#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "outcome.h"
#include "probes.h"

#define VSOCK 40

/* A node that names a driver: what opens it, or is told that there is no such driver, has reached the kernel's. */
static void make_node(const char *what, mode_t kind, unsigned major_number, unsigned minor_number) {
  if (mknod("node", kind | 0600, makedev(major_number, minor_number)) != 0) {
    refused("making %s: %s", what, strerror(errno));
  }
  int fd = open("node", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  int error = errno;
  (void)unlink("node");
  if (fd >= 0 || error == ENXIO || error == ENODEV) {
    succeeded("%s was made, and its driver reached", what);
  }
  refused("opening %s: %s", what, strerror(error));
}

static void device_node_block(char **arguments) {
  (void)arguments;
  make_node("a block device (7, 0)", S_IFBLK, 7, 0);
}

static void device_node_char(char **arguments) {
  (void)arguments;
  make_node("a character device (1, 11)", S_IFCHR, 1, 11);
}

/* The device as it is in /dev, else as a node that is made for it. */
static int reach(const char *path, unsigned major_number, unsigned minor_number, int flags) {
  int fd = open(path, flags | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 && mknod("node", S_IFCHR | 0600, makedev(major_number, minor_number)) == 0) {
    fd = open("node", flags | O_NONBLOCK | O_CLOEXEC);
    int error = errno;
    (void)unlink("node");
    errno = error;
  }
  return fd;
}

static void device_memory(char **arguments) {
  (void)arguments;
  judge("opening /dev/mem", reach("/dev/mem", 1, 1, O_RDONLY));
}

static void device_kernel_messages(char **arguments) {
  (void)arguments;
  judge("opening /dev/kmsg", reach("/dev/kmsg", 1, 11, O_RDONLY));
}

static void device_loop(char **arguments) {
  (void)arguments;
  judge("opening /dev/loop-control", reach("/dev/loop-control", 10, 237, O_RDWR));
}

static void device_fuse(char **arguments) {
  (void)arguments;
  judge("opening /dev/fuse", reach("/dev/fuse", 10, 229, O_RDWR));
}

static void device_kvm(char **arguments) {
  (void)arguments;
  judge("opening /dev/kvm", reach("/dev/kvm", 10, 232, O_RDWR));
}

static void device_tun(char **arguments) {
  (void)arguments;
  struct ifreq request = {.ifr_name = "attack0"};
  int fd = reach("/dev/net/tun", 10, 200, O_RDWR);
  if (fd < 0) {
    refused("opening /dev/net/tun: %s", strerror(errno));
  }
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  judge("making a network link by /dev/net/tun", ioctl(fd, TUNSETIFF, &request));
}

static void device_disks(char **arguments) {
  (void)arguments;
  DIR *folder = opendir("/dev");
  struct stat status;
  for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
    if (fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISBLK(status.st_mode)) {
      int fd = openat(dirfd(folder), entry->d_name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
      if (fd >= 0) {
        succeeded("the disk /dev/%s could be opened", entry->d_name);
      }
    }
  }
  refused("/dev has no disk that could be opened");
}

static void kernel_log(char **arguments) {
  (void)arguments;
  static char text[1 << 16];
  int length = klogctl(3, text, sizeof text - 1);
  if (length < 0) {
    refused("reading the kernel's log: %s", strerror(errno));
  }
  /* gVisor makes up a log of its own. */
  if (strstr(text, "Starting gVisor") != NULL) {
    refused("the log is that of the sandbox's own kernel");
  }
  succeeded("%d bytes of the kernel's log were read", length);
}

static void vsock(char **arguments) {
  (void)arguments;
  judge("a socket to the machine's hypervisor (AF_VSOCK)", socket(VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

const struct probe device_probes[] = {
    {"device-node-block", device_node_block},
    {"device-node-char", device_node_char},
    {"device-memory", device_memory},
    {"device-kernel-messages", device_kernel_messages},
    {"device-loop", device_loop},
    {"device-fuse", device_fuse},
    {"device-kvm", device_kvm},
    {"device-tun", device_tun},
    {"device-disks", device_disks},
    {"kernel-log", kernel_log},
    {"socket-vsock", vsock},
    {NULL, NULL},
};
