package dev.atoll.images.store;

import dev.atoll.images.layers.CopyAttributes;
import dev.atoll.images.layers.LayerLimits;
import dev.atoll.images.layers.TreeCopy;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.OpenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Recognises entries of a mounted root that come from the store and from no image, by their inode
 * numbers. The kernel shows an entry of a lower folder with its own number, whose highest bits say
 * where it is from when there are several file systems (Documentation/filesystems/overlayfs.rst,
 * inode properties).
 */
final class StoreEntries {
  /** No file system counts its files beyond that. */
  private static final long NUMBER = (1L << 56) - 1;

  private final Map<String, Long> inodes = new HashMap<>();

  private final LayerLimits limits;

  private StoreEntries(LayerLimits limits) {
    this.limits = limits;
  }

  static StoreEntries of(StoreParts parts, WritableOverlay.Surroundings surroundings)
      throws IOException {
    StoreEntries entries = new StoreEntries(parts.config().limits());
    Path layers = parts.folder().layers();
    entries.add(layers.resolve(surroundings.lowest()));
    Optional<String> trust = surroundings.trust();
    if (trust.isPresent()) {
      entries.add(layers.resolve(trust.get()));
    }
    return entries;
  }

  /** Folders of what lies above the layers count as the image's, but for the one of the bundle. */
  private void add(Path root) throws IOException {
    boolean above = TrustFolders.isName(String.valueOf(root.getFileName()));
    Path own = root.resolve(TrustFolders.FILE.substring(1)).getParent();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths.skip(1)::iterator) {
        if (!above || !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) || path.equals(own)) {
          Object number = Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
          inodes.put(root.relativize(path).toString(), ((Number) number).longValue());
        }
      }
    }
  }

  /**
   * Whether an entry is the store's.
   *
   * @param path relative to the root
   */
  boolean has(String path, FileStatus status) {
    Long number = inodes.get(path);
    return number != null && number == (status.inode() & NUMBER);
  }

  /**
   * Copies the image's own file to where one of the store's was left out.
   *
   * @param image its layers alone
   * @param path of the file in it
   * @param layer the copy
   * @param below path of the file in that
   */
  void restore(DirectoryDescriptor image, String path, DirectoryDescriptor layer, String below)
      throws LinuxException {
    int end = below.lastIndexOf('/');
    String folder = end < 0 ? "." : below.substring(0, end);
    try (OpenFile file = image.file(path, Resolve.NO_SYMLINKS);
        DirectoryDescriptor target = layer.directory(folder, Resolve.NO_SYMLINKS_NO_MOUNTS)) {
      FileStatus before = target.status();
      new TreeCopy(limits, CopyAttributes.same()).copyFile(file, target, below.substring(end + 1));
      target.setModified(before.seconds(), before.nanoseconds());
    }
  }
}
