package dev.atoll.linux;

/** System call numbers: x86-64 (asm/unistd_64.h) and AArch64 (asm-generic/unistd.h). */
enum SystemCallNumber {
  CHDIR(80, 49),
  CLOSE(3, 57),
  COPY_FILE_RANGE(326, 285),
  EPOLL_CREATE1(291, 20),
  EPOLL_CTL(233, 21),
  EPOLL_PWAIT(281, 22),
  EVENTFD2(290, 19),
  FCHMOD(91, 52),
  FCHMODAT(268, 53),
  FCHOWN(93, 55),
  FCHOWNAT(260, 54),
  FCNTL(72, 25),
  FGETXATTR(193, 10),
  FLISTXATTR(196, 13),
  FREMOVEXATTR(199, 16),
  FSETXATTR(190, 7),
  FTRUNCATE(77, 46),
  GETDENTS64(217, 61),
  IOCTL(16, 29),
  KILL(62, 129),
  LINKAT(265, 37),
  LSEEK(8, 62),
  MEMFD_CREATE(319, 279),
  MKDIRAT(258, 34),
  MKNODAT(259, 33),
  MOUNT(165, 40),
  MOUNT_SETATTR(442, 442),
  MOVE_MOUNT(429, 429),
  OPENAT(257, 56),
  OPENAT2(437, 437),
  OPEN_TREE(428, 428),
  PIDFD_OPEN(434, 434),
  PIDFD_SEND_SIGNAL(424, 424),
  PRCTL(157, 167),
  PWRITE64(18, 68),
  READ(0, 63),
  READLINKAT(267, 78),
  RENAMEAT2(316, 276),
  SENDFILE(40, 71),
  STATX(332, 291),
  SYMLINKAT(266, 36),
  SYNCFS(306, 267),
  UMOUNT2(166, 39),
  UNLINKAT(263, 35),
  UNSHARE(272, 97),
  UTIMENSAT(280, 88),
  WAIT4(61, 260),
  WAITID(247, 95),
  WRITE(1, 64);

  static final boolean AARCH64 = System.getProperty("os.arch").equals("aarch64");

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
