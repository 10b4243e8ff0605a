package dev.atoll.cells.agent;

import dev.atoll.cells.Claim;
import dev.atoll.cells.Exec;
import dev.atoll.cells.ExecListener.Stream;
import dev.atoll.cells.ExecSpec;
import dev.atoll.cells.ExecSpec.Output;
import dev.atoll.cells.ExecSpec.Program;
import dev.atoll.errors.AtollException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Builds the frames that a worker sends. */
final class Frames {
  private Frames() {}

  /** CLAIM; the limits of the users' processes come from the cell's tier. */
  static ByteBuffer claim(Claim claim, Path dock, long capabilities, byte[] seccomp) {
    Fields fields =
        new Fields()
            .addText(1, dock.relativize(claim.root()).toString())
            .addText(2, claim.hostname());
    for (Claim.File file : claim.files()) {
      fields.addEntry(3, 0644, file.target(), file.content());
    }
    for (Claim.Mount mount : claim.mounts()) {
      int flags = (mount.readOnly() ? 1 : 0) | (mount.skipMissing() ? 2 : 0);
      fields.addEntry(4, flags, dock.relativize(mount.source()).toString(), mount.target());
    }
    fields.addLong(5, capabilities);
    if (seccomp.length > 0) {
      fields.add(6, seccomp);
    }
    claim.lifetime().ifPresent(lifetime -> fields.addLong(7, Math.max(1, lifetime.toMillis())));
    return frame(Protocol.CLAIM, 0, fields.build());
  }

  static ByteBuffer exec(int exec, ExecSpec spec) {
    Fields fields = new Fields();
    switch (spec.program()) {
      case Program.Command command -> fields.addTexts(1, command.argv());
      case Program.OpenFile open ->
          fields.addTexts(1, List.of("open", open.path(), open.mode())).add(8, new byte[] {1});
      case Program.FindFifos find ->
          fields
              .addRawTexts(
                  1, List.of("fifos", Long.toString(find.since().getEpochSecond())), find.folders())
              .add(8, new byte[] {1});
    }
    fields.addTexts(2, spec.environment()).addText(3, spec.workingDirectory());
    ByteBuffer identity = Fields.little(8 + 4 * spec.identity().groups().size());
    identity.putInt(spec.identity().uid()).putInt(spec.identity().gid());
    spec.identity().groups().forEach(identity::putInt);
    fields.add(4, identity.array());
    byte stdin = (byte) (spec.stdin() ? 1 : 0);
    switch (spec.output()) {
      case Output.Pipes pipes ->
          fields.add(
              5,
              new byte[] {
                stdin,
                (byte) (pipes.stdout() ? 1 : 0),
                switch (pipes.stderr()) {
                  case DISCARD -> 0;
                  case PIPE -> 1;
                  case INTO_STDOUT -> 2;
                },
                0
              });
      case Output.Terminal terminal ->
          fields.add(
              6,
              Fields.little(4)
                  .putShort((short) terminal.rows())
                  .putShort((short) terminal.columns())
                  .array());
    }
    spec.timeout().ifPresent(timeout -> fields.addLong(7, Math.max(1, timeout.toMillis())));
    return frame(Protocol.EXEC, exec, fields.build());
  }

  static ByteBuffer stdin(int exec, long offset, byte[] bytes, boolean end) {
    ByteBuffer payload = Fields.little(16 + bytes.length);
    payload.putLong(offset).putInt(end ? 1 : 0).putInt(0).put(bytes);
    return frame(Protocol.STDIN, exec, payload.array());
  }

  static ByteBuffer acknowledge(int exec, Stream stream, long offset) {
    return frame(
        Protocol.ACK,
        exec,
        Fields.little(16)
            .putInt(stream == Stream.STDOUT ? 1 : 2)
            .putInt(0)
            .putLong(offset)
            .array());
  }

  static ByteBuffer exitAcknowledge(int exec) {
    return frame(Protocol.EXIT_ACK, exec, new byte[0]);
  }

  static ByteBuffer drop(int exec) {
    return frame(Protocol.DROP, exec, new byte[0]);
  }

  static ByteBuffer signal(int exec, int signal, Exec.Scope scope) {
    return frame(
        Protocol.SIGNAL,
        exec,
        Fields.little(8)
            .putInt(signal)
            .putInt(
                switch (scope) {
                  case PROCESS -> 1;
                  case GROUP -> 2;
                  case SESSION -> 3;
                })
            .array());
  }

  static ByteBuffer resize(int exec, int rows, int columns) {
    return frame(
        Protocol.RESIZE,
        exec,
        Fields.little(8).putShort((short) rows).putShort((short) columns).putInt(0).array());
  }

  static ByteBuffer mount(int request, String source, String target, boolean readOnly) {
    return frame(
        Protocol.MOUNT,
        0,
        new Fields()
            .addInt(1, request)
            .addText(2, source)
            .addText(3, target)
            .addInt(4, readOnly ? 1 : 0)
            .build());
  }

  static ByteBuffer replace(int request, String source, String replaced, boolean readOnly) {
    return frame(
        Protocol.MOUNT,
        0,
        new Fields()
            .addInt(1, request)
            .addText(2, source)
            .addInt(4, readOnly ? 1 : 0)
            .addText(5, replaced)
            .build());
  }

  static ByteBuffer unmount(int request, String source) {
    return frame(Protocol.UNMOUNT, 0, new Fields().addInt(1, request).addText(2, source).build());
  }

  /** LOCATE; the target is raw. */
  static ByteBuffer locate(int request, String target) {
    return frame(
        Protocol.LOCATE,
        0,
        new Fields()
            .addInt(1, request)
            .add(3, target.getBytes(StandardCharsets.ISO_8859_1))
            .build());
  }

  static ByteBuffer sync(int request) {
    return frame(Protocol.SYNC, 0, new Fields().addInt(1, request).build());
  }

  /** The payload is what PONG brings back. */
  static ByteBuffer ping(int request) {
    return frame(Protocol.PING, 0, Fields.little(Integer.BYTES).putInt(request).array());
  }

  private static ByteBuffer frame(int type, int exec, byte[] payload) {
    if (payload.length > Protocol.MOST_PAYLOAD) {
      throw AtollException.invalid(
          "the command, its environment and its folder have %d bytes together; at most %d fit",
          payload.length, Protocol.MOST_PAYLOAD);
    }
    ByteBuffer frame = Fields.little(Protocol.HEADER + payload.length);
    frame.putInt(payload.length).putShort((short) type).putShort((short) 0);
    frame.putInt(exec).putInt(0).put(payload);
    return frame.flip();
  }
}
