package dev.atoll.sdk;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.atoll.sdk.files.FileEntry;
import dev.atoll.sdk.files.FileOperations;
import dev.atoll.sdk.files.OpenFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A sandbox's files with what every server of the protocol has: the program that the clients'
 * filesystem helpers run in the sandbox, one operation in JSON for each run, and the calls for open
 * files. What comes from the sandbox is bounded and checked: anybody inside may have written it.
 */
final class WireFiles implements FileOperations {
  private static final String TOOL = "/__modal/.bin/modal-sandbox-fs-tools";
  private static final int MOST_OUTPUT = 100 << 20;
  private static final int MOST_ERRORS = 64 << 10;
  private static final int NOT_FOUND = 127;
  private static final ExecOptions DEFAULT = ExecOptions.builder().build();
  private static final ExecOptions PLAIN =
      ExecOptions.builder().workdir("/").environment("LC_ALL", "C").build();

  private final Sandbox sandbox;

  WireFiles(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  @Override
  public String sandboxId() {
    return sandbox.id();
  }

  @Override
  public FileEntry stat(String path) throws IOException {
    return parse(path, tool("Stat", path, Map.of()), WireFiles::entry);
  }

  @Override
  public List<FileEntry> list(String path) throws IOException {
    return parse(
        path,
        tool("ListFiles", path, Map.of()),
        json -> {
          List<FileEntry> entries = new ArrayList<>();
          for (JsonElement element : json.getAsJsonArray()) {
            entries.add(checked(entry(element)));
          }
          return entries;
        });
  }

  @Override
  public void makeDirectory(String path) throws IOException {
    tool("MakeDirectory", path, Map.of("parents", false));
  }

  @Override
  public void remove(String path) throws IOException {
    tool("Remove", path, Map.of("recursive", false));
  }

  @Override
  public OpenFile open(String path, String mode) throws IOException {
    return FileFailures.calling(path, () -> new WireFile(path, sandbox.open(path, mode)));
  }

  @Override
  public Watch watch(String path, List<String> events) throws IOException {
    JsonArray filter = new JsonArray();
    events.forEach(filter::add);
    JsonObject fields = new JsonObject();
    fields.addProperty("path", path);
    fields.addProperty("recursive", false);
    fields.add("filter", filter);
    return new WireWatch(start(path, List.of(TOOL, command("Watch", fields)), DEFAULT));
  }

  @Override
  public Outcome run(List<String> command) throws IOException {
    String path = command.getLast();
    SandboxProcess process;
    try {
      process = start(path, command, PLAIN);
    } catch (FileSystemException e) {
      if (e.getCause() instanceof InvalidArgumentException) {
        throw new ProgramMissingException(command.getFirst(), e);
      }
      throw e;
    }
    String errors = text(process.getErrorStream(), MOST_ERRORS).strip();
    int exitCode = waitFor(path, process);
    if (exitCode == NOT_FOUND) {
      throw new ProgramMissingException(command.getFirst(), new IOException(errors));
    }
    return new Outcome(exitCode, errors);
  }

  /** Runs an operation of the program to its end; what it puts out. */
  private String tool(String operation, String path, Map<String, Boolean> flags)
      throws IOException {
    JsonObject fields = new JsonObject();
    fields.addProperty("path", path);
    flags.forEach(fields::addProperty);
    SandboxProcess process = start(path, List.of(TOOL, command(operation, fields)), DEFAULT);
    String output = text(process.getInputStream(), MOST_OUTPUT);
    int exitCode = waitFor(path, process);
    if (exitCode != 0) {
      throw FileFailures.ofTool(path, exitCode, text(process.getErrorStream(), MOST_ERRORS));
    }
    return output;
  }

  private static String command(String operation, JsonObject fields) {
    JsonObject command = new JsonObject();
    command.add(operation, fields);
    return command.toString();
  }

  private SandboxProcess start(String path, List<String> command, ExecOptions options)
      throws IOException {
    return FileFailures.calling(path, () -> sandbox.execUnnoticed(command, options));
  }

  private static int waitFor(String path, SandboxProcess process) throws IOException {
    return FileFailures.calling(path, process::waitFor);
  }

  private static String text(InputStream stream, int most) throws IOException {
    byte[] bytes = stream.readNBytes(most + 1);
    if (bytes.length > most) {
      stream.close();
      throw new IOException("The sandbox answers with more than " + most + " bytes");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static <T> T parse(String path, String text, Json.Reading<T> reading) throws IOException {
    return Json.read(text, reading, cause -> FileFailures.garbled(path, cause));
  }

  private static FileEntry entry(JsonElement json) {
    JsonElement target = json.getAsJsonObject().get("symlink_target");
    double seconds = Json.field(json, "modified_time").getAsDouble();
    return new FileEntry(
        Json.field(json, "name").getAsString(),
        Json.field(json, "size").getAsLong(),
        Json.field(json, "mode").getAsInt(),
        Json.field(json, "owner").getAsString(),
        Json.field(json, "group").getAsString(),
        FileTime.from(Math.round(seconds * 1e6), TimeUnit.MICROSECONDS),
        target == null || target.isJsonNull()
            ? Optional.empty()
            : Optional.of(target.getAsString()));
  }

  /** A name that leads elsewhere would mislead whoever removes what was listed. */
  private static FileEntry checked(FileEntry entry) throws IOException {
    String name = entry.name();
    if (name.isEmpty()
        || name.equals(".")
        || name.equals("..")
        || name.indexOf('/') >= 0
        || name.indexOf('\0') >= 0) {
      throw FileFailures.garbled(name, new IllegalStateException("not a file's name"));
    }
    return entry;
  }
}
