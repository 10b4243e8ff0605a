package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.protocol.admin.ListSandboxesRequest;
import dev.atoll.protocol.modal.SandboxCreateRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** A create with a name and an idempotency key. */
final class FaultCreate implements FaultScenario {
  private final String key = "create-" + UUID.randomUUID();
  private Set<String> running = Set.of();

  private SandboxCreateRequest request(FaultServer server) {
    return server.create(key, List.of("sh", "-c", "echo run; while true; do sleep 60; done", key));
  }

  @Override
  public void act(FaultServer server) {
    server.wire().once(key).sandboxCreate(request(server));
  }

  @Override
  public void cut() throws IOException {
    running = MarkedProcesses.with(key);
    assertThat(running).as("main processes").hasSizeLessThan(2);
  }

  @Override
  public void check(FaultServer server) throws IOException {
    String id = server.wire().once(key).sandboxCreate(request(server)).getSandboxId();
    assertThat(
            server
                .wire()
                .admin()
                .listSandboxes(ListSandboxesRequest.newBuilder().setIncludeFinished(true).build())
                .getSandboxesList())
        .filteredOn(box -> box.getName().equals(key))
        .singleElement()
        .satisfies(box -> assertThat(box.getSandboxId()).isEqualTo(id));
    try (dev.atoll.sdk.Sandbox box = server.atoll().sandboxes().fromId(id)) {
      assertThat(box.exec("echo", "there").readText()).isEqualTo("there\n");
      Set<String> now = MarkedProcesses.with(key);
      assertThat(now).as("main processes").hasSize(1).containsAll(running);
      BufferedReader output = box.stdoutReader();
      assertThat(output.readLine()).isEqualTo("run");
      assertThat(box.terminateAndWait()).isEqualTo(137);
      assertThat(output.readLine()).isNull();
    }
    assertThat(MarkedProcesses.with(key)).isEmpty();
  }
}
