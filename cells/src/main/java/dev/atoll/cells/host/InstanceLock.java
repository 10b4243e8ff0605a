package dev.atoll.cells.host;

import dev.atoll.cells.CellHostConfig;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Keeps other servers off a state folder, and those on copies of it off the instance: they would
 * take its cells for a dead predecessor's. The kernel lets go of both locks when the process dies.
 */
final class InstanceLock implements AutoCloseable {
  private final FileChannel folder;
  private Optional<FileChannel> base = Optional.empty();

  private InstanceLock(FileChannel folder) {
    this.folder = folder;
  }

  /** Takes the state folder; FAILED_PRECONDITION when a server has it, or has the instance. */
  static InstanceLock take(CellHostConfig config, MountBase base) throws IOException {
    InstanceLock lock =
        new InstanceLock(
            tryLock(config.stateDirectory().resolve("cells.lock"), StandardOpenOption.CREATE)
                .orElseThrow(
                    () ->
                        inUse(
                            "another server uses the state folder %s: stop it, or choose another"
                                + " folder",
                            config.stateDirectory())));
    try {
      tryLock(base.lock())
          .orElseThrow(
              () ->
                  inUse(
                      "another server has the instance id '%s': one's data folder is a copy of the"
                          + " other's; to run both, remove the file instance-id from the copy",
                      config.instanceId()))
          .close();
    } catch (NoSuchFileException nobody) {
      return lock;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
    return lock;
  }

  /** Marks the instance as this process's, once it has a base. */
  void mark(MountBase own) throws IOException {
    base = tryLock(own.lock(), StandardOpenOption.CREATE);
  }

  private static Optional<FileChannel> tryLock(Path file, OpenOption... more) throws IOException {
    OpenOption[] options = new OpenOption[more.length + 1];
    System.arraycopy(more, 0, options, 1, more.length);
    options[0] = StandardOpenOption.WRITE;
    FileChannel channel = FileChannel.open(file, options);
    try {
      if (channel.tryLock() != null) {
        return Optional.of(channel);
      }
    } catch (OverlappingFileLockException sameProcess) {
      channel.close();
      return Optional.empty();
    }
    channel.close();
    return Optional.empty();
  }

  private static AtollException inUse(String format, Object... arguments) {
    return new AtollException(ErrorCode.FAILED_PRECONDITION, format.formatted(arguments));
  }

  @Override
  public void close() throws IOException {
    if (base.isPresent()) {
      base.get().close();
    }
    folder.close();
  }
}
