package dev.atoll.images.dockerfile;

import dev.atoll.errors.AtollException;
import dev.atoll.images.ImageConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Whatever Dockerfile commands a client sends: they are parsed, expanded and applied, or refused.
 */
public final class DockerfileFuzz {
  private DockerfileFuzz() {}

  /** Each instruction once. */
  public static List<byte[]> seeds() {
    return List.of(
        bytes("ARG A=1\nFROM --platform=linux/amd64 a:$A AS b\nRUN echo \\\n# c\n  ${A:-x}\n"),
        bytes("FROM a\nENV A=b \"C=d e\" F='g'\nENV H i\nWORKDIR ../$A\nUSER ${H:+u}:g\n"),
        bytes("FROM a\nSHELL [\"/bin/sh\", \"-c\"]\nCMD [\"a\"]\nENTRYPOINT b\nLABEL l=m\n"),
        bytes("# escape=`\nFROM a\nCOPY --from=b --chown=1:2 c d/\nEXPOSE 80/tcp 81\nARG Z\n"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    try {
      StageState state =
          new StageState(ImageConfig.empty(), Map.of("A", "1"), Map.of("Z", "$A${B"));
      for (Instruction instruction : DockerfileParser.parse(List.of(text.split("\f", -1)))) {
        state.apply(state.expand(instruction));
      }
      if (!state.config().workingDirectory().isEmpty()
          && !state.config().workingDirectory().startsWith("/")) {
        throw new IllegalStateException("a working folder that is nowhere: " + state.config());
      }
    } catch (AtollException refused) {
      // What else comes out is a finding.
    }
  }
}
