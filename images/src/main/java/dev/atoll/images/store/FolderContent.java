package dev.atoll.images.store;

import dev.atoll.errors.AtollException;
import dev.atoll.images.layers.UpperCopy;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.Errno;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.RawNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What of a folder of a mounted file system belongs to a snapshot of it. Single use. */
final class FolderContent implements UpperCopy.Omission {
  private final ImageAssembler assembler;
  private final List<LayerRecord> layers;
  private final String path;
  private final String prefix;
  private final StoreEntries ours;
  private final List<String> bundles = new ArrayList<>();

  /**
   * The content of a folder.
   *
   * @param layers of the image below
   * @param surroundings what is not of the image
   * @param path of the folder, relative to the root, raw
   */
  FolderContent(
      StoreParts parts,
      ImageAssembler assembler,
      List<LayerRecord> layers,
      WritableOverlay.Surroundings surroundings,
      String path)
      throws IOException {
    this.assembler = assembler;
    this.layers = layers;
    this.path = path;
    this.prefix = path.isEmpty() ? "" : path + "/";
    this.ours = StoreEntries.of(parts, surroundings);
  }

  /** Opens the folder, when nobody moves it any more. */
  DirectoryDescriptor open(DirectoryDescriptor root) throws LinuxException {
    try {
      return root.directory(path.isEmpty() ? "." : path, Resolve.NO_SYMLINKS_NO_MOUNTS);
    } catch (LinuxException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ELOOP) {
        throw AtollException.notFound(
            "the folder '%s' was moved while its snapshot was made", RawNames.text(path));
      }
      throw e;
    }
  }

  @Override
  public boolean omits(String below, FileStatus status) {
    boolean omitted = ours.has(prefix + below, status);
    if (omitted && status.isSymlink()) {
      bundles.add(below);
    }
    return omitted;
  }

  /** Below the store's links are the image's own bundles of CA certificates. */
  void restore(DirectoryDescriptor layer) throws IOException {
    if (!bundles.isEmpty()) {
      try (ImageView image = assembler.view(layers)) {
        for (String bundle : bundles) {
          ours.restore(image.root(), prefix + bundle, layer, bundle);
        }
      }
    }
  }
}
