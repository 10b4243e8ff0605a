package dev.atoll.sdk;

import dev.atoll.protocol.modal.FileDescriptor;
import dev.atoll.protocol.modal.ModalClientGrpc;
import dev.atoll.protocol.modal.SandboxTagsGetRequest;
import dev.atoll.protocol.modal.SandboxTagsSetRequest;
import dev.atoll.protocol.modal.SandboxTerminateRequest;
import dev.atoll.protocol.router.TaskCommandRouterGrpc;
import dev.atoll.protocol.router.TaskSetNetworkAccessRequest;
import dev.atoll.sdk.files.SandboxFileSystem;
import dev.atoll.sdk.transport.ControlPlane;
import dev.atoll.sdk.transport.Router;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A sandbox on the server. Safe for use by many threads; calls block. */
public final class Sandbox implements AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final ControlPlane controlPlane;
  private final String id;
  private final boolean owned;
  private final Ending ending;
  private final Ports ports;
  private final AtomicLong changes = new AtomicLong();
  private final OutputStream stdin;
  private final InputStream stdout;
  private final InputStream stderr;
  private volatile @Nullable TaskConnection connection;
  private @Nullable FileSystem fileSystem;
  private volatile boolean detached;
  private volatile boolean terminated;

  Sandbox(ControlPlane controlPlane, String id, boolean owned) {
    this.controlPlane = controlPlane;
    this.id = id;
    this.owned = owned;
    this.ending = new Ending(controlPlane, id);
    this.ports = new Ports(controlPlane, id);
    this.stdin = new StdinBuffer(new MainInput(controlPlane, id));
    this.stdout = new MainOutput(controlPlane, id, FileDescriptor.FILE_DESCRIPTOR_STDOUT);
    this.stderr = new MainOutput(controlPlane, id, FileDescriptor.FILE_DESCRIPTOR_STDERR);
  }

  /** The id such as {@code sb-…}. */
  public String id() {
    return id;
  }

  /**
   * Starts a process and returns when it runs.
   *
   * @param command the program, looked up in PATH, and its arguments; no shell is involved
   * @throws InvalidArgumentException if the program can't be started
   * @throws FailedPreconditionException if the sandbox has ended
   */
  public SandboxProcess exec(String... command) {
    return exec(List.of(command), ExecOptions.builder().build());
  }

  /** As {@link #exec(String...)}: {@code exec(List.of("ls"), exec -> exec.workdir("/srv"))}. */
  public SandboxProcess exec(List<String> command, Consumer<ExecOptions.Builder> options) {
    ExecOptions.Builder builder = ExecOptions.builder();
    options.accept(builder);
    return exec(command, builder.build());
  }

  /** As {@link #exec(String...)}, with options. */
  public SandboxProcess exec(List<String> command, ExecOptions options) {
    changes.incrementAndGet();
    return execUnnoticed(command, options);
  }

  /** As {@link #exec(List, ExecOptions)}; files that were listed count as unchanged by it. */
  SandboxProcess execUnnoticed(List<String> command, ExecOptions options) {
    Router router = connection().router();
    String execId = UUID.randomUUID().toString();
    router.call(
        TaskCommandRouterGrpc.getTaskExecStartMethod(),
        Requests.exec(router.taskId(), execId, command, options));
    return new SandboxProcess(router, execId, options);
  }

  /**
   * Opens a file in the sandbox to read it.
   *
   * @param path absolute, or relative to the sandbox's working directory
   * @throws SandboxFilesystemException if it can't be opened
   */
  public SandboxFile open(String path) {
    return open(path, FileMode.READ);
  }

  /**
   * Opens a file in the sandbox.
   *
   * @param path absolute, or relative to the sandbox's working directory
   * @throws SandboxFilesystemException if it can't be opened
   */
  public SandboxFile open(String path, FileMode mode) {
    return open(path, mode.symbol());
  }

  /** As {@link #open(String, FileMode)}, by the mode's symbol. */
  SandboxFile open(String path, String mode) {
    return SandboxFile.open(connection().files(), path, mode, changes);
  }

  /**
   * The sandbox's files, for {@link java.nio.file.Files} and whatever works with paths: {@code
   * Files.readString(sandbox.fileSystem().getPath("/etc/hosts"))}. Paths are Linux's, whatever this
   * machine runs; a relative one starts at the sandbox's working directory. The same file system
   * until it is closed; closing it closes its channels and watches, and leaves the sandbox alone.
   *
   * <ul>
   *   <li>Its failures are {@link java.io.IOException}s of {@code java.nio.file}.
   *   <li>Moving, making links, setting permissions, owners and times, and asking for access rights
   *       is done by the programs of POSIX in the sandbox ({@code mv}, {@code ln}, {@code chmod},
   *       {@code chown}, {@code chgrp}, {@code touch}, {@code test}); in an image without them it
   *       throws {@link UnsupportedOperationException}. Copies inside the sandbox use {@code cp},
   *       or go through this machine without their permissions if there is none.
   *   <li>The protocol has one time of a file, that of its last change, which the others equal; it
   *       tells of no file keys and no file stores, makes no file together with its attributes,
   *       cuts no open file to a length, and moves nothing atomically. A file that is opened with
   *       CREATE_NEW is looked for first, not in the same step.
   *   <li>Attributes of an entry that was listed less than a second ago are those of the listing,
   *       unless this handle has changed something since; so a walk is fast.
   *   <li>A watched folder's events are those of its own entries.
   *   <li>Output streams are buffered: what was written is seen in the sandbox when it is flushed
   *       or closed. Channels write at once.
   *   <li>Names that are no UTF-8 are listed with replacement characters and can't be opened.
   * </ul>
   *
   * @see #open(String, FileMode)
   */
  public FileSystem fileSystem() {
    lock.lock();
    try {
      FileSystem current = fileSystem;
      if (current == null || !current.isOpen()) {
        current = new SandboxFileSystem(new WireFiles(this), changes);
        fileSystem = current;
      }
      return current;
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #snapshotFilesystem(Duration)}, with 55 seconds. */
  public Image snapshotFilesystem() {
    return snapshotFilesystem(Snapshots.TIMEOUT);
  }

  /**
   * Makes an image of the sandbox's files as they are now, all at one moment, with the environment,
   * working directory, user and entrypoint of the image that it runs. The sandbox stands still
   * while what it has written is copied, and goes on. What is mounted ({@link #mountImage}) is no
   * part of it. The image lasts until it is deleted.
   *
   * @return an image that sandboxes start from
   * @throws CallTimeoutException if it takes longer
   * @throws NotFoundException if the sandbox has ended
   * @throws ResourceExhaustedException if the server has no room
   */
  public Image snapshotFilesystem(Duration timeout) {
    return snapshots().filesystem(timeout);
  }

  /** As {@link #snapshotDirectory(String, Duration)}, with 55 seconds. */
  public Image snapshotDirectory(String path) {
    return snapshotDirectory(path, Snapshots.TIMEOUT);
  }

  /**
   * Makes an image whose root is a folder of the sandbox, with all that is in it as it is now, at
   * one moment: a folder of the sandbox's own files, or of a mounted image with what was changed in
   * it. What is mounted below the folder is no part of it. The sandbox stands still while the files
   * are copied, and goes on. The image lasts until it is deleted; it is made to be mounted ({@link
   * #mountImage}).
   *
   * @param path absolute; symbolic links are followed inside the sandbox
   * @return an image with the folder's permissions and owners
   * @throws InvalidArgumentException if the path isn't absolute, is no folder, or is at or below
   *     {@code /proc}, {@code /sys} or {@code /dev}
   * @throws NotFoundException if there is no such folder, or the sandbox has ended
   * @throws CallTimeoutException if it takes longer
   * @throws ResourceExhaustedException if the server has no room
   */
  public Image snapshotDirectory(String path, Duration timeout) {
    return snapshots().directory(path, timeout);
  }

  /**
   * Mounts an image on a folder of the running sandbox and returns when processes see it there. It
   * can be written to, which changes nothing in the image, and is owned as the image says. The
   * folder is made if it is missing; what is in it is hidden until {@link #unmountImage}. An image
   * that is mounted there already is replaced; processes that are in it lose what was written.
   *
   * @param path absolute; symbolic links are followed inside the sandbox
   * @param image one with an {@link Image#id() id}: from the server, or built
   * @throws IllegalStateException if the image has not been built
   * @throws InvalidArgumentException if the path isn't absolute, is no folder, or is {@code /} or
   *     at or below {@code /proc}, {@code /sys} or {@code /dev}
   * @throws FailedPreconditionException if another image is mounted below the one to be replaced
   * @throws NotFoundException if there is no such image, or the sandbox has ended
   * @throws ResourceExhaustedException if 32 images are mounted already, or the server has no room
   */
  public void mountImage(String path, Image image) {
    String imageId =
        image
            .id()
            .orElseThrow(
                () -> new IllegalStateException("the image has not been built: call build first"));
    mounts().mount(path, imageId);
  }

  /**
   * As {@link #mountImage(String, Image)}, with an empty folder that is owned by root and has mode
   * 0755.
   */
  public void mountEmptyDirectory(String path) {
    mounts().mount(path, "");
  }

  /**
   * Takes away what {@link #mountImage} or {@link #mountEmptyDirectory} has mounted on a folder;
   * what was there before shows again, and what was written to the mounted image is lost. Take a
   * {@link #snapshotDirectory snapshot} before to keep it.
   *
   * @param path where it is now; symbolic links are followed inside the sandbox
   * @throws NotFoundException if no image is mounted there, or the sandbox has ended
   * @throws FailedPreconditionException if another image is mounted below it
   */
  public void unmountImage(String path) {
    mounts().unmount(path);
  }

  private Mounts mounts() {
    return new Mounts(connection().router());
  }

  private Snapshots snapshots() {
    return new Snapshots(controlPlane, connection().router(), id);
  }

  /**
   * The main process's stdin, buffered: flush or close it to send what was written. When that fails
   * because the server can't be reached it can be called again: nothing is lost or sent twice.
   */
  public OutputStream stdin() {
    return stdin;
  }

  /**
   * The main process's stdout as UTF-8, from its beginning; readable after the sandbox's end, too.
   */
  public InputStream stdout() {
    return stdout;
  }

  /**
   * The main process's stderr as UTF-8, from its beginning; readable after the sandbox's end, too.
   */
  public InputStream stderr() {
    return stderr;
  }

  /** {@link #stdin()} as text, in UTF-8: a new writer each time, so keep one. */
  public BufferedWriter stdinWriter() {
    return new BufferedWriter(new OutputStreamWriter(stdin, StandardCharsets.UTF_8));
  }

  /** {@link #stdout()} as text: a new reader each time, which reads ahead, so keep one. */
  public BufferedReader stdoutReader() {
    return new BufferedReader(new InputStreamReader(stdout, StandardCharsets.UTF_8));
  }

  /** {@link #stderr()} as text: a new reader each time, which reads ahead, so keep one. */
  public BufferedReader stderrReader() {
    return new BufferedReader(new InputStreamReader(stderr, StandardCharsets.UTF_8));
  }

  /**
   * Waits until the sandbox has ended.
   *
   * @return the main process's exit code; 128 plus the signal if one killed it, 124 if the
   *     sandbox's time was over, 137 if it was terminated
   * @throws FailedPreconditionException if the sandbox could not start, or was lost with its server
   */
  public int waitFor() {
    return ending.await();
  }

  /** As {@link #waitFor()}, at most the given time; empty if the sandbox still runs then. */
  public OptionalInt waitFor(Duration limit) {
    return ending.await(limit);
  }

  /** The exit code as of {@link #waitFor()} if the sandbox has ended; empty while it runs. */
  public OptionalInt poll() {
    return ending.ask(Duration.ZERO);
  }

  /**
   * How the sandbox's open ports are reached, by the port inside. Waits until the sandbox runs, 50
   * s at most.
   *
   * @see #tunnels(Duration)
   */
  public Map<Integer, Tunnel> tunnels() {
    return tunnels(Ports.LONGEST_WAIT);
  }

  /**
   * How the sandbox's open ports are reached, by the port inside; empty if it was created without
   * any. A port can be reached once something in the sandbox listens on it, on 0.0.0.0.
   *
   * @param limit how long to wait until the sandbox runs
   * @throws CallTimeoutException if it doesn't run within that time
   * @throws FailedPreconditionException if the sandbox has ended
   */
  public Map<Integer, Tunnel> tunnels(Duration limit) {
    return ports.tunnels(limit);
  }

  /**
   * The one of {@link #tunnels()} that leads to a port.
   *
   * @throws InvalidArgumentException if the sandbox was created without it
   */
  public Tunnel tunnel(int port) {
    Tunnel tunnel = tunnels().get(port);
    if (tunnel == null) {
      throw new InvalidArgumentException(
          "Port " + port + " of sandbox " + id + " is not open: name it when you create one");
    }
    return tunnel;
  }

  /** As {@link #waitUntilReady(Duration)}, with 300 seconds. */
  public void waitUntilReady() {
    waitUntilReady(Ports.READINESS_LIMIT);
  }

  /**
   * Waits until the sandbox's readiness probe has succeeded.
   *
   * @param limit how long to wait
   * @throws CallTimeoutException if the sandbox is not ready within that time
   * @throws FailedPreconditionException if it has no readiness probe, or ends before
   */
  public void waitUntilReady(Duration limit) {
    ports.awaitReadiness(limit);
  }

  /** {@link #createConnectToken(int, String)} for port 8080, without anything about the user. */
  public ConnectToken createConnectToken() {
    return createConnectToken(8080, "");
  }

  /**
   * Lets whoever gets the token reach one of the sandbox's ports, by HTTP and WebSockets; the port
   * need not have been opened at creation. Waits until the sandbox runs. The token lasts as long as
   * the sandbox.
   *
   * @param port of the sandbox, 1 to 65535
   * @param userMetadata what requests with this token tell the sandbox, in the header {@code
   *     X-Verified-User-Data}: at most 4,096 bytes, without control characters
   * @throws InvalidArgumentException if a rule is broken
   * @throws FailedPreconditionException if the sandbox has ended
   */
  public ConnectToken createConnectToken(int port, String userMetadata) {
    return ports.connectToken(port, userMetadata);
  }

  /**
   * Replaces the sandbox's tags, all of them.
   *
   * @param tags labels by their names; {@link Sandboxes#list(Consumer)} finds sandboxes by them
   * @throws InvalidArgumentException if a name or a value breaks a rule
   * @throws NotFoundException if the server doesn't know the sandbox any more
   */
  public void setTags(Map<String, String> tags) {
    controlPlane.call(
        ModalClientGrpc.getSandboxTagsSetMethod(),
        SandboxTagsSetRequest.newBuilder()
            .setSandboxId(id)
            .addAllTags(Requests.tags(tags))
            .build());
  }

  /**
   * The sandbox's tags: those that it was created with, or that {@link #setTags} gave it last.
   *
   * @throws NotFoundException if the server doesn't know the sandbox any more
   */
  public Map<String, String> tags() {
    SandboxTagsGetRequest request = SandboxTagsGetRequest.newBuilder().setSandboxId(id).build();
    Map<String, String> tags = new LinkedHashMap<>();
    controlPlane
        .call(ModalClientGrpc.getSandboxTagsGetMethod(), request)
        .getTagsList()
        .forEach(tag -> tags.put(tag.getTagName(), tag.getTagValue()));
    return Collections.unmodifiableMap(tags);
  }

  /**
   * Replaces the address ranges that the sandbox reaches, as {@link SandboxOptions#cidrAllowlist()}
   * has them; connections to others end. Of the official clients the later ones can do this, so
   * older servers may not.
   *
   * @param ranges {@code 0.0.0.0/0} opens all that the server allows; none at all: nothing
   * @throws InvalidArgumentException if a range is none
   * @throws FailedPreconditionException if the sandbox was created with a blocked network
   * @throws NotFoundException if the sandbox has ended
   * @throws UnimplementedException if the server can't
   */
  public void setCidrAllowlist(List<String> ranges) {
    Router router = connection().router();
    router.call(
        TaskCommandRouterGrpc.getTaskSetNetworkAccessMethod(),
        TaskSetNetworkAccessRequest.newBuilder()
            .setTaskId(router.taskId())
            .setNetworkAccess(Requests.networkAccess(ranges))
            .build());
  }

  /** Ends the sandbox and everything in it. Does nothing to one that has ended. */
  public void terminate() {
    controlPlane.call(
        ModalClientGrpc.getSandboxTerminateMethod(),
        SandboxTerminateRequest.newBuilder().setSandboxId(id).build());
    terminated = true;
  }

  /** {@link #terminate()}, then {@link #waitFor()}. */
  public int terminateAndWait() {
    terminate();
    return waitFor();
  }

  /**
   * Lets go of the sandbox, which goes on running: execs and files fail on this handle from now on.
   */
  public void detach() {
    detached = true;
  }

  /** Terminates the sandbox if this handle has created it and was not detached from it. */
  @Override
  public void close() {
    if (owned && !detached && !terminated) {
      terminate();
    }
    detached = true;
  }

  private TaskConnection connection() {
    if (detached) {
      throw new ClientClosedException(
          "This handle of sandbox " + id + " is closed; get another with sandboxes().fromId");
    }
    TaskConnection current = connection;
    if (current != null) {
      return current;
    }
    lock.lock();
    try {
      current = connection;
      if (current == null) {
        current = TaskConnection.to(controlPlane, id);
        connection = current;
      }
      return current;
    } finally {
      lock.unlock();
    }
  }
}
