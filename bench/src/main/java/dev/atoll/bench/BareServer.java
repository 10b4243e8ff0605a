package dev.atoll.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.grpc.GrpcService;
import dev.atoll.control.calls.Calls;
import dev.atoll.protocol.router.TaskCommandRouterGrpc.TaskCommandRouterImplBase;
import dev.atoll.protocol.router.TaskExecStdioReadRequest;
import dev.atoll.protocol.router.TaskExecStdioReadResponse;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;

/**
 * A process with nothing but the server's gRPC in it, which streams zeros in messages of the size
 * that output has. Prints its port; ends with its standard input.
 */
public final class BareServer {
  private static final int CHUNK = 256 << 10;

  private BareServer() {}

  /** Serves until nobody needs it any more. */
  public static void main(String[] arguments) throws Exception {
    Server server =
        Server.builder()
            .http(new InetSocketAddress("127.0.0.1", 0))
            .service(
                GrpcService.builder().useBlockingTaskExecutor(true).addService(new Zeros()).build())
            .requestTimeoutMillis(0)
            .build();
    server.start().join();
    System.out.println(server.activeLocalPort());
    System.in.readAllBytes();
    System.exit(0);
  }

  /** As many bytes as the offset says. */
  private static final class Zeros extends TaskCommandRouterImplBase {
    @Override
    public void taskExecStdioRead(
        TaskExecStdioReadRequest request, StreamObserver<TaskExecStdioReadResponse> observer) {
      Calls.stream(
          observer,
          outlet -> {
            for (long left = request.getOffset(); left > 0; left -= CHUNK) {
              // A fresh array for each, as output has.
              ByteString zeros =
                  UnsafeByteOperations.unsafeWrap(new byte[(int) Math.min(CHUNK, left)]);
              outlet.send(TaskExecStdioReadResponse.newBuilder().setData(zeros).build());
            }
          });
    }
  }
}
