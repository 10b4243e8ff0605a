package dev.atoll.linux;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an overlay mount is made of (Documentation/filesystems/overlayfs.rst of the kernel). Names
 * are absolute, or relative to the folder of the {@link DirectoryMounter} that mounts it: short
 * relative names let up to 500 lower folders fit into the 4,095 bytes that mount(2) takes.
 *
 * @param lower the lower folders, the uppermost first; at least one, at most 500
 * @param writable the folders that take changes; without them the mount can only be read
 * @param traits what else it is like
 */
public record Overlay(List<String> lower, Optional<Writable> writable, Set<Trait> traits) {
  /** The kernel's limit of lower folders. */
  public static final int MOST_LOWER = 500;

  private static final int MOST_BYTES = 4095;

  public Overlay {
    lower = List.copyOf(lower);
    traits = Set.copyOf(traits);
    if (lower.isEmpty() || lower.size() > MOST_LOWER) {
      throw new IllegalArgumentException(
          "an overlay takes 1 to " + MOST_LOWER + " lower folders, not " + lower.size());
    }
  }

  /** One whose folders are on the same file system. */
  public Overlay(List<String> lower, Optional<Writable> writable) {
    this(lower, writable, Set.of());
  }

  /** What an overlay may be like. */
  public enum Trait {
    /**
     * Its folders are on several file systems: inode numbers say which one they come from, so that
     * a file's stays the same when it is first written, and no two files have the same.
     */
    SEVERAL_FILE_SYSTEMS("xino=on"),
    /**
     * What is written need not survive the machine: fsync(2) and the like wait for nothing. Its
     * folders can't be mounted a second time.
     */
    VOLATILE("volatile");

    private final String option;

    Trait(String option) {
      this.option = option;
    }
  }

  /**
   * Where changes go.
   *
   * @param upper the folder that holds them
   * @param work an empty folder of the same file system, for the kernel's use
   */
  public record Writable(String upper, String work) {}

  /**
   * The options for mount(2). Renaming a lower folder works ({@code redirect_dir=on}); changes of
   * attributes copy the whole file, and no index is kept, so that an upper folder can become a
   * layer.
   *
   * @throws IllegalArgumentException when they are longer than 4,095 bytes
   */
  String options() {
    StringBuilder options = new StringBuilder("lowerdir=");
    for (int i = 0; i < lower.size(); i++) {
      options.append(i == 0 ? "" : ":").append(escape(lower.get(i)));
    }
    if (writable.isPresent()) {
      options.append(",upperdir=").append(escape(writable.get().upper()));
      options.append(",workdir=").append(escape(writable.get().work()));
      options.append(",redirect_dir=on,metacopy=off,index=off");
    } else {
      options.append(",redirect_dir=follow,metacopy=off");
    }
    traits.stream().sorted().forEach(trait -> options.append(',').append(trait.option));
    int bytes = options.toString().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MOST_BYTES) {
      throw new IllegalArgumentException(
          "the overlay's options need " + bytes + " bytes, the kernel takes " + MOST_BYTES);
    }
    return options.toString();
  }

  private static String escape(String name) {
    return name.replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,");
  }
}
