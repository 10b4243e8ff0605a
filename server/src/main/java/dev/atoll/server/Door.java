package dev.atoll.server;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.grpc.GrpcExceptionHandlerFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.grpc.GrpcServiceBuilder;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.worker.certificate.CertificateFiles;
import dev.atoll.worker.certificate.CertificateWatch;
import dev.atoll.worker.certificate.ServerCertificate;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/**
 * The one port: gRPC over HTTP/2, with TLS or without (prior knowledge), and {@code GET /healthz},
 * 200 while the server takes work. Calls run on virtual threads and last as long as they need.
 */
final class Door implements AutoCloseable {
  private static final int STREAM_WINDOW = 8 << 20;
  private static final int CONNECTION_WINDOW = 32 << 20;
  // Clients cut held calls by resetting their streams: that is their normal way, not an attack.
  private static final int RESETS_IN_TEN_SECONDS = 100_000;

  /** What follows a host's name in an authority; a dot at the end changes no name. */
  private static final Pattern HOST = Pattern.compile("\\.?(?::\\d*)?$");

  private final Server server;
  private final VirtualThreadExecutor executor;
  private final AtomicBoolean takesWork;
  private final Optional<PassedSocket> passed;
  private final Optional<ScheduledFuture<?>> certificateChecks;

  private Door(
      Server server,
      VirtualThreadExecutor executor,
      AtomicBoolean takesWork,
      Optional<PassedSocket> passed,
      Optional<ScheduledFuture<?>> certificateChecks) {
    this.passed = passed;
    this.certificateChecks = certificateChecks;
    this.server = server;
    this.executor = executor;
    this.takesWork = takesWork;
  }

