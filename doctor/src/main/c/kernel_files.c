#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "outcome.h"
#include "probes.h"

/* The first of the files that takes its own value decides. */
static void rewrite_any(const char *const *paths) {
  int error = ENOENT;
  for (; *paths != NULL; paths++) {
    if (rewrite(*paths) == 0) {
      succeeded("%s took a write", *paths);
    }
    error = errno == ENOENT ? error : errno;
  }
  refused("nothing took a write: %s", strerror(error));
}

#define REWRITES(function, ...)                             \
  static void function(char **arguments) {                  \
    static const char *const paths[] = {__VA_ARGS__, NULL}; \
    (void)arguments;                                        \
    rewrite_any(paths);                                     \
  }

REWRITES(core_pattern, "/proc/sys/kernel/core_pattern")
REWRITES(sysctl_kernel, "/proc/sys/kernel/modprobe", "/proc/sys/kernel/hotplug", "/proc/sys/kernel/panic",
         "/proc/sys/kernel/randomize_va_space", "/proc/sys/kernel/hostname", "/proc/sys/kernel/poweroff_cmd")
REWRITES(sysctl_memory, "/proc/sys/vm/overcommit_memory", "/proc/sys/vm/panic_on_oom", "/proc/sys/vm/swappiness",
         "/proc/sys/vm/mmap_min_addr")
REWRITES(sysctl_files, "/proc/sys/fs/file-max", "/proc/sys/fs/suid_dumpable", "/proc/sys/fs/protected_symlinks")
REWRITES(sysctl_users, "/proc/sys/user/max_user_namespaces", "/proc/sys/kernel/unprivileged_bpf_disabled",
         "/proc/sys/kernel/keys/maxkeys")
REWRITES(kernel_parameters, "/sys/kernel/uevent_helper", "/sys/kernel/fscaps", "/sys/kernel/mm/ksm/run",
         "/sys/kernel/mm/transparent_hugepage/enabled", "/sys/kernel/mm/transparent_hugepage/defrag")
REWRITES(module_parameters, "/sys/module/kernel/parameters/panic", "/sys/module/printk/parameters/time",
         "/sys/module/tcp_cubic/parameters/beta", "/sys/module/apparmor/parameters/mode")
REWRITES(power_state, "/sys/power/pm_freeze_timeout", "/sys/power/image_size", "/sys/power/pm_async", "/sys/power/sync_on_suspend")
REWRITES(irq, "/proc/irq/default_smp_affinity", "/proc/irq/0/smp_affinity")

/* Files whose writes act: they are only opened for one. */
static void open_any(const char *const *paths, int flags) {
  int error = ENOENT;
  for (; *paths != NULL; paths++) {
    if (open(*paths, flags | O_NONBLOCK | O_CLOEXEC) >= 0) {
      succeeded("%s could be opened", *paths);
    }
    error = errno == ENOENT ? error : errno;
  }
  refused("nothing could be opened: %s", strerror(error));
}

#define OPENS(function, flags, ...)                         \
  static void function(char **arguments) {                  \
    static const char *const paths[] = {__VA_ARGS__, NULL}; \
    (void)arguments;                                        \
    open_any(paths, flags);                                 \
  }

OPENS(sysrq, O_WRONLY, "/proc/sysrq-trigger")
OPENS(drop_caches, O_WRONLY, "/proc/sys/vm/drop_caches", "/proc/sys/vm/compact_memory")
OPENS(uevents, O_WRONLY, "/sys/class/net/lo/uevent", "/sys/class/mem/null/uevent", "/sys/devices/virtual/mem/null/uevent")
OPENS(bus_rescan, O_WRONLY, "/sys/bus/pci/rescan", "/sys/bus/platform/drivers_probe", "/sys/bus/cpu/drivers_probe")
OPENS(kernel_messages, O_RDONLY, "/proc/kmsg")

/* An argument: it is mounted first. */
static void binfmt(char **arguments) {
  static const char *const paths[] = {"/proc/sys/fs/binfmt_misc/register", "target/register", NULL};
  if (arguments[0] != NULL && (mkdir("target", 0755) != 0 || mount("none", "target", "binfmt_misc", 0, NULL) != 0)) {
    refused("mounting binfmt_misc: %s", strerror(errno));
  }
  open_any(paths, O_WRONLY);
}

