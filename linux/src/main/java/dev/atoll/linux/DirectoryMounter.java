package dev.atoll.linux;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Mounts overlays whose names are relative to one folder. It owns a platform thread that has a
 * current directory of its own (unshare(2) with CLONE_FS), because the process's may not move. The
 * folder's file system can't be unmounted before {@link #close()}. Thread-safe; calls take turns.
 */
public final class DirectoryMounter implements AutoCloseable {
  private static final long CLONE_FS = 0x200;

  private final ExecutorService thread;

  private DirectoryMounter(ExecutorService thread) {
    this.thread = thread;
  }

  /** Opens a mounter for names that are relative to the folder. */
  public static DirectoryMounter open(Path directory) throws LinuxException, InterruptedException {
    DirectoryMounter mounter =
        new DirectoryMounter(
            Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("mounter " + directory).factory()));
    try {
      mounter.run(() -> enter(directory));
    } catch (LinuxException | InterruptedException | RuntimeException e) {
      mounter.close();
      throw e;
    }
    return mounter;
  }

  /**
   * Mounts an overlay.
   *
   * @param target an absolute path, or one relative to the folder
   * @throws LinuxException when the kernel refuses
   * @throws IllegalArgumentException when the options are too long for the kernel
   */
  public void mount(Overlay overlay, Path target) throws LinuxException, InterruptedException {
    mount("overlay", overlay, target, 0);
  }

  /**
   * Mounts an overlay under a name of its own.
   *
   * @param source the word that {@link MountInfo#source()} shows, so that its owner finds it again
   * @param flags a sum of the MS_ constants of {@link Mounts}
   */
  public void mount(String source, Overlay overlay, Path target, long flags)
      throws LinuxException, InterruptedException {
    String options = overlay.options();
    run(() -> Mounts.mount(source, target.toString(), "overlay", flags, options));
  }

  /** Ends the thread. What was mounted stays. */
  @Override
  public void close() {
    thread.close();
  }

  private static void enter(Path directory) throws LinuxException {
    SystemCall.call(SystemCallNumber.UNSHARE, "CLONE_FS", CLONE_FS);
    try (Arena arena = Arena.ofConfined()) {
      SystemCall.call(
          SystemCallNumber.CHDIR,
          directory.toString(),
          SystemCall.string(arena, directory.toString()));
    }
  }

  private void run(Step step) throws LinuxException, InterruptedException {
    Future<?> done =
        thread.submit(
            () -> {
              step.run();
              return null;
            });
    try {
      done.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case LinuxException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case null, default -> throw new AssertionError(e);
      }
    }
  }

  private interface Step {
    void run() throws LinuxException;
  }
}
