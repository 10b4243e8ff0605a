package dev.atoll.images.store;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Image;
import dev.atoll.images.ImageDigest;
import dev.atoll.images.content.Digests;
import dev.atoll.images.content.JsonFiles;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.OpenFile;
import dev.atoll.linux.OpenNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A folder for each image that lies on top of its layers in a root: where the image has a bundle of
 * CA certificates, there is a link to the one that is mounted with the extra ones. Unlike a mount
 * over the bundle it can be replaced, as update-ca-certificates(8) does, and unlike a copy it
 * brings the extra ones into no layer. Thread-safe.
 */
final class TrustFolders {
  /** Where the bundle is mounted. */
  static final String FILE = "/etc/atoll/ca-certificates.pem";

  /** Where distributions keep the bundle (Go's crypto/x509, root_linux.go, lists the same). */
  static final List<String> USUAL =
      List.of(
          "etc/ssl/certs/ca-certificates.crt",
          "etc/pki/tls/certs/ca-bundle.crt",
          "etc/ssl/ca-bundle.pem",
          "etc/pki/tls/cacert.pem",
          "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
          "etc/ssl/cert.pem");

  /** No layer has this name: theirs have small letters. */
  private static final String PREFIX = "T-";

  private static final int DIGEST_CHARACTERS = 20;

  private final StoreFolder folder;
  private final Trash trash;
  private final FormerMounts mounted;

  /**
   * Opens them, and removes those of an earlier store: what they hold is made again when needed.
   *
   * @param mounted lower folders that overlays of an earlier store still use
   */
  TrustFolders(StoreFolder folder, Trash trash, FormerMounts mounted) throws IOException {
    this.folder = folder;
    this.trash = trash;
    this.mounted = mounted;
    for (String name : Records.names(folder.layers())) {
      if (isName(name) && !mounted.names().contains(name)) {
        trash.discard(folder.layers(), name);
      }
    }
  }

  static boolean isName(String name) {
    return name.startsWith(PREFIX);
  }

  /** The name of an image's folder, if it is there. */
  synchronized Optional<String> find(Image image) {
    return Optional.of(name(image.digest()))
        .filter(name -> Files.exists(folder.layers().resolve(name)));
  }

  /**
   * Makes an image's folder when it is missing, and gives its name.
   *
   * @param root the image's root
   */
  synchronized String create(Image image, DirectoryDescriptor root) throws IOException {
    Optional<String> present = find(image);
    if (present.isPresent()) {
      return present.get();
    }
    String name = name(image.digest());
    Path made =
        Files.createTempDirectory(
            folder.layers(),
            name + JsonFiles.TEMPORARY,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    try (DirectoryDescriptor target = DirectoryDescriptor.open(made)) {
      try {
        mountPoint(root, target);
      } catch (LinuxException e) {
        if (ImageFiles.isAbsence(e)) {
          throw noFolder(e);
        }
        throw e;
      }
      for (String path : bundles(root)) {
        link(root, target, List.of(path.split("/")));
      }
    }
    Files.move(made, folder.layers().resolve(name));
    return name;
  }

  /** Removes the folder of an image that is no more. */
  synchronized void remove(ImageDigest image) throws IOException {
    String name = name(image);
    if (!Files.exists(folder.layers().resolve(name))) {
      return;
    }
    if (mounted.names().contains(name)) {
      mounted.forgetGone();
    }
    if (!mounted.names().contains(name)) {
      trash.discard(folder.layers(), name);
    }
  }

  /**
   * Removes the folder's links from what was written in a root: a change of owner, say, has copied
   * them there.
   */
  void removeLinks(String name, DirectoryDescriptor changes) throws IOException {
    try (DirectoryDescriptor links = DirectoryDescriptor.open(folder.layers().resolve(name))) {
      removeLinks(links, changes);
    }
  }

  private static void removeLinks(DirectoryDescriptor links, DirectoryDescriptor changes)
      throws LinuxException {
    for (String name : links.names()) {
      Optional<FileStatus> link = links.find(name);
      Optional<FileStatus> change = changes.find(name);
      if (link.isEmpty() || change.isEmpty() || link.get().type() != change.get().type()) {
        continue;
      }
      if (link.get().isDirectory()) {
        try (DirectoryDescriptor below = links.directory(name, Resolve.NO_SYMLINKS_NO_MOUNTS);
            DirectoryDescriptor changed = changes.directory(name, Resolve.NO_SYMLINKS_NO_MOUNTS)) {
          removeLinks(below, changed);
        }
      } else if (link.get().isSymlink() && changes.readSymlink(name).equals(FILE)) {
        FileStatus before = changes.status();
        changes.removeFile(name);
        changes.setModified(before.seconds(), before.nanoseconds());
      }
    }
  }

  /** The files that the usual paths lead to, without links on the way. */
  private static Set<String> bundles(DirectoryDescriptor root) throws LinuxException {
    Set<String> bundles = new TreeSet<>();
    String start = root.path() + "/";
    for (String usual : USUAL) {
      try (OpenFile file = root.file(usual, Resolve.IN_ROOT)) {
        String path = file.path();
        if (file.status().isRegular() && path.startsWith(start)) {
          bundles.add(path.substring(start.length()));
        }
      } catch (LinuxException e) {
        if (!ImageFiles.isAbsence(e)) {
          throw e;
        }
      }
    }
    return bundles;
  }

  private static void mountPoint(DirectoryDescriptor root, DirectoryDescriptor target)
      throws LinuxException {
    List<String> names = List.of(FILE.substring(1).split("/"));
    target.createDirectory(names.getFirst(), 0755);
    try (DirectoryDescriptor from =
            root.directory(names.getFirst(), Resolve.NO_SYMLINKS_NO_MOUNTS);
        DirectoryDescriptor to = target.directory(names.getFirst(), Resolve.NO_SYMLINKS)) {
      to.createDirectory(names.get(1), 0755);
      try (DirectoryDescriptor below = to.directory(names.get(1), Resolve.NO_SYMLINKS)) {
        below.setPermissions(0755);
        below.createFile(names.get(2), 0644).close();
      }
      attributes(from, to);
    }
  }

  private static AtollException noFolder(LinuxException cause) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION,
        "the image can't be started: /etc must be a folder in it",
        cause);
  }

  private static void link(DirectoryDescriptor root, DirectoryDescriptor target, List<String> names)
      throws LinuxException {
    String name = names.getFirst();
    if (names.size() == 1) {
      target.createSymlink(FILE, name);
      return;
    }
    if (target.find(name).isEmpty()) {
      target.createDirectory(name, 0755);
    }
    try (DirectoryDescriptor from = root.directory(name, Resolve.NO_SYMLINKS_NO_MOUNTS);
        DirectoryDescriptor to = target.directory(name, Resolve.NO_SYMLINKS_NO_MOUNTS)) {
      link(from, to, names.subList(1, names.size()));
      attributes(from, to);
    }
  }

  /** The uppermost folder of a name is the one whose attributes are seen. */
  private static void attributes(OpenNode from, OpenNode to) throws LinuxException {
    FileStatus status = from.status();
    to.setOwner(status.uid(), status.gid());
    to.setPermissions(status.permissions());
    to.setModified(status.seconds(), status.nanoseconds());
  }

  private static String name(ImageDigest image) {
    return PREFIX + Digests.hex(image.value()).substring(0, DIGEST_CHARACTERS);
  }
}
