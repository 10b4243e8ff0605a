#include "identity.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct sock_filter filter[SECCOMP_MAX];
static unsigned short filter_count;
static uint64_t user_capabilities;

static const uint64_t refused =
    UINT64_C(1) << CAP_SYS_ADMIN | UINT64_C(1) << CAP_SYS_PTRACE | UINT64_C(1) << CAP_SYS_MODULE;

static int set_capabilities(uint64_t set) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {
      {(uint32_t)set, (uint32_t)set, 0},
      {(uint32_t)(set >> 32), (uint32_t)(set >> 32), 0},
  };
  return (int)syscall(SYS_capset, &header, data);
}

int identity_drop_capabilities(void) { return set_capabilities(0); }

int identity_set_policy(uint64_t capabilities, const uint8_t *seccomp, size_t seccomp_count) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct own[2];
  if ((capabilities & refused) != 0) {
    errno = EPERM;
    return -1;
  }
  if (syscall(SYS_capget, &header, own) != 0) {
    return -1;
  }
  user_capabilities = capabilities & (own[0].permitted | (uint64_t)own[1].permitted << 32);
  /* The agent's own sets don't depend on the bounding set, so it is cut once and every child inherits it. */
  for (int capability = 0; capability < 64; capability++) {
    int present = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
    if (present < 0) {
      break;
    }
    if (present == 1 && (user_capabilities >> capability & 1) == 0 &&
        prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) {
      return -1;
    }
  }
  _Static_assert(sizeof(struct sock_filter) == 8, "the wire's size of an instruction");
  if (seccomp_count > 0) {
    memcpy(filter, seccomp, seccomp_count * sizeof filter[0]);
  }
  filter_count = (unsigned short)seccomp_count;
  return 0;
}

int identity_assume(const struct exec_request *request, const char **step) {
  *step = "identity";
  if (syscall(SYS_setgroups, request->group_count, request->groups) != 0 ||
      syscall(SYS_setresgid, request->gid, request->gid, request->gid) != 0 ||
      syscall(SYS_setresuid, request->uid, request->uid, request->uid) != 0 ||
      set_capabilities(request->uid == 0 ? user_capabilities : 0) != 0 ||
      prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return -1;
  }
  *step = "seccomp";
  struct sock_fprog program = {filter_count, filter};
  return filter_count == 0 ? 0 : prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}
