package dev.atoll.conformance;

import dev.atoll.cells.agent.AgentFramesFuzz;
import dev.atoll.images.dockerfile.DockerfileFuzz;
import dev.atoll.images.layers.LayerFuzz;
import dev.atoll.images.oci.ImageDocumentsFuzz;
import dev.atoll.worker.connect.RequestHeadFuzz;
import dev.atoll.worker.tunnel.SameHostFuzz;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/** A parser of what strangers send, and the rules that it is held to. */
enum FuzzTarget {
  AGENT_FRAMES(AgentFramesFuzz::fuzzerTestOneInput, AgentFramesFuzz::seeds),
  LAYER(LayerFuzz::fuzzerTestOneInput, LayerFuzz::seeds),
  IMAGE_DOCUMENTS(ImageDocumentsFuzz::fuzzerTestOneInput, ImageDocumentsFuzz::seeds),
  DOCKERFILE(DockerfileFuzz::fuzzerTestOneInput, DockerfileFuzz::seeds),
  SAME_HOST(SameHostFuzz::fuzzerTestOneInput, SameHostFuzz::seeds),
  REQUEST_HEAD(RequestHeadFuzz::fuzzerTestOneInput, RequestHeadFuzz::seeds);

  /** The system property that names one target; without it all take turns. */
  static final String CHOICE = "fuzz.target";

  private final Parser parser;
  private final Callable<List<byte[]>> seeds;

  FuzzTarget(Parser parser, Callable<List<byte[]>> seeds) {
    this.parser = parser;
    this.seeds = seeds;
  }

  private interface Parser {
    void read(byte[] input) throws Exception;
  }

  /** The one that {@link #CHOICE} names, or all. */
  static List<FuzzTarget> chosen() {
    String choice = System.getProperty(CHOICE, "");
    return choice.isEmpty() ? List.of(values()) : List.of(valueOf(choice));
  }

  /** Parses an input; what it throws is a finding. */
  void read(byte[] input) throws Exception {
    parser.read(input);
  }

  /** Inputs to begin with. */
  List<byte[]> seeds() throws Exception {
    return seeds.call();
  }

  /** An input that {@link ParsersFuzz} gives to the chosen target of that number. */
  static byte[] addressed(int number, byte[] input) {
    byte[] addressed = new byte[input.length + 1];
    addressed[0] = (byte) number;
    System.arraycopy(input, 0, addressed, 1, input.length);
    return addressed;
  }

  /** Gives an input to the target that its first byte names. */
  static void readAddressed(List<FuzzTarget> targets, byte[] input) throws Exception {
    if (input.length > 0) {
      targets
          .get(Byte.toUnsignedInt(input[0]) % targets.size())
          .read(Arrays.copyOfRange(input, 1, input.length));
    }
  }
}
