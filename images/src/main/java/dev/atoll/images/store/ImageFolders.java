package dev.atoll.images.store;

import dev.atoll.errors.AtollException;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.Errno;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.RawNames;
import java.util.ArrayList;
import java.util.List;

/** Makes folders in a mounted image. Links are followed, and stay inside. */
final class ImageFolders {
  private ImageFolders() {}

  /** Opens the folder of a path, which is made with the missing ones above it. */
  static DirectoryDescriptor create(DirectoryDescriptor root, String path) throws LinuxException {
    List<String> names = names(path);
    StringBuilder so = new StringBuilder(".");
    DirectoryDescriptor folder = root.directory(".", Resolve.IN_ROOT);
    for (String name : names) {
      so.append('/').append(name);
      DirectoryDescriptor next;
      try (DirectoryDescriptor parent = folder) {
        next = enter(root, parent, so.toString(), name);
      }
      folder = next;
    }
    return folder;
  }

  private static DirectoryDescriptor enter(
      DirectoryDescriptor root, DirectoryDescriptor parent, String path, String name)
      throws LinuxException {
    try {
      if (parent.find(name).isEmpty()) {
        parent.createDirectory(name, 0755);
      }
      return root.directory(path, Resolve.IN_ROOT);
    } catch (LinuxException e) {
      if (e.errno() == Errno.ENOTDIR || e.errno() == Errno.ENOENT || e.errno() == Errno.ELOOP) {
        throw AtollException.invalid(
            "no folder can be made at '%s': something else is there",
            RawNames.text(path.substring(1)));
      }
      if (e.errno() == Errno.ENAMETOOLONG) {
        throw AtollException.invalid(
            "the path '%s…' is too long", RawNames.text(path).substring(1, 64));
      }
      throw e;
    }
  }

  /** The names of a path, raw; {@code .} and {@code ..} are resolved as in a clean path. */
  static List<String> names(String path) {
    List<String> names = new ArrayList<>();
    for (String name : RawNames.of(path).split("/")) {
      if (name.equals("..")) {
        if (!names.isEmpty()) {
          names.removeLast();
        }
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    return names;
  }
}
