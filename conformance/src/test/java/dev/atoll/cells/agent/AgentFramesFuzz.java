package dev.atoll.cells.agent;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.HexFormat;
import java.util.List;

/** Whatever bytes an agent sends: each frame is a message, or breaks a rule that is named. */
public final class AgentFramesFuzz {
  private AgentFramesFuzz() {}

  /** HELLO with one exec, output and end of a stream, LOCATED. */
  public static List<byte[]> seeds() {
    return List.of(
        HexFormat.of()
            .parseHex(
                "38000000010000000000000000000000"
                    + "02000000010000000000000000000000"
                    + "01000000000000000500000000000000"
                    + "00000000000000000000000000000000"
                    + "0000000003000000"),
        HexFormat.of()
            .parseHex(
                "0a000000040000000100000000000000"
                    + "00000000000000006869"
                    + "10000000060000000100000000000000"
                    + "01000000000000000200000000000000"),
        HexFormat.of()
            .parseHex("0d0000000c0000000000000000000000" + "0700000000000000" + "2f61006200"));
  }

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    FrameReader reader = new FrameReader(Channels.newChannel(new ByteArrayInputStream(input)));
    try {
      while (true) {
        check(reader.read());
      }
    } catch (ProtocolException | EOFException refused) {
      // What else comes out is a finding.
    }
  }

  private static void check(AgentMessage message) {
    boolean held =
        switch (message) {
          case AgentMessage.Output output ->
              output.exec() > 0
                  && output.bytes().remaining() <= Protocol.MOST_PAYLOAD
                  && output.offset() + output.bytes().remaining() > 0;
          case AgentMessage.Hello hello -> hello.execs().size() <= Protocol.MOST_EXECS;
          case AgentMessage.Located located ->
              !located.path().startsWith("/") && located.path().indexOf('\0') < 0;
          case AgentMessage.Done done ->
              done.step().chars().noneMatch(Character::isISOControl) && done.errno() >= 0;
          default -> true;
        };
    if (!held) {
      throw new IllegalStateException("a message breaks its own rule: " + message);
    }
  }
}
