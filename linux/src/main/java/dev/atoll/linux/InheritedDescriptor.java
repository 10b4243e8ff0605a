package dev.atoll.linux;

/** File descriptors that this process was started with. */
public final class InheritedDescriptor {
  private static final int F_SETFD = 2;
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int FD_CLOEXEC = 1;
  private static final int O_NONBLOCK = 0x800;

  private InheritedDescriptor() {}

  /**
   * Has calls on it return instead of waiting, and keeps it from programs that are started
   * (fcntl(2): O_NONBLOCK, FD_CLOEXEC). The former holds for every process that shares the open
   * file.
   *
   * @throws LinuxException with EBADF when there is none of this number
   */
  public static void makeOwn(int number) throws LinuxException {
    String name = "descriptor " + number;
    long flags = SystemCall.call(SystemCallNumber.FCNTL, name, number, F_GETFL, 0);
    SystemCall.call(SystemCallNumber.FCNTL, name, number, F_SETFL, flags | O_NONBLOCK);
    SystemCall.call(SystemCallNumber.FCNTL, name, number, F_SETFD, FD_CLOEXEC);
  }
}
