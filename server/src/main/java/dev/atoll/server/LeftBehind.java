package dev.atoll.server;

import dev.atoll.worker.service.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What a server that has ended has left for the next one on its data folder. */
public final class LeftBehind {
  private static final Path INSTANCES = Path.of("/run/atoll");

  private LeftBehind() {}

  /**
   * How many sandboxes of that data folder may run although no server does; 0 after a restart of
   * the host.
   *
   * @throws IOException when the folder can't be read
   */
  public static int sandboxes(Path dataDirectory) throws IOException {
    try {
      String id = Files.readString(dataDirectory.resolve(DataDirectory.INSTANCE_ID)).strip();
      return Files.exists(INSTANCES.resolve(id))
          ? Workers.cellsToKeep(dataDirectory.resolve(DataDirectory.WORKER)).size()
          : 0;
    } catch (NoSuchFileException never) {
      return 0;
    }
  }
}
