package dev.atoll.server;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder that one server owns, of mode 0700, locked while it is open. */
final class DataDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);

  /** The worker's folder in it. */
  static final String WORKER = "worker";

  /** The file that is locked. */
  static final String LOCK = "server.lock";

  /** The file with the instance's id. */
  static final String INSTANCE_ID = "instance-id";

  private static final Pattern INSTANCE_IDS = Pattern.compile("[a-z0-9]{8}");
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

  private final Path path;
  private final FileChannel lock;
  private final String instanceId;

  private DataDirectory(Path path, FileChannel lock) throws IOException {
    this.path = path;
    this.lock = lock;
    instanceId = readOrMakeInstanceId();
  }

  /**
   * Opens the folder, or makes it; FAILED_PRECONDITION when another server has it, or when it is
   * somebody else's.
   */
  static DataDirectory open(Path path) throws IOException {
    Files.createDirectories(path);
    closeToOthers(path);
    FileChannel lock =
        FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (lock.tryLock() == null) {
        throw inUse(path);
      }
      return new DataDirectory(path, lock);
    } catch (OverlappingFileLockException sameProcess) {
      lock.close();
      throw inUse(path);
    } catch (IOException | RuntimeException failure) {
      lock.close();
      throw failure;
    }
  }

  /** Who names a folder like /tmp by mistake must not lock everybody else out of it. */
  private static void closeToOthers(Path path) throws IOException {
    Set<PosixFilePermission> closed = PosixFilePermissions.fromString("rwx------");
    if (Files.getPosixFilePermissions(path).equals(closed)) {
      return;
    }
    boolean own = Files.exists(path.resolve(LOCK)) || Files.exists(path.resolve(INSTANCE_ID));
    if (!own && !isEmpty(path)) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "the data folder %s has files that are no server's, and is open to others: name an empty "
                  .formatted(path)
              + "folder, or one that a server has made");
    }
    Files.setPosixFilePermissions(path, closed);
  }

  /** A file system of its own (ext4) begins with that folder. */
  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.allMatch(file -> file.endsWith("lost+found"));
    }
  }

  /** Removes an id that is none: nothing on the host can carry it. */
  static void removeForeignInstanceId(Path path) throws IOException {
    Path file = path.resolve(INSTANCE_ID);
    if (Files.exists(file) && !INSTANCE_IDS.matcher(Files.readString(file).strip()).matches()) {
      Files.delete(file);
    }
  }

  /** 8 characters of [a-z0-9] that stay the same over restarts: part of every name on the host. */
  String instanceId() {
    return instanceId;
  }

  /** A folder of mode 0700 in it. */
  Path folder(String name) throws IOException {
    Path folder = path.resolve(name);
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    return folder;
  }

  /** A file in it. */
  Path file(String name) {
    return path.resolve(name);
  }

  /** Writes a file of mode 0600 as a whole: readers see the old one or the new one. */
  void write(String name, String content) throws IOException {
    Path temporary = path.resolve(name + ".new");
    Files.deleteIfExists(temporary);
    Files.createFile(
        temporary,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(temporary, content, StandardOpenOption.SYNC);
    Files.move(temporary, path.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Removes a file; one that isn't there is removed already. */
  void remove(String name) {
    try {
      Files.deleteIfExists(path.resolve(name));
    } catch (IOException left) {
      LOG.warn("{} can't be removed: {}", path.resolve(name), left.toString());
    }
  }

  private String readOrMakeInstanceId() throws IOException {
    Path file = path.resolve(INSTANCE_ID);
    if (Files.exists(file)) {
      String id = Files.readString(file).strip();
      if (INSTANCE_IDS.matcher(id).matches()) {
        return id;
      }
      throw new IOException(file + " must hold 8 characters of [a-z0-9]");
    }
    SecureRandom random = new SecureRandom();
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    write(INSTANCE_ID, id + "\n");
    return id.toString();
  }

  private static AtollException inUse(Path path) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION,
        "another server uses the data folder %s: stop it, or give this one another --data-dir"
            .formatted(path));
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
