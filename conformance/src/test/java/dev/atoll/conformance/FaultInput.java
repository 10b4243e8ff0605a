package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.atoll.protocol.modal.SandboxStdinWriteRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** The numbered writes to a main process's input. */
final class FaultInput implements FaultScenario {
  private final String key = "input-" + UUID.randomUUID();
  private String sandboxId = "";

  @Override
  public void prepare(FaultServer server) {
    sandboxId =
        server.wire().control().sandboxCreate(server.create(key, List.of("cat"))).getSandboxId();
  }

  @Override
  public void act(FaultServer server) {
    write(server, 1, "first\n", false);
  }

  @Override
  public void check(FaultServer server) throws IOException {
    write(server, 1, "first\n", false);
    write(server, 2, "second\n", true);
    try (dev.atoll.sdk.Sandbox box = server.atoll().sandboxes().fromId(sandboxId)) {
      assertThat(box.waitFor()).isZero();
      assertThat(new String(box.stdout().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("first\nsecond\n");
    }
  }

  private void write(FaultServer server, int index, String input, boolean end) {
    var _ =
        server
            .wire()
            .control()
            .sandboxStdinWrite(
                SandboxStdinWriteRequest.newBuilder()
                    .setSandboxId(sandboxId)
                    .setIndex(index)
                    .setInput(ByteString.copyFromUtf8(input))
                    .setEof(end)
                    .build());
  }
}
