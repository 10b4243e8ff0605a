package dev.atoll.control.rpc;

import com.google.protobuf.Empty;
import dev.atoll.control.auth.Caller;
import dev.atoll.control.calls.Calls;
import dev.atoll.control.sandboxes.Sandboxes;
import dev.atoll.control.worker.WorkerClient;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.admin.AdminGrpc.AdminImplBase;
import dev.atoll.protocol.admin.BootstrapImageRequest;
import dev.atoll.protocol.admin.CreateProxyRequest;
import dev.atoll.protocol.admin.CreateTokenRequest;
import dev.atoll.protocol.admin.CreatedToken;
import dev.atoll.protocol.admin.DrainProgress;
import dev.atoll.protocol.admin.Image;
import dev.atoll.protocol.admin.ImageName;
import dev.atoll.protocol.admin.ImageProgress;
import dev.atoll.protocol.admin.ImportImageRequest;
import dev.atoll.protocol.admin.InspectSandboxRequest;
import dev.atoll.protocol.admin.ListImagesResponse;
import dev.atoll.protocol.admin.ListProxiesRequest;
import dev.atoll.protocol.admin.ListProxiesResponse;
import dev.atoll.protocol.admin.ListSandboxesRequest;
import dev.atoll.protocol.admin.ListSandboxesResponse;
import dev.atoll.protocol.admin.ListTokensResponse;
import dev.atoll.protocol.admin.PushImageRequest;
import dev.atoll.protocol.admin.RemoveProxyRequest;
import dev.atoll.protocol.admin.RevokeTokenRequest;
import dev.atoll.protocol.admin.Sandbox;
import dev.atoll.protocol.admin.ServerDescription;
import dev.atoll.protocol.admin.TagImageRequest;
import dev.atoll.protocol.modal.Proxy;
import dev.atoll.protocol.worker.ExportedPart;
import dev.atoll.protocol.worker.WorkerDescription;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** What the command line asks of a server beyond the Sandbox API. */
public final class AdminService extends AdminImplBase {
  private static final Duration DRAIN_PROGRESS = Duration.ofMillis(500);

  private final ControlParts parts;
  private final String version;

  /** Creates it for a server of that version. */
  public AdminService(ControlParts parts, String version) {
    this.parts = parts;
    this.version = version;
  }

  @Override
  public void describe(Empty request, StreamObserver<ServerDescription> observer) {
    Calls.answer(
        observer,
        () -> {
          WorkerDescription worker = parts.worker().describe();
          return ServerDescription.newBuilder()
              .setVersion(version)
              .setTier(worker.getTier())
              .setRuntime(worker.getRuntime())
              .build();
        });
  }

  @Override
  public void importImage(ImportImageRequest request, StreamObserver<ImageProgress> observer) {
    makeImage(observer, listener -> parts.localImages().importImage(request, listener));
  }

  @Override
  public void bootstrapImage(
      BootstrapImageRequest request, StreamObserver<ImageProgress> observer) {
    makeImage(observer, listener -> parts.localImages().bootstrapImage(request, listener));
  }

  @Override
  public void tagImage(TagImageRequest request, StreamObserver<Image> observer) {
    Calls.answer(observer, () -> parts.localImages().tag(request.getName(), request.getTag()));
  }

  @Override
  public void exportImage(ImageName request, StreamObserver<ExportedPart> observer) {
    Calls.stream(
        observer,
        outlet -> {
          Context previous = outlet.context().attach();
          try {
            Iterator<ExportedPart> archive = parts.localImages().export(request.getName());
            while (archive.hasNext() && outlet.send(archive.next())) {}
          } finally {
            outlet.context().detach(previous);
          }
        });
  }

  @Override
  public void pushImage(PushImageRequest request, StreamObserver<ImageProgress> observer) {
    reportProgress(
        observer,
        listener ->
            ImageProgress.newBuilder()
                .setPushed(parts.localImages().push(request, listener))
                .build());
  }

  @Override
  public void listImages(Empty request, StreamObserver<ListImagesResponse> observer) {
    Calls.answer(
        observer,
        () -> ListImagesResponse.newBuilder().addAllImages(parts.localImages().list()).build());
  }

  @Override
  public void inspectImage(ImageName request, StreamObserver<Image> observer) {
    Calls.answer(observer, () -> parts.localImages().inspect(request.getName()));
  }

