package dev.atoll.linux;

/** Properties of this process (prctl(2)). */
public final class Prctl {
  private static final long PR_SET_CHILD_SUBREAPER = 36;

  private Prctl() {}

  /**
   * Makes this process the parent of its orphaned descendants (PR_SET_CHILD_SUBREAPER), so that it
   * can wait for them with {@link ProcessDescriptor}. It holds for the whole process, for ever.
   */
  public static void becomeSubreaper() throws LinuxException {
    SystemCall.call(
        SystemCallNumber.PRCTL, "PR_SET_CHILD_SUBREAPER", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  }
}
