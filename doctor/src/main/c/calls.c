#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/quota.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

#include "outcome.h"
#include "probes.h"

int acct(const char *file);

static void call_bpf(char **arguments) {
  (void)arguments;
  union bpf_attr attributes = {0};
  attributes.map_type = BPF_MAP_TYPE_HASH;
  attributes.key_size = 4;
  attributes.value_size = 4;
  attributes.max_entries = 1;
  judge("making a BPF map", syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes));
}

static void call_perf_event(char **arguments) {
  (void)arguments;
  struct perf_event_attr attributes = {.type = PERF_TYPE_SOFTWARE, .size = sizeof attributes, .config = PERF_COUNT_SW_CPU_CLOCK};
  attributes.disabled = 1;
  judge("opening a performance event", syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0));
}

static void call_userfaultfd(char **arguments) {
  (void)arguments;
  judge("userfaultfd", syscall(SYS_userfaultfd, O_CLOEXEC));
}

static void call_io_uring(char **arguments) {
  (void)arguments;
  struct io_uring_params parameters = {0};
  judge("making an io_uring", syscall(SYS_io_uring_setup, 1, &parameters));
}

static void call_kexec(char **arguments) {
  (void)arguments;
  /* Flags that no kernel takes: EINVAL comes after the permission check. */
  judge_beyond("kexec_load", syscall(SYS_kexec_load, 0UL, 0UL, NULL, 0xffffUL), EINVAL);
}

static void call_init_module(char **arguments) {
  (void)arguments;
  judge_beyond("init_module", syscall(SYS_init_module, "", 0UL, ""), ENOEXEC);
}

static void call_finit_module(char **arguments) {
  (void)arguments;
  judge_beyond("finit_module", syscall(SYS_finit_module, -1, "", 0), EBADF);
}

static void call_delete_module(char **arguments) {
  (void)arguments;
  judge_beyond("delete_module", syscall(SYS_delete_module, "atoll-no-such-module", O_NONBLOCK), ENOENT);
}

static void keyring_add(char **arguments) {
  (void)arguments;
  judge("adding a key", syscall(SYS_add_key, "user", "atoll", "x", 1UL, KEY_SPEC_PROCESS_KEYRING));
}

/* User keyrings belong to a user number, whatever the container. */
static void keyring_user(char **arguments) {
  (void)arguments;
  judge("finding the user's keyring", syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1));
}

static void call_reboot(char **arguments) {
  (void)arguments;
  /* Wrong magic numbers: EINVAL comes after the permission check. */
  judge_beyond("reboot", syscall(SYS_reboot, 0, 0, 0, NULL), EINVAL);
}

static void call_clock(char **arguments) {
  (void)arguments;
  struct timex clock = {0};
  if (adjtimex(&clock) < 0) {
    refused("reading the clock's state: %s", strerror(errno));
  }
  clock.modes = ADJ_STATUS;
  judge("adjusting the clock", adjtimex(&clock));
}

static void call_swapon(char **arguments) {
  (void)arguments;
  judge_beyond("swapon", swapon("/atoll/no/such/file", 0), ENOENT);
}

static void call_acct(char **arguments) {
  (void)arguments;
  judge_beyond("acct", acct("/atoll/no/such/file"), ENOENT);
}

static void call_quotactl(char **arguments) {
  (void)arguments;
  judge_beyond("quotactl", syscall(SYS_quotactl, QCMD(Q_QUOTAON, USRQUOTA), "/atoll/no/such/device", 0, ""), ENOENT);
}

static void call_sethostname(char **arguments) {
  (void)arguments;
  char name[256] = "";
  (void)gethostname(name, sizeof name - 1);
  judge("setting the host's name", sethostname(name, strlen(name)));
}

static void call_fanotify(char **arguments) {
  (void)arguments;
  /* FAN_CLASS_PRE_CONTENT: it would decide over the opens of others. */
  judge("watching a file system with fanotify", syscall(SYS_fanotify_init, 0x8U, O_RDONLY));
}

static void raise_limits(char **arguments) {
  (void)arguments;
  struct rlimit limit = {1UL << 40, 1UL << 40};
  if (setrlimit(RLIMIT_FSIZE, &limit) != 0) {
    refused("lowering a limit: %s", strerror(errno));
  }
  limit.rlim_max += 1;
  judge("raising a hard limit", setrlimit(RLIMIT_FSIZE, &limit));
}

static void real_time(char **arguments) {
  (void)arguments;
  struct sched_param parameters = {.sched_priority = 1};
  /* musl's own function refuses without asking. */
  judge("becoming a real-time process", syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &parameters));
}

#ifdef __x86_64__
static void call_ioperm(char **arguments) {
  (void)arguments;
  judge("access to I/O ports", syscall(SYS_ioperm, 0x80UL, 1UL, 1));
}

/* unshare(CLONE_NEWUTS) by the gate of 32-bit programs, which a filter may have forgotten. */
static void compatible_calls(char **arguments) {
  (void)arguments;
  int ends[2];
  int result = -1000;
  if (pipe(ends) != 0) {
    refused("pipe: %s", strerror(errno));
  }
  pid_t child = fork();
  if (child == 0) {
    int answer;
    __asm__ volatile("int $0x80" : "=a"(answer) : "a"(310), "b"(0x04000000) : "memory", "cc", "r8", "r9", "r10", "r11");
    (void)!write(ends[1], &answer, sizeof answer);
    _exit(0);
  }
  (void)close(ends[1]);
  if (read(ends[0], &result, sizeof result) != sizeof result) {
    refused("32-bit system calls are not there");
  }
  (void)waitpid(child, NULL, 0);
  errno = -result;
  judge("a new namespace by a 32-bit system call", result == 0 ? 0 : -1);
}
#else
static void call_ioperm(char **arguments) {
  (void)arguments;
  refused("this architecture has no I/O ports");
}

static void compatible_calls(char **arguments) {
  (void)arguments;
  refused("32-bit system calls of this architecture have the same gate");
}
#endif

const struct probe call_probes[] = {
    {"call-bpf", call_bpf},
    {"call-perf-event-open", call_perf_event},
    {"call-userfaultfd", call_userfaultfd},
    {"call-io-uring", call_io_uring},
    {"call-kexec", call_kexec},
    {"call-init-module", call_init_module},
    {"call-finit-module", call_finit_module},
    {"call-delete-module", call_delete_module},
    {"keyring-add", keyring_add},
    {"keyring-user", keyring_user},
    {"call-reboot", call_reboot},
    {"call-clock", call_clock},
    {"call-swapon", call_swapon},
    {"call-acct", call_acct},
    {"call-quotactl", call_quotactl},
    {"call-sethostname", call_sethostname},
    {"call-fanotify", call_fanotify},
    {"call-ioperm", call_ioperm},
    {"call-compatible", compatible_calls},
    {"limit-raise", raise_limits},
    {"limit-real-time", real_time},
    {NULL, NULL},
};