  /**
   * Finds out early whether the port is taken, before a start has done what takes long;
   * FAILED_PRECONDITION when it is.
   */
  static void checkFree(InetSocketAddress address) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address);
    } catch (IOException taken) {
      throw taken(address, taken);
    }
  }

  /**
   * Opens the door; FAILED_PRECONDITION when the port is taken, or the certificate can't be used.
   *
   * <p>With a certificate the port takes plaintext, too, but from this host only: official clients
   * that have dialled a loopback address speak it on the exec path whatever they are told.
   *
   * @param metrics what is counted, at {@code /metrics}
   * @param passed the socket that listens on the address already
   * @param tunnelDomain whose names belong to sandboxes: browsers send a host's cookies to all of
   *     its ports, so here they are no names of this server (421, RFC 9110, section 15.5.20)
   */
  static Door open(
      DoorSettings settings,
      Optional<PassedSocket> passed,
      List<ServerServiceDefinition> services,
      HttpService metrics,
      Optional<String> tunnelDomain)
      throws IOException {
    InetSocketAddress address = settings.listen();
    DoorSettings.DoorLimits limits = settings.limits();
    Optional<CertificateWatch> certificate = settings.tls().map(Door::certificate);
    ConnectionRules connections =
        new ConnectionRules(limits.connectionsOfAddress(), certificate.isPresent());
    VirtualThreadExecutor executor = new VirtualThreadExecutor();
    AtomicBoolean takesWork = new AtomicBoolean(true);
    GrpcServiceBuilder grpc =
        GrpcService.builder()
            .useBlockingTaskExecutor(true)
            .maxRequestMessageLength(Math.toIntExact(limits.message()))
            .maxResponseMessageLength(Math.toIntExact(limits.message()))
            .exceptionHandler(
                (context, status, failure, trailers) ->
                    isTooLarge(status)
                        ? tooLarge(limits.message())
                        : GrpcExceptionHandlerFunction.of()
                            .apply(context, status, failure, trailers));
    services.forEach(grpc::addService);
    ServerBuilder builder = Server.builder();
    builder.bossGroupFactory(name -> passed.map(PassedSocket::acceptors).orElseGet(Acceptors::new));
    InetSocketAddress own =
        passed.isPresent() ? new InetSocketAddress(address.getAddress(), 0) : address;
    certificate.ifPresent(watch -> builder.tlsProvider(new WatchedKeyPair(watch)));
    Server server =
        builder
            .port(
                own,
                certificate.isPresent()
                    ? List.of(SessionProtocol.HTTPS, SessionProtocol.HTTP)
                    : List.of(SessionProtocol.HTTP))
            .childChannelPipelineCustomizer(connections::accept)
            .maxNumConnections(limits.connections())
            .blockingTaskExecutor(executor, false)
            .maxRequestLength(0)
            .requestTimeoutMillis(0)
            .idleTimeout(limits.idle(), true)
            .http2InitialStreamWindowSize(STREAM_WINDOW)
            .http2InitialConnectionWindowSize(CONNECTION_WINDOW)
            .http2MaxStreamsPerConnection(limits.streams())
            .http2MaxHeaderListSize(limits.headers())
            .http2MaxResetFramesPerWindow(RESETS_IN_TEN_SECONDS, 10)
            .unloggedExceptionsReportIntervalMillis(0) // Clients that hang up are no news.
            .gracefulShutdownTimeout(Duration.ZERO, Duration.ofMillis(500))
            .decorator(
                (delegate, context, request) ->
                    tunnelDomain.isPresent() && isBelow(tunnelDomain.get(), context.request())
                        ? HttpResponse.of(
                            HttpStatus.MISDIRECTED_REQUEST,
                            MediaType.PLAIN_TEXT_UTF_8,
                            "names of " + tunnelDomain.get() + " are for sandboxes' tunnels only\n")
                        : delegate.serve(context, request))
            .service(grpc.build())
            .service("/metrics", metrics)
            .service("/healthz", (context, request) -> health(takesWork.get()))
            .build();
    try {
      server.start().join();
    } catch (CompletionException failure) {
      executor.shutdownNow();
      if (failure.getCause() instanceof IOException taken) {
        throw taken(address, taken);
      }
      throw failure;
    }
    passed.ifPresent(PassedSocket::open);
    long interval = CertificateWatch.INTERVAL.toSeconds();
    return new Door(
        server,
        executor,
        takesWork,
        passed,
        certificate.map(
            watch ->
                executor.scheduleWithFixedDelay(
                    watch::check, interval, interval, TimeUnit.SECONDS)));
  }

  /**
   * Whether it is Armeria's refusal of a message, which has words only to be known by. They end
   * with a space, which RFC 9113 forbids (section 8.2.1): Node's clients would see none of them.
   */
  private static boolean isTooLarge(Status status) {
    return status.getCode() == Status.Code.RESOURCE_EXHAUSTED
        && Optional.ofNullable(status.getDescription())
            .filter(text -> text.startsWith("com.linecorp.armeria."))
            .isPresent();
  }

  private static Status tooLarge(long limit) {
    return Status.RESOURCE_EXHAUSTED.withDescription(
        "the message is larger than %d bytes: send less at once, or have the server's operator raise maximumMessage"
            .formatted(limit));
  }

  private static CertificateWatch certificate(DoorSettings.TlsFiles files) {
    CertificateFiles watched = new CertificateFiles("the door", files.certificate(), files.key());
    return CertificateWatch.open(watched, () -> ServerCertificate.read(watched));
  }

  private static AtollException taken(InetSocketAddress address, IOException why) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION,
        "can't listen on %s:%d (%s): choose another --listen"
            .formatted(address.getAddress().getHostAddress(), address.getPort(), why.getMessage()),
        why);
  }

  /** The port that it listens on. */
  int port() {
    return passed.map(socket -> socket.address().getPort()).orElseGet(server::activeLocalPort);
  }

  /** From now on the health check says that the server takes no work. */
  void takeNoWork() {
    takesWork.set(false);
  }

  private static boolean isBelow(String domain, HttpRequest request) {
    String authority = Optional.ofNullable(request.authority()).orElse("");
    String host = HOST.matcher(authority.toLowerCase(Locale.ROOT)).replaceFirst("");
    return host.equals(domain) || host.endsWith("." + domain);
  }

  private static HttpResponse health(boolean takesWork) {
    return takesWork
        ? HttpResponse.of(HttpStatus.OK, MediaType.PLAIN_TEXT_UTF_8, "ok\n")
        : HttpResponse.of(HttpStatus.SERVICE_UNAVAILABLE, MediaType.PLAIN_TEXT_UTF_8, "stopping\n");
  }

  /** Ends every call and lets go of the port. */
  @Override
  public void close() {
    certificateChecks.ifPresent(checks -> checks.cancel(false));
    passed.ifPresent(PassedSocket::close);
    server.stop().join();
    executor.shutdownNow();
  }
}
