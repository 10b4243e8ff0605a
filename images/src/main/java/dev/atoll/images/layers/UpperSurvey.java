package dev.atoll.images.layers;

import dev.atoll.errors.AtollException;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.LinuxException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Tells what {@link UpperCopy} will make of an upper folder, and refuses what that would refuse:
 * files aren't read, so it takes microseconds for each. Nothing may write to the folder meanwhile.
 * Single use.
 */
public final class UpperSurvey {
  private final LayerTally tally;
  private final Runnable check;
  private final Set<Long> linked = new HashSet<>();

  /**
   * Surveys within the limits.
   *
   * @param check is asked before each entry, and throws when nobody wants the layer any more
   */
  public UpperSurvey(LayerLimits limits, Runnable check) {
    this.tally = new LayerTally(limits);
    this.check = check;
  }

  /** Does it. Interruptible between two entries. */
  public LayerContents contents(DirectoryDescriptor upper)
      throws LinuxException, InterruptedException {
    folder(upper, 0);
    return tally.contents(false);
  }

  private void folder(DirectoryDescriptor folder, int depth)
      throws LinuxException, InterruptedException {
    if (depth > TreeCopy.MOST_DEPTH) {
      throw AtollException.invalid(
          "what was written has more than %d folders in each other", TreeCopy.MOST_DEPTH);
    }
    for (String name : folder.names()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      check.run();
      Optional<FileStatus> status = folder.find(name);
      if (status.isPresent()) {
        tally.entry();
        if (status.get().isDirectory()) {
          try (DirectoryDescriptor child = folder.directory(name, Resolve.NO_SYMLINKS_NO_MOUNTS)) {
            folder(child, depth + 1);
          }
        } else if (status.get().isRegular()
            && (status.get().links() == 1 || linked.add(status.get().inode()))) {
          tally.bytes(status.get().size());
        }
      }
    }
  }
}
