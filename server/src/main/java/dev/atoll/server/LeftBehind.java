package dev.atoll.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What a server that has ended has left for the next one on its data folder. */
public final class LeftBehind {
  private static final Path INSTANCES = Path.of("/run/atoll");

  private LeftBehind() {}

  /**
   * Whether sandboxes of that data folder may run although no server does.
   *
   * @throws IOException when the folder can't be read
   */
  public static boolean mayRun(Path dataDirectory) throws IOException {
    try {
      String id = Files.readString(dataDirectory.resolve(DataDirectory.INSTANCE_ID)).strip();
      return !id.isEmpty() && Files.exists(INSTANCES.resolve(id));
    } catch (NoSuchFileException never) {
      return false;
    }
  }
}
