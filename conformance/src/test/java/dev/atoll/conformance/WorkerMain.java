package dev.atoll.conformance;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.grpc.GrpcServiceBuilder;
import dev.atoll.cells.CellHost;
import dev.atoll.cells.CellHostConfig;
import dev.atoll.cells.host.CellHosts;
import dev.atoll.control.auth.SignedTokens;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.ImageStore;
import dev.atoll.images.ImageStoreConfig;
import dev.atoll.images.store.ImageStores;
import dev.atoll.linux.UserNamespaceFile;
import dev.atoll.server.ServerArguments;
import dev.atoll.server.ServerConfig;
import dev.atoll.worker.Snapshot;
import dev.atoll.worker.TaskAccess;
import dev.atoll.worker.TaskImages;
import dev.atoll.worker.TaskTokens;
import dev.atoll.worker.Worker;
import dev.atoll.worker.WorkerConfig;
import dev.atoll.worker.service.Workers;
import io.grpc.BindableService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A process with a worker and no control plane, whose services listen on a free loopback port. It
 * ends with its standard input, so also when whoever started it dies.
 */
final class WorkerMain {
  /** What the log says when the worker takes calls; the port follows. */
  static final String READY = "the worker listens on port ";

  /** The file with the key of the tokens that open tasks. */
  static final String KEY = "signing-key.json";

  /** What a secret's variable holds here. */
  static final String SECRET = "of the control plane";

  private static final int PROCESS_LIMIT = 1024;

  private WorkerMain() {}

  /** Arguments: a folder with a configuration and a key, and an instance id. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path folder = Path.of(arguments[0]);
    ServerConfig config =
        new ServerArguments(
                Optional.empty(),
                Optional.empty(),
                Optional.of(folder.toString()),
                Optional.of(folder.resolve("config.yaml")))
            .toConfig(System.getenv());
    CellHostConfig cellConfig =
        new CellHostConfig(
            config.tier(),
            config.runtime(),
            arguments[1],
            closed(folder.resolve("cells")),
            new CellHostConfig.Network(List.of(), Optional.empty()),
            PROCESS_LIMIT);
    TaskTokens tokens = tokens(SignedTokens.open(folder.resolve(KEY)));
    try (CellHost cells = CellHosts.open(cellConfig, Set.of());
        UserNamespaceFile namespace =
            UserNamespaceFile.create(cells.idMapping().hostBase(), cells.idMapping().size());
        ImageStore images =
            ImageStores.open(
                ImageStoreConfig.of(closed(folder.resolve("images")))
                    .withUserNamespace(
                        new ImageStoreConfig.UserNamespace(cells.idMapping(), namespace)))) {
      Worker worker =
          Workers.open(
              WorkerConfig.defaults(closed(folder.resolve("worker"))),
              cells,
              images,
              (access, ids) -> Map.of(String.join("_", ids), SECRET),
              new DigestsAsIds(),
              tokens);
      try (Server server = serve(worker)) {
        System.out.println(READY + server.activeLocalPort() + ".");
        while (System.in.read() >= 0) {
          // Nobody has anything to say but that it is over.
        }
        // Watchers hear of the ends as long as the server is there.
        worker.close();
      }
    }
  }

  /** An image's id is its digest, since the table of ids is elsewhere. */
  private static final class DigestsAsIds implements TaskImages {
    @Override
    public Optional<String> find(Snapshot snapshot) {
      return Optional.empty();
    }

    @Override
    public String add(Snapshot snapshot, String digest) {
      return digest;
    }

    @Override
    public String use(TaskAccess access, String imageId) {
      return imageId;
    }
  }

  private static TaskTokens tokens(SignedTokens tokens) {
    return token ->
        tokens
            .claims(SignedTokens.Audience.ROUTER, token)
            .map(claims -> new TaskAccess(claims.subject(), Optional.empty()))
            .orElseThrow(
                () -> new AtollException(ErrorCode.UNAUTHENTICATED, "the token is invalid"));
  }

  private static Server serve(Worker worker) {
    GrpcServiceBuilder grpc = GrpcService.builder().useBlockingTaskExecutor(true);
    List<BindableService> services = new ArrayList<>(worker.clientServices());
    services.add(worker.workerService());
    services.forEach(grpc::addService);
    Server server =
        Server.builder()
            .port(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), SessionProtocol.HTTP)
            .maxRequestLength(0)
            .requestTimeoutMillis(0)
            .idleTimeoutMillis(0)
            .gracefulShutdownTimeout(Duration.ZERO, Duration.ofMillis(500))
            .service(grpc.build())
            .build();
    server.start().join();
    return server;
  }

  private static Path closed(Path folder) throws IOException {
    return Files.createDirectory(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }
}
