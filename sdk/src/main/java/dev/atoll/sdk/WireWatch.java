package dev.atoll.sdk;

import com.google.gson.JsonElement;
import dev.atoll.sdk.files.FileOperations;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A run of the program that watches: each line that it writes is an event; its stdin ends it. */
final class WireWatch implements FileOperations.Watch {
  private static final int LONGEST_LINE = 64 << 10;

  private final SandboxProcess process;
  private final BufferedReader lines;

  WireWatch(SandboxProcess process) {
    this.process = process;
    this.lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  @Override
  public Optional<FileOperations.Event> next() throws IOException {
    String line = line();
    if (line.isEmpty()) {
      return Optional.empty();
    }
    return Json.read(
        line,
        event -> {
          List<String> paths = new ArrayList<>();
          for (JsonElement path : Json.field(event, "paths").getAsJsonArray()) {
            paths.add(path.getAsString());
          }
          String type = Json.field(event, "event_type").getAsString();
          return Optional.of(new FileOperations.Event(type, paths));
        },
        cause -> new IOException("The program that watches says what is no event", cause));
  }

  /** The next line that isn't empty; an empty one at the end. */
  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = lines.read(); next >= 0; next = lines.read()) {
      if (next != '\n') {
        line.append((char) next);
      } else if (!line.isEmpty()) {
        break;
      }
      if (line.length() > LONGEST_LINE) {
        throw new IOException("The program that watches doesn't end its line");
      }
    }
    return line.toString();
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended, or can't be reached: nobody listens to it in any case.
    }
  }
}
