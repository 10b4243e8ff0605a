#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "files.h"
#include "outcome.h"
#include "probes.h"

#define NOBODY 1000

static uint64_t status_bits(const char *name) {
  char text[8192];
  if (read_text("/proc/self/status", text, sizeof text) < 0) {
    return 0;
  }
  const char *line = strstr(text, name);
  return line == NULL ? 0 : strtoull(line + strlen(name), NULL, 16);
}

/* What the copy runs as another user. */
static void report(char **arguments) {
  (void)arguments;
  if (geteuid() == 0) {
    succeeded("another user became root by a setuid program");
  }
  if (status_bits("CapEff:") != 0) {
    succeeded("another user got capabilities by a program's");
  }
  refused("the program ran with no more than its user had");
}

static _Noreturn void run_as_nobody(const char *program) {
  char *words[] = {(char *)(uintptr_t)program, (char *)(uintptr_t) "identity-report", NULL};
  if (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0) {
    refused("becoming another user: %s", strerror(errno));
  }
  (void)execv(program, words);
  refused("executing the program: %s", strerror(errno));
}

static void setuid_file(char **arguments) {
  (void)arguments;
  (void)chmod(".", 0755);
  if (copy_self("program", 04755) != 0) {
    refused("making a setuid program: %s", strerror(errno));
  }
  run_as_nobody("./program");
}

static void file_capability(char **arguments) {
  (void)arguments;
  (void)chmod(".", 0755);
  struct vfs_cap_data capability = {.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE};
  capability.data[0].permitted = 1U << CAP_NET_RAW;
  if (copy_self("program", 0755) != 0 ||
      setxattr("program", "security.capability", &capability, sizeof capability, 0) != 0) {
    refused("giving a program capabilities: %s", strerror(errno));
  }
  run_as_nobody("./program");
}

static void capability_raise(char **arguments) {
  (void)arguments;
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2] = {{0}, {0}};
  if (syscall(SYS_capget, &header, data) != 0) {
    refused("capget: %s", strerror(errno));
  }
  data[0].permitted |= 1U << CAP_SYS_ADMIN;
  data[0].effective |= 1U << CAP_SYS_ADMIN;
  judge("taking CAP_SYS_ADMIN", syscall(SYS_capset, &header, data));
}

static void capability_bounds(char **arguments) {
  (void)arguments;
  static const int dangerous[] = {CAP_SYS_ADMIN,  CAP_SYS_PTRACE, CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_NET_ADMIN,
                                  CAP_SYS_BOOT,   CAP_SYS_TIME,   CAP_SYSLOG,     CAP_BPF,       CAP_DAC_READ_SEARCH,
                                  CAP_MAC_ADMIN,  CAP_PERFMON,    CAP_SYS_NICE,   CAP_SYS_RESOURCE};
  uint64_t bounds = status_bits("CapBnd:");
  for (size_t i = 0; i < sizeof dangerous / sizeof *dangerous; i++) {
    if ((bounds >> dangerous[i] & 1) != 0) {
      succeeded("the bounding set has capability %d", dangerous[i]);
    }
  }
  refused("the bounding set 0x%llx has no capability over the machine", (unsigned long long)bounds);
}

static void no_new_privileges(char **arguments) {
  (void)arguments;
  if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) {
    succeeded("no_new_privs is not set");
  }
  (void)prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0);
  if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) {
    succeeded("no_new_privs can be cleared");
  }
  refused("no_new_privs is set and stays");
}

const struct probe identity_probes[] = {
    {"identity-report", report},
    {"setuid-file", setuid_file},
    {"file-capability", file_capability},
    {"capability-raise", capability_raise},
    {"capability-bounds", capability_bounds},
    {"no-new-privileges", no_new_privileges},
    {NULL, NULL},
};
