#include "sync.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answer.h"
#include "descriptors.h"
#include "identity.h"

enum { SYNCS_MAX = 8 };

static struct {
  pid_t pid; /* 0: free */
  uint32_t request;
} syncs[SYNCS_MAX];

void sync_start(uint32_t request) {
  int error = EAGAIN;
  for (int i = 0; i < SYNCS_MAX; i++) {
    if (syncs[i].pid != 0) {
      continue;
    }
    pid_t pid = fork();
    if (pid == 0) {
      descriptors_close_from(0);
      (void)identity_drop_capabilities();
      sync();
      _exit(0);
    }
    if (pid > 0) {
      syncs[i].pid = pid;
      syncs[i].request = request;
      return;
    }
    error = errno;
    break;
  }
  answer_done(request, error, "sync");
}

bool sync_reaped(pid_t pid, int status) {
  for (int i = 0; i < SYNCS_MAX; i++) {
    if (syncs[i].pid == pid) {
      syncs[i].pid = 0;
      /* Only a user with the cell's own uid 0 can have killed it. */
      answer_done(syncs[i].request, WIFEXITED(status) ? 0 : EINTR, "sync");
      return true;
    }
  }
  return false;
}
