package dev.atoll.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What a server tells in its data folder. */
public final class DataFolder {
  private DataFolder() {}

  /** The token pair that the server made at its first start, by names such as {@code token_id}. */
  public static Map<String, String> credentials(Path folder) throws IOException {
    Map<String, String> credentials = new HashMap<>();
    for (String line : Files.readAllLines(folder.resolve("credentials"))) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        credentials.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return credentials;
  }

  /** Part of every name that the server has on the host. */
  public static String instanceId(Path folder) throws IOException {
    return Files.readString(folder.resolve("instance-id")).strip();
  }
}
