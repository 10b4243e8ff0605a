package dev.atoll.images.store;

import dev.atoll.errors.AtollException;
import dev.atoll.images.layers.CopyAttributes;
import dev.atoll.images.layers.LayerLimits;
import dev.atoll.images.layers.TreeCopy;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.Errno;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.OpenFile;
import dev.atoll.linux.RawNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Copies between mounted images as COPY does (Dockerfile reference, COPY): of a folder its content,
 * of a link what it points at; several sources need a folder as destination.
 */
final class ImageCopy {
  private final DirectoryDescriptor from;
  private final DirectoryDescriptor to;
  private final TreeCopy copy;

  ImageCopy(
      DirectoryDescriptor from,
      DirectoryDescriptor to,
      LayerLimits limits,
      CopyAttributes.Owner owner,
      OptionalInt mode) {
    this.from = from;
    this.to = to;
    this.copy = new TreeCopy(limits, new CopyAttributes(Optional.of(owner), mode));
  }

  void copy(List<String> sources, String destination) throws IOException, InterruptedException {
    List<String> paths = new ArrayList<>();
    for (String source : sources) {
      List<String> found = SourcePaths.expand(from, source);
      if (found.isEmpty()) {
        throw AtollException.invalid("COPY: '%s' is not in the image that is copied from", source);
      }
      paths.addAll(found);
    }
    boolean folder = destination.endsWith("/");
    if (paths.size() > 1 && !folder) {
      throw AtollException.invalid(
          "COPY: the destination '%s' must end with '/', because there are %d sources",
          destination, paths.size());
    }
    for (String path : paths) {
      copy(path, destination, folder);
    }
  }

  private void copy(String path, String destination, boolean folder)
      throws IOException, InterruptedException {
    try (DirectoryDescriptor source = from.directory(path, Resolve.IN_ROOT);
        DirectoryDescriptor target = ImageFolders.create(to, destination)) {
      copy.merge(source, target);
      return;
    } catch (LinuxException e) {
      if (e.errno() == Errno.ELOOP || e.errno() == Errno.ENOENT) {
        throw AtollException.invalid(
            "COPY: '%s' is a link that leads nowhere", RawNames.text(path));
      }
      if (e.errno() != Errno.ENOTDIR) {
        throw e;
      }
    }
    try (OpenFile file = from.file(path, Resolve.IN_ROOT)) {
      if (!file.status().isRegular()) {
        throw AtollException.invalid(
            "COPY: '%s' is neither a file nor a folder", RawNames.text(path));
      }
      copyFile(file, path, destination, folder);
    }
  }

  private void copyFile(OpenFile file, String path, String destination, boolean folder)
      throws IOException {
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (folder || isFolder(destination)) {
      try (DirectoryDescriptor target = ImageFolders.create(to, destination)) {
        copy.copyFile(file, target, name);
      }
      return;
    }
    List<String> names = ImageFolders.names(destination);
    String parent = RawNames.text(String.join("/", names.subList(0, names.size() - 1)));
    try (DirectoryDescriptor target = ImageFolders.create(to, parent)) {
      copy.copyFile(file, target, names.getLast());
    }
  }

  private boolean isFolder(String destination) throws LinuxException {
    List<String> names = ImageFolders.names(destination);
    try (var existing =
        to.directory(names.isEmpty() ? "." : String.join("/", names), Resolve.IN_ROOT)) {
      return existing.status().isDirectory();
    } catch (LinuxException e) {
      return false;
    }
  }
}
