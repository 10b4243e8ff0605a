package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atoll.protocol.admin.CreateProxyRequest;
import dev.atoll.protocol.admin.InspectSandboxRequest;
import dev.atoll.protocol.admin.RemoveProxyRequest;
import dev.atoll.sdk.InvalidArgumentException;
import dev.atoll.sdk.NotFoundException;
import dev.atoll.sdk.Proxy;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxOptions;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Proxies, with a network namespace that plays the outside. */
abstract class ProxyTests extends PortTests {
  private static final String LINK = "atproxy0";
  // Of the range for documentation (RFC 5737), a part that no other test uses.
  private static final String OUTSIDE = "203.0.113.10";
  private static final String USUAL = "203.0.113.9";
  private static final String OTHER = "203.0.113.11";

  /** Answers every connection with the address that it comes from. */
  private static final String SERVER =
      """
      import socket
      with socket.create_server(("", 7)) as server:
          print("ready", flush=True)
          while True:
              connection, peer = server.accept()
              with connection: connection.sendall(peer[0].encode() + b"\\n")
      """;

  ProxyTests(String tier) {
    super(tier);
  }

  @Test
  void connectionsLeaveFromTheProxysAddress() throws IOException, InterruptedException {
    try (HostLock _ = HostLock.ofInternet()) {
      leaveFromTheProxysAddress();
    }
  }

  private void leaveFromTheProxysAddress() throws IOException, InterruptedException {
    String namespace = "atoll-proxy-" + ProcessHandle.current().pid();
    TinyRoot.run("ip", "netns", "add", namespace);
    Process outside = null;
    try (Wire wire = Wire.to(server)) {
      TinyRoot.run(
          "ip", "link", "add", "name", LINK, "type", "veth", "peer", "name", "eth0", "netns",
          namespace);
      for (String address : new String[] {USUAL, OTHER}) {
        TinyRoot.run("ip", "address", "add", address + "/29", "dev", LINK);
      }
      TinyRoot.run("ip", "link", "set", LINK, "up");
      Files.writeString(Path.of("/proc/sys/net/ipv4/conf", LINK, "forwarding"), "1");
      TinyRoot.run("ip", "-n", namespace, "address", "add", OUTSIDE + "/29", "dev", "eth0");
      TinyRoot.run("ip", "-n", namespace, "link", "set", "eth0", "up");
      outside =
          new ProcessBuilder("ip", "netns", "exec", namespace, "python3", "-c", SERVER)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      assertThat(outside.inputReader().readLine()).isEqualTo("ready");

      wire.admin().createProxy(request("of-other", OTHER));
      wire.admin().createProxy(request("as-usual", ""));
      assertThat(peer("of-other")).isEqualTo(OTHER + "\n");
      assertThat(peer("as-usual")).isEqualTo(USUAL + "\n");
      assertThat(peer("")).isEqualTo(USUAL + "\n");

      StatusRuntimeException taken =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () -> wire.admin().createProxy(request("of-other", OTHER)));
      assertThat(taken).hasMessageContaining("ALREADY_EXISTS");
      StatusRuntimeException foreign =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () -> wire.admin().createProxy(request("foreign", "198.51.100.200")));
      assertThat(foreign).hasMessageContaining("INVALID_ARGUMENT").hasMessageContaining(OTHER);

      Proxy known = client.proxies().fromName("of-other");
      wire.admin().removeProxy(RemoveProxyRequest.newBuilder().setName("of-other").build());
      NotFoundException gone =
          catchThrowableOfType(
              NotFoundException.class, () -> client.proxies().fromName("of-other"));
      assertThat(gone).hasMessageContaining("Proxy 'of-other' not found");
      assertThat(
              catchThrowableOfType(
                  NotFoundException.class,
                  () -> client.sandboxes().create(app, tiny, options -> options.proxy(known))))
          .hasMessageContaining(known.id());
    } finally {
      if (outside != null) {
        outside.descendants().forEach(ProcessHandle::destroyForcibly);
        outside.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
      }
      TinyRoot.run("ip", "netns", "del", namespace);
    }
  }

  @Test
  void theWellKnownCloudsAndRegionsAreTakenAndRecorded() throws IOException {
    try (Wire wire = Wire.to(server)) {
      try (Sandbox box =
          client
              .sandboxes()
              .create(
                  app, tiny, options -> options.cloud("aws").regions("us-east-1", "us-west-2"))) {
        assertThat(box.exec("echo", "up").readText()).isEqualTo("up\n");
        var recorded =
            wire.admin()
                .inspectSandbox(InspectSandboxRequest.newBuilder().setSandboxId(box.id()).build());
        assertThat(recorded.getCloud()).isEqualTo("aws");
        assertThat(recorded.getRegionsList()).containsExactly("us-east-1", "us-west-2");
      }
    }
    refused("invalid-cloud", options -> options.cloud("invalid-cloud"));
    refused("invalid-region", options -> options.regions("us-east-1", "invalid-region"));
  }

  private void refused(String word, Consumer<SandboxOptions.Builder> options) {
    assertThat(
            catchThrowableOfType(
                InvalidArgumentException.class,
                () -> client.sandboxes().create(app, tiny, options)))
        .hasMessageContaining(word);
  }

  private static CreateProxyRequest request(String name, String address) {
    return CreateProxyRequest.newBuilder().setName(name).setAddress(address).build();
  }

  /** The address that the outside sees of a sandbox with a proxy; without one for no name. */
  private String peer(String name) {
    try (Sandbox box =
        client
            .sandboxes()
            .create(
                app,
                tiny,
                options -> {
                  if (!name.isEmpty()) {
                    options.proxy(client.proxies().fromName(name));
                  }
                })) {
      return box.exec("sh", "-c", "nc " + OUTSIDE + " 7 2>&1").readText();
    }
  }
}
