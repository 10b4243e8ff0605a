package dev.atoll.server;

import dev.atoll.images.layers.TreeDeletion;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.MountInfo;
import dev.atoll.linux.Mounts;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;

/**
 * A data folder with nothing to keep, such as a demonstration's. What another build of Atoll made
 * may have another form, so it is not read but removed. The instance id stays: by it the next start
 * finds what a dead predecessor has left on the host.
 */
public final class DisposableFolder {
  private static final String BUILD = "build";
  private static final Set<String> KEPT = Set.of(DataDirectory.LOCK, DataDirectory.INSTANCE_ID);

  private DisposableFolder() {}

  /**
   * Makes the folder, or removes what is in it unless this build made it. Needs root.
   *
   * @throws dev.atoll.errors.AtollException FAILED_PRECONDITION when a server uses it
   */
  public static void prepare(Path folder) throws IOException {
    DataDirectory.removeForeignInstanceId(folder);
    try (DataDirectory directory = DataDirectory.open(folder)) {
      String build = thisBuild();
      Path made = directory.file(BUILD);
      if (Files.isRegularFile(made) && Files.readString(made).equals(build)) {
        return;
      }
      // First: a folder that is half removed belongs to no build.
      Files.deleteIfExists(made);
      unmountBelow(folder.toRealPath());
      empty(folder);
      directory.write(BUILD, build);
    }
  }

  private static void unmountBelow(Path folder) throws IOException {
    for (MountInfo mount : MountInfo.atOrBelow(folder)) {
      if (!mount.mountPoint().equals(folder)) {
        Mounts.unmountLazily(mount.mountPoint());
      }
    }
  }

  private static void empty(Path folder) throws IOException {
    try (DirectoryDescriptor descriptor = DirectoryDescriptor.open(folder)) {
      for (String name : descriptor.names()) {
        if (!KEPT.contains(name)) {
          TreeDeletion.delete(descriptor, name);
        }
      }
    }
  }

  /** Where this code lies, which the launcher names after its sources, and when it was made. */
  private static String thisBuild() throws IOException {
    try {
      Path code =
          Path.of(
              Objects.requireNonNull(
                      DisposableFolder.class.getProtectionDomain().getCodeSource(),
                      "the server's code comes from no file")
                  .getLocation()
                  .toURI());
      return code + " " + Files.getLastModifiedTime(code) + "\n";
    } catch (URISyntaxException e) {
      throw new IOException("the server's code comes from no file", e);
    }
  }
}
