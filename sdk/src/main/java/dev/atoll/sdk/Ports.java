package dev.atoll.sdk;

import dev.atoll.protocol.modal.GenericResult.GenericStatus;
import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.SandboxCreateConnectTokenRequest;
import dev.atoll.protocol.modal.SandboxCreateConnectTokenResponse;
import dev.atoll.protocol.modal.SandboxGetTunnelsRequest;
import dev.atoll.protocol.modal.SandboxGetTunnelsResponse;
import dev.atoll.protocol.modal.SandboxWaitUntilReadyRequest;
import dev.atoll.sdk.transport.ControlPlane;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Asks for the ways into a sandbox's ports, and whether it is ready for whoever comes. */
record Ports(ControlPlane controlPlane, String sandboxId) {
  static final Duration LONGEST_WAIT = Duration.ofSeconds(50);
  static final Duration READINESS_LIMIT = Duration.ofSeconds(300);

  Map<Integer, Tunnel> tunnels(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      SandboxGetTunnelsResponse answer = askForTunnels(patience(end));
      if (answer.getResult().getStatus() != GenericStatus.GENERIC_STATUS_TIMEOUT) {
        return tunnels(answer);
      }
      if (System.nanoTime() >= end) {
        throw new CallTimeoutException(
            "Sandbox %s does not run after %s ms".formatted(sandboxId, limit.toMillis()));
      }
    }
  }

  private SandboxGetTunnelsResponse askForTunnels(Duration patience) {
    return controlPlane.call(
        ModalClientGrpc.getSandboxGetTunnelsMethod(),
        SandboxGetTunnelsRequest.newBuilder()
            .setSandboxId(sandboxId)
            .setTimeout(patience.toMillis() / 1000f)
            .build());
  }

  private static Map<Integer, Tunnel> tunnels(SandboxGetTunnelsResponse answer) {
    Map<Integer, Tunnel> tunnels = new LinkedHashMap<>();
    answer.getTunnelsList().forEach(data -> tunnels.put(data.getContainerPort(), Tunnel.of(data)));
    return Collections.unmodifiableMap(tunnels);
  }

  /** How long the server is asked to wait: what is left, and not longer than one call may last. */
  private static Duration patience(long end) {
    Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    return left.compareTo(LONGEST_WAIT) < 0 ? left : LONGEST_WAIT;
  }

  void awaitReadiness(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      if (isReady(patience(end))) {
        return;
      }
      if (System.nanoTime() >= end) {
        throw new CallTimeoutException(
            "Sandbox %s was not ready within %s ms".formatted(sandboxId, limit.toMillis()));
      }
    }
  }

  private boolean isReady(Duration patience) {
    try {
      return controlPlane
              .callWaiting(
                  ModalClientGrpc.getSandboxWaitUntilReadyMethod(),
                  SandboxWaitUntilReadyRequest.newBuilder()
                      .setSandboxId(sandboxId)
                      .setTimeout(patience.toMillis() / 1000f)
                      .build())
              .getReadyAt()
          > 0;
    } catch (CallTimeoutException notYet) {
      return false;
    }
  }

  ConnectToken connectToken(int port, String userMetadata) {
    SandboxCreateConnectTokenRequest request =
        SandboxCreateConnectTokenRequest.newBuilder()
            .setSandboxId(sandboxId)
            .setPort(port)
            .setUserMetadata(userMetadata)
            .build();
    SandboxCreateConnectTokenResponse answer =
        controlPlane.call(ModalClientGrpc.getSandboxCreateConnectTokenMethod(), request);
    return new ConnectToken(answer.getUrl(), answer.getToken());
  }
}
