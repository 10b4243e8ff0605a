#include "stash.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "die.h"

/* The kernel's SCM_MAX_FD is 253. */
enum { FIXED = 4, DESCRIPTORS_MAX = FIXED + STASH_MOUNTS_MAX };

static int ends[2] = {-1, -1};

union control {
  char bytes[CMSG_SPACE(sizeof(int) * DESCRIPTORS_MAX)];
  struct cmsghdr align;
};

int stash_open(const char *socket_folder, const char *proc) {
  struct stash stash = {.dock = -1, .hidden = -1};
  stash.socket_folder = open(socket_folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  stash.proc = open(proc, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (stash.socket_folder < 0 || stash.proc < 0 ||
      socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
    return -1;
  }
  stash_put(&stash);
  return 0;
}

void stash_put(struct stash *stash) {
  int all[DESCRIPTORS_MAX];
  int present = 2 + (stash->dock >= 0) + (stash->hidden >= 0);
  all[0] = stash->socket_folder;
  all[1] = stash->proc;
  all[2] = stash->dock;
  all[3] = stash->hidden;
  memcpy(all + present, stash->mounts, sizeof(int) * (size_t)stash->mount_count);
  size_t size = sizeof(int) * (size_t)(present + stash->mount_count);
  union control control = {0};
  char count = (char)present;
  struct iovec body = {&count, 1};
  struct msghdr message = {
      .msg_iov = &body, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = (socklen_t)CMSG_SPACE(size)};
  struct cmsghdr *header = (struct cmsghdr *)(void *)control.bytes;
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = (socklen_t)CMSG_LEN(size);
  memcpy(CMSG_DATA(header), all, size);
  if (sendmsg(ends[0], &message, MSG_NOSIGNAL) != 1) {
    die("the descriptors can't be put away");
  }
  for (size_t i = 0; i < size / sizeof(int); i++) {
    (void)close(all[i]);
  }
}

int stash_take(struct stash *stash) {
  int all[DESCRIPTORS_MAX];
  union control control = {0};
  char present;
  struct iovec body = {&present, 1};
  struct msghdr message = {
      .msg_iov = &body, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  if (recvmsg(ends[1], &message, MSG_CMSG_CLOEXEC) != 1) {
    return -1;
  }
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header == NULL || (message.msg_flags & MSG_CTRUNC) != 0) {
    die("the descriptors can't be taken out");
  }
  size_t size = header->cmsg_len - CMSG_LEN(0);
  memcpy(all, CMSG_DATA(header), size);
  stash->socket_folder = all[0];
  stash->proc = all[1];
  stash->dock = present > 2 ? all[2] : -1;
  stash->hidden = present > 3 ? all[3] : -1;
  stash->mount_count = (int)(size / sizeof(int)) - present;
  memcpy(stash->mounts, all + present, sizeof(int) * (size_t)stash->mount_count);
  return 0;
}
