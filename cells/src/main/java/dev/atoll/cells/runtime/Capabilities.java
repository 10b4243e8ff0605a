package dev.atoll.cells.runtime;

/** Sets of capabilities (capabilities(7)) as bit masks. */
public final class Capabilities {
  private static final int CHOWN = 0;
  private static final int DAC_OVERRIDE = 1;
  private static final int FOWNER = 3;
  private static final int FSETID = 4;
  private static final int KILL = 5;
  private static final int SETGID = 6;
  private static final int SETUID = 7;
  private static final int SETPCAP = 8;
  private static final int NET_BIND_SERVICE = 10;
  private static final int NET_RAW = 13;
  private static final int SYS_CHROOT = 18;
  private static final int MKNOD = 27;
  private static final int AUDIT_WRITE = 29;
  private static final int SETFCAP = 31;

  /** What user processes may hold in both tiers: Docker's default set. */
  public static final long OF_USERS =
      mask(
          CHOWN,
          DAC_OVERRIDE,
          FOWNER,
          FSETID,
          KILL,
          SETGID,
          SETUID,
          SETPCAP,
          NET_BIND_SERVICE,
          NET_RAW,
          SYS_CHROOT,
          MKNOD,
          AUDIT_WRITE,
          SETFCAP);

  private Capabilities() {}

  private static long mask(int... capabilities) {
    long mask = 0;
    for (int capability : capabilities) {
      mask |= 1L << capability;
    }
    return mask;
  }
}