  @Override
  public void removeImage(ImageName request, StreamObserver<Empty> observer) {
    Calls.answer(
        observer,
        () -> {
          parts.localImages().remove(request.getName());
          return Empty.getDefaultInstance();
        });
  }

  @Override
  public void createProxy(CreateProxyRequest request, StreamObserver<Proxy> observer) {
    Calls.answer(observer, () -> parts.proxies().create(request));
  }

  @Override
  public void listProxies(
      ListProxiesRequest request, StreamObserver<ListProxiesResponse> observer) {
    Calls.answer(
        observer,
        () ->
            ListProxiesResponse.newBuilder().addAllProxies(parts.proxies().list(request)).build());
  }

  @Override
  public void removeProxy(RemoveProxyRequest request, StreamObserver<Empty> observer) {
    Calls.answer(
        observer,
        () -> {
          parts.proxies().remove(request);
          return Empty.getDefaultInstance();
        });
  }

  @Override
  public void createToken(CreateTokenRequest request, StreamObserver<CreatedToken> observer) {
    Calls.answer(observer, () -> parts.tokens().create(request));
  }

  @Override
  public void listTokens(Empty request, StreamObserver<ListTokensResponse> observer) {
    Calls.answer(observer, parts.tokens()::list);
  }

  @Override
  public void revokeToken(RevokeTokenRequest request, StreamObserver<Empty> observer) {
    Calls.answer(
        observer,
        () -> {
          parts.tokens().revoke(request);
          return Empty.getDefaultInstance();
        });
  }

  @Override
  public void listSandboxes(
      ListSandboxesRequest request, StreamObserver<ListSandboxesResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          ListSandboxesResponse.Builder response = ListSandboxesResponse.newBuilder();
          Optional<Double> before = Optional.empty();
          List<Sandboxes.Listed> page;
          do {
            page =
                parts
                    .sandboxes()
                    .list(
                        Optional.empty(),
                        Optional.empty(),
                        before,
                        request.getIncludeFinished(),
                        List.of());
            page.forEach(listed -> response.addSandboxes(SandboxMessages.inspection(listed)));
            before = page.stream().map(SandboxMessages::createdAt).reduce((a, b) -> b);
          } while (!page.isEmpty());
          return response.build();
        });
  }

  @Override
  public void inspectSandbox(InspectSandboxRequest request, StreamObserver<Sandbox> observer) {
    Calls.answer(
        observer,
        () -> SandboxMessages.inspection(parts.sandboxes().inspect(request.getSandboxId())));
  }

  @Override
  public void drain(Empty request, StreamObserver<DrainProgress> observer) {
    Calls.stream(
        observer,
        outlet -> {
          Caller.current().requireAllEnvironments("ending every sandbox");
          parts.drain().begin();
          int left;
          do {
            left = parts.drain().await(DRAIN_PROGRESS);
          } while (outlet.send(DrainProgress.newBuilder().setLeft(left).build()) && left > 0);
        });
  }

  private interface Maker {
    Image make(WorkerClient.ImageListener listener);
  }

  private static void makeImage(StreamObserver<ImageProgress> observer, Maker maker) {
    reportProgress(
        observer, listener -> ImageProgress.newBuilder().setImage(maker.make(listener)).build());
  }

  private interface Work {
    ImageProgress run(WorkerClient.ImageListener listener);
  }

  private static void reportProgress(StreamObserver<ImageProgress> observer, Work work) {
    Calls.stream(
        observer,
        outlet -> {
          WorkerClient.ImageListener listener =
              new WorkerClient.ImageListener() {
                @Override
                public void log(String text) {
                  send(outlet, ImageProgress.newBuilder().setLog(text).build());
                }

                @Override
                public void step(String line) {
                  send(outlet, ImageProgress.newBuilder().setStep(line).build());
                }
              };
          Context previous = outlet.context().attach();
          try {
            outlet.send(work.run(listener));
          } finally {
            outlet.context().detach(previous);
          }
        });
  }

  private static void send(Calls.Outlet<ImageProgress> outlet, ImageProgress progress) {
    try {
      outlet.send(progress);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AtollException(ErrorCode.UNAVAILABLE, "the server is stopping", interrupted);
    }
  }
}
