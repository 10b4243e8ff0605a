package dev.atoll.linux;

/** System call numbers: x86-64 (asm/unistd_64.h) and AArch64 (asm-generic/unistd.h). */
enum SystemCallNumber {
  CHDIR(80, 49),
  CLOSE(3, 57),
  EPOLL_CREATE1(291, 20),
  EPOLL_CTL(233, 21),
  EPOLL_PWAIT(281, 22),
  EVENTFD2(290, 19),
  KILL(62, 129),
  MEMFD_CREATE(319, 279),
  MOUNT(165, 40),
  MOUNT_SETATTR(442, 442),
  MOVE_MOUNT(429, 429),
  OPENAT(257, 56),
  OPEN_TREE(428, 428),
  PIDFD_OPEN(434, 434),
  PIDFD_SEND_SIGNAL(424, 424),
  PRCTL(157, 167),
  UMOUNT2(166, 39),
  UNSHARE(272, 97),
  WAIT4(61, 260),
  WRITE(1, 64);

  private static final boolean AARCH64 = System.getProperty("os.arch").equals("aarch64");

  private final int x86;
  private final int aarch64;

  SystemCallNumber(int x86, int aarch64) {
    this.x86 = x86;
    this.aarch64 = aarch64;
  }

  int value() {
    return AARCH64 ? aarch64 : x86;
  }
}
