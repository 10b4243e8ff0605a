package dev.atoll.images.layers;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.tar.TarEntry;
import dev.atoll.images.tar.TarWriter;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.OpenFile;
import dev.atoll.linux.OpenNode;
import dev.atoll.linux.RawNames;
import dev.atoll.linux.TransferBuffer;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a layer's folder as an archive (OCI image spec, layer filesystem changeset): what {@link
 * LayerWriter} reads, and always the same bytes. Overlay's marks become whiteouts; a folder that
 * was renamed, which an archive can't say, is written with all that it shows. Single use.
 */
public final class LayerArchive {
  private static final int BUFFER = 256 * 1024;
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";

  private final TarWriter tar;
  private final Whole whole;
  private final byte[] bytes = new byte[BUFFER];
  private final Map<Inode, String> linked = new HashMap<>();

  private record Inode(long device, long number) {}

  /** The image up to the layer, mounted. */
  @FunctionalInterface
  public interface Whole {
    /** Its root; stays open, and the caller's. */
    DirectoryDescriptor root() throws IOException;
  }

  /**
   * Writes to an archive, which is finished.
   *
   * @param whole is asked when the layer shows something of the layers below in another place
   */
  public LayerArchive(TarWriter tar, Whole whole) {
    this.tar = tar;
    this.whole = whole;
  }

  /**
   * Writes all of it. Interruptible.
   *
   * @param hidesLower whether nothing of the layers below shows
   * @throws AtollException FAILED_PRECONDITION when it has a name that means something else in an
   *     archive
   */
  public void write(DirectoryDescriptor layer, boolean hidesLower)
      throws IOException, InterruptedException {
    folder(layer, "", hidesLower, true, 0);
    tar.finish();
  }

  private void folder(
      DirectoryDescriptor folder, String path, boolean opaque, boolean marks, int depth)
      throws IOException, InterruptedException {
    if (depth > TreeCopy.MOST_DEPTH) {
      throw AtollException.invalid(
          "the layer has more than %d folders in each other", TreeCopy.MOST_DEPTH);
    }
    FileStatus status = folder.status();
    tar.begin(
        entry(
            TarEntry.Type.DIRECTORY,
            path.isEmpty() ? "./" : path + "/",
            "",
            status,
            attributes(folder)));
    if (opaque) {
      tar.begin(mark(join(path, OPAQUE)));
    }
    List<String> names = folder.names().stream().sorted().toList();
    for (String name : names) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      Optional<FileStatus> found = folder.find(name);
      if (found.isPresent()) {
        node(folder, name, join(path, name), found.get(), marks, depth);
      }
    }
  }

  private void node(
      DirectoryDescriptor folder,
      String name,
      String path,
      FileStatus status,
      boolean marks,
      int depth)
      throws IOException, InterruptedException {
    if (marks && OverlayMarks.isWhiteout(status)) {
      tar.begin(mark(join(parent(path), WHITEOUT + name)));
      return;
    }
    if (name.startsWith(WHITEOUT)) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "the image has '%s': in archives of images such a name stands for a removed file, so it"
                  .formatted(RawNames.text(path))
              + " can't be given to others");
    }
    switch (status.type()) {
      case FileStatus.S_IFDIR -> {
        try (DirectoryDescriptor child = folder.directory(name, Resolve.NO_SYMLINKS_NO_MOUNTS)) {
          if (marks && child.attribute(OverlayMarks.REDIRECT).isPresent()) {
            shown(path, depth);
          } else {
            boolean opaque = marks && child.attribute(OverlayMarks.OPAQUE).isPresent();
            folder(child, path, opaque, marks, depth + 1);
          }
        }
      }
      case FileStatus.S_IFREG -> file(folder, name, path, status);
      case FileStatus.S_IFLNK ->
          tar.begin(entry(TarEntry.Type.SYMLINK, path, folder.readSymlink(name), status, Map.of()));
      case FileStatus.S_IFIFO -> tar.begin(entry(TarEntry.Type.FIFO, path, "", status, Map.of()));
      default -> {
        // Layers have neither sockets nor device nodes.
      }
    }
  }

  /** A renamed folder: all of it, and nothing of what lies below in its new place. */
  private void shown(String path, int depth) throws IOException, InterruptedException {
    try (DirectoryDescriptor folder = whole.root().directory(path, Resolve.NO_SYMLINKS_NO_MOUNTS)) {
      folder(folder, path, true, false, depth + 1);
    }
  }

  private void file(DirectoryDescriptor folder, String name, String path, FileStatus status)
      throws IOException, InterruptedException {
    if (status.links() > 1) {
      String earlier = linked.putIfAbsent(new Inode(status.device(), status.inode()), path);
      if (earlier != null) {
        tar.begin(entry(TarEntry.Type.HARD_LINK, path, earlier, status, Map.of()));
        return;
      }
    }
    try (OpenFile file = folder.file(name, Resolve.NO_SYMLINKS_NO_MOUNTS);
        TransferBuffer transfer = new TransferBuffer(BUFFER)) {
      tar.begin(entry(TarEntry.Type.FILE, path, "", file.status(), attributes(file)));
      for (int read = file.read(transfer); read > 0; read = file.read(transfer)) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        transfer.get(bytes, 0, read);
        tar.write(bytes, 0, read);
      }
    }
  }

  private static Map<String, byte[]> attributes(OpenNode node) throws IOException {
    Map<String, byte[]> kept = new HashMap<>();
    for (String name : node.attributeNames()) {
      if (KeptAttributes.isUsers(name) || name.equals(KeptAttributes.CAPABILITY)) {
        Optional<byte[]> value = node.attribute(name);
        if (value.isPresent()) {
          kept.put(name, value.get());
        }
      }
    }
    return kept;
  }

  private static TarEntry entry(
      TarEntry.Type type,
      String path,
      String link,
      FileStatus status,
      Map<String, byte[]> attributes) {
    return new TarEntry(
        type,
        path,
        link,
        status.permissions(),
        status.uid(),
        status.gid(),
        type == TarEntry.Type.FILE ? status.size() : 0,
        status.seconds(),
        status.nanoseconds(),
        attributes,
        List.of());
  }

  private static TarEntry mark(String path) {
    return new TarEntry(TarEntry.Type.FILE, path, "", 0, 0, 0, 0, 0, 0, Map.of(), List.of());
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  private static String join(String folder, String name) {
    return folder.isEmpty() ? name : folder + "/" + name;
  }
}
