package dev.atoll.worker.task;

/**
 * The program in every sandbox that clients run for their filesystem helpers. They read its output
 * only after its end, so that all of it has to be kept.
 */
final class FilesystemTool {
  static final String PATH = "/__modal/.bin/modal-sandbox-fs-tools";

  /** The largest file that it reads, and some room. */
  static final long MOST_OUTPUT = (5L << 30) + (1 << 20);

  private FilesystemTool() {}

  static boolean isRunBy(ExecRequest request) {
    return !request.program().isEmpty() && request.program().getFirst().equals(PATH);
  }
}