/* Bytes of a file that tells of the whole machine. */
static void read_any(const char *const *paths) {
  char text[256];
  int error = ENOENT;
  for (; *paths != NULL; paths++) {
    long length = read_text(*paths, text, sizeof text);
    if (length > 0) {
      succeeded("%s could be read", *paths);
    }
    error = length == 0 || errno == ENOENT ? error : errno;
  }
  refused("nothing could be read: %s", strerror(error));
}

#define READS(function, ...)                                \
  static void function(char **arguments) {                  \
    static const char *const paths[] = {__VA_ARGS__, NULL}; \
    (void)arguments;                                        \
    read_any(paths);                                        \
  }

READS(kcore, "/proc/kcore")
READS(machine_state, "/proc/keys", "/proc/timer_list", "/proc/sched_debug", "/proc/interrupts", "/proc/latency_stats",
      "/proc/acpi/wakeup", "/proc/scsi/scsi", "/proc/vmallocinfo", "/proc/slabinfo", "/proc/pagetypeinfo")

static void debug_folders(char **arguments) {
  (void)arguments;
  static const char *const paths[] = {"/sys/kernel/debug", "/sys/kernel/tracing", "/sys/kernel/security", "/sys/fs/bpf",
                                      "/sys/firmware"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    DIR *folder = opendir(paths[i]);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
      if (entry->d_name[0] != '.') {
        succeeded("%s shows %s", paths[i], entry->d_name);
      }
    }
  }
  refused("the folders of debugging, tracing, security and firmware are empty or closed");
}

static void kernel_addresses(char **arguments) {
  (void)arguments;
  char text[4096];
  long length = read_text("/proc/kallsyms", text, sizeof text);
  if (length < 0) {
    refused("/proc/kallsyms: %s", strerror(errno));
  }
  for (char *line = text; line != NULL && *line != '\0'; line = strchr(line, '\n') != NULL ? strchr(line, '\n') + 1 : NULL) {
    if (strtoull(line, NULL, 16) > 0xffff) {
      succeeded("/proc/kallsyms tells addresses of the kernel");
    }
  }
  refused("/proc/kallsyms tells no address");
}

/* The way out of old privileged containers, and any limit of the own group. */
static void cgroup_files(const char *folder, int depth, const char *const *names) {
  char path[512];
  DIR *entries = opendir(folder);
  for (size_t i = 0; entries != NULL && names[i] != NULL; i++) {
    (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
      succeeded("%s could be opened for writing", path);
    }
  }
  for (struct dirent *entry; depth > 0 && entries != NULL && (entry = readdir(entries)) != NULL;) {
    if (entry->d_type == DT_DIR && entry->d_name[0] != '.') {
      (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
      cgroup_files(path, depth - 1, names);
    }
  }
  if (entries != NULL) {
    (void)closedir(entries);
  }
}

static void release_agent(char **arguments) {
  (void)arguments;
  static const char *const names[] = {"release_agent", NULL};
  cgroup_files("/sys/fs/cgroup", 1, names);
  refused("no release_agent can be written");
}

static void cgroup_limits(char **arguments) {
  (void)arguments;
  static const char *const names[] = {"cgroup.procs", "memory.max", "memory.limit_in_bytes", "pids.max", "devices.allow",
                                      "cpu.max", "cpu.cfs_quota_us", "freezer.state", "cgroup.freeze", NULL};
  cgroup_files("/sys/fs/cgroup", 2, names);
  refused("no control group's file can be written");
}

const struct probe kernel_file_probes[] = {
    {"proc-core-pattern", core_pattern},
    {"proc-sysrq-trigger", sysrq},
    {"proc-sys-kernel", sysctl_kernel},
    {"proc-sys-vm", sysctl_memory},
    {"proc-sys-fs", sysctl_files},
    {"proc-sys-limits", sysctl_users},
    {"proc-drop-caches", drop_caches},
    {"proc-binfmt-misc", binfmt},
    {"proc-irq", irq},
    {"proc-kcore", kcore},
    {"proc-kmsg", kernel_messages},
    {"proc-kallsyms", kernel_addresses},
    {"proc-machine-state", machine_state},
    {"sys-kernel", kernel_parameters},
    {"sys-module-parameters", module_parameters},
    {"sys-power", power_state},
    {"sys-uevent", uevents},
    {"sys-bus", bus_rescan},
    {"sys-debug", debug_folders},
    {"cgroup-release-agent", release_agent},
    {"cgroup-limits", cgroup_limits},
    {NULL, NULL},
};
