package dev.atoll.sdk;

import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.SandboxGetFromNameRequest;
import dev.atoll.protocol.modal.SandboxWaitRequest;
import dev.atoll.sdk.transport.ControlPlane;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Creates and finds sandboxes. */
public final class Sandboxes {
  private final ControlPlane controlPlane;

  Sandboxes(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
  }

  /**
   * Creates a sandbox that idles until it is terminated or its 300 s are over.
   *
   * @see #create(App, Image, Consumer)
   */
  public Sandbox create(App app, Image image) {
    return create(app, image, SandboxOptions.builder().build());
  }

  /**
   * Creates a sandbox: {@code create(app, image, sandbox -> sandbox.memoryMiB(2048))}. The image is
   * built first if it has to be. Returns when the server has accepted the sandbox; the first call
   * that needs it running waits for that.
   *
   * @return a handle whose {@link Sandbox#close()} terminates the sandbox
   * @throws BuildFailedException if the image can't be built
   * @throws InvalidArgumentException if an option breaks a rule
   * @throws AlreadyExistsException if the name is in use
   * @throws ResourceExhaustedException if the server has no room
   */
  public Sandbox create(App app, Image image, Consumer<SandboxOptions.Builder> options) {
    SandboxOptions.Builder builder = SandboxOptions.builder();
    options.accept(builder);
    return create(app, image, builder.build());
  }

  /** As {@link #create(App, Image, Consumer)}. */
  public Sandbox create(App app, Image image, SandboxOptions options) {
    String imageId = image.build(app).id().orElseThrow();
    String id =
        controlPlane
            .call(ModalClientGrpc.getSandboxCreateMethod(), Requests.create(app, imageId, options))
            .getSandboxId();
    return new Sandbox(controlPlane, id, true);
  }

  /**
   * The sandbox with that id, running or ended.
   *
   * @return a handle whose {@link Sandbox#close()} leaves the sandbox alone
   * @throws NotFoundException if there is none
   */
  public Sandbox fromId(String id) {
    controlPlane.call(
        ModalClientGrpc.getSandboxWaitMethod(),
        SandboxWaitRequest.newBuilder().setSandboxId(id).build());
    return new Sandbox(controlPlane, id, false);
  }

  /**
   * The running sandbox that has that name in an app.
   *
   * @return a handle whose {@link Sandbox#close()} leaves the sandbox alone
   * @throws NotFoundException if the client's environment has no such app, or the app no running
   *     sandbox of that name
   */
  public Sandbox fromName(String appName, String name) {
    return fromName(appName, name, options -> {});
  }

  /**
   * As {@link #fromName(String, String)}, in another environment: {@code fromName("my-app",
   * "worker-1", sandbox -> sandbox.environment("staging"))}.
   *
   * @throws NotFoundException if there is no such environment, it has no such app, or the app no
   *     running sandbox of that name
   */
  public Sandbox fromName(
      String appName, String name, Consumer<EnvironmentOptions.Builder> options) {
    EnvironmentOptions.Builder builder = EnvironmentOptions.builder();
    options.accept(builder);
    SandboxGetFromNameRequest request =
        SandboxGetFromNameRequest.newBuilder()
            .setAppName(appName)
            .setSandboxName(name)
            .setEnvironmentName(builder.build().environment().orElseGet(controlPlane::environment))
            .build();
    String id =
        controlPlane.call(ModalClientGrpc.getSandboxGetFromNameMethod(), request).getSandboxId();
    return new Sandbox(controlPlane, id, false);
  }

  /** {@link #list(Consumer)} of all of the client's environment. */
  public Stream<Sandbox> list() {
    return list(filter -> {});
  }

  /**
   * The running sandboxes, the newest first: {@code list(only -> only.tag("stage", "test"))}. They
   * are asked for page by page as the stream is consumed, so that any number can be listed; each
   * page blocks for a call. One that runs all the time appears exactly once, whatever starts and
   * ends meanwhile.
   *
   * @return handles whose {@link Sandbox#close()} leaves the sandbox alone
   * @throws NotFoundException while it is consumed, if the app or the environment doesn't exist
   */
  public Stream<Sandbox> list(Consumer<SandboxFilter.Builder> filter) {
    SandboxFilter.Builder builder = SandboxFilter.builder();
    filter.accept(builder);
    SandboxPages pages = new SandboxPages(controlPlane, builder.build());
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(pages, Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }
}
