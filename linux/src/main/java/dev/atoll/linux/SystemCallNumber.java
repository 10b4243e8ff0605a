package dev.atoll.linux;

/** System call numbers: x86-64 (asm/unistd_64.h) and AArch64 (asm-generic/unistd.h). */
enum SystemCallNumber {
  MOUNT(165, 40),
  UMOUNT2(166, 39);

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
