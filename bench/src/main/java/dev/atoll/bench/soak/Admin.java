package dev.atoll.bench.soak;

import com.google.protobuf.Empty;
import dev.atoll.bench.AdminChannel;
import dev.atoll.protocol.admin.AdminGrpc;
import dev.atoll.protocol.admin.Image;
import dev.atoll.protocol.admin.InspectSandboxRequest;
import dev.atoll.protocol.admin.ListSandboxesRequest;
import dev.atoll.protocol.admin.Sandbox;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;

/** What the command line asks of a server: {@code inspect}, {@code image ls}, {@code drain}. */
final class Admin implements AutoCloseable {
  private final ManagedChannel channel;

  Admin(String url, Map<String, String> credentials) {
    this.channel = AdminChannel.open(url, credentials);
  }

  Sandbox inspect(String sandboxId) {
    return stub()
        .inspectSandbox(InspectSandboxRequest.newBuilder().setSandboxId(sandboxId).build());
  }

  /** Those that have not ended. */
  List<Sandbox> sandboxes() {
    return stub().listSandboxes(ListSandboxesRequest.getDefaultInstance()).getSandboxesList();
  }

  List<Image> images() {
    return stub().listImages(Empty.getDefaultInstance()).getImagesList();
  }

  /** Ends every sandbox and then the server; returns when the server says no more. */
  void drain() {
    try {
      stub().drain(Empty.getDefaultInstance()).forEachRemaining(progress -> {});
    } catch (StatusRuntimeException _) {
      // The stream may break because the server has ended.
    }
  }

  private AdminGrpc.AdminBlockingStub stub() {
    // By itself gRPC would wait a second and more before it connects again.
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff();
    }
    return AdminGrpc.newBlockingStub(channel);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
