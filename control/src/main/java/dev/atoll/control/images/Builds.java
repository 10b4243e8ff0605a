package dev.atoll.control.images;

import dev.atoll.control.apps.Names;
import dev.atoll.control.store.Database;
import dev.atoll.control.store.ImageTable;
import dev.atoll.control.store.PendingBuildTable;
import dev.atoll.control.worker.WorkerClient;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.worker.BuildImageRequest;
import dev.atoll.protocol.worker.ImageDescription;
import dev.atoll.protocol.worker.PullImageRequest;
import io.grpc.Context;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The builds under way. Each runs on a virtual thread of its own, whoever waits for it, and ends
 * with its image ready or failed in the store, unless it is left to the next server.
 */
final class Builds implements AutoCloseable {
  /** Why a build failed that was broken off. */
  static final String STOPPED =
      "the server was stopped while this image was being built; ask for it again";

  private static final Logger LOG = LoggerFactory.getLogger(Builds.class);

  private final Database database;
  private final WorkerClient worker;
  private final Map<String, BuildLog> logs = new ConcurrentHashMap<>();
  private final Context.CancellableContext context = Context.ROOT.withCancellation();
  private final ReadWriteLock digests = new ReentrantReadWriteLock();
  private volatile boolean handedOver;

  Builds(Database database, WorkerClient worker) {
    this.database = database;
    this.worker = worker;
  }

  /** The log of a build under way. */
  Optional<BuildLog> log(String imageId) {
    return Optional.ofNullable(logs.get(imageId));
  }

  /**
   * Announces a build, so that whoever sees its image in the store finds its log here. {@link
   * #start} or {@link #withdraw} must follow.
   */
  void announce(String imageId) {
    logs.put(imageId, new BuildLog());
  }

  /** Takes an announcement back. */
  void withdraw(String imageId) {
    logs.remove(imageId);
  }

  /** Starts an announced build. */
  void start(Build build) {
    BuildLog log = Optional.ofNullable(logs.get(build.imageId())).orElseThrow();
    Thread.ofVirtual().name("build-" + build.imageId()).start(() -> run(build, log));
  }

  /** Makes an image with the worker; its digest can't be removed before the maker has stored it. */
  <T> T keepingDigests(Supplier<T> work) {
    digests.readLock().lock();
    try {
      return work.get();
    } finally {
      digests.readLock().unlock();
    }
  }

  /** Has the worker forget digests that no image has any more, unless something is being made. */
  void collect() {
    if (!digests.writeLock().tryLock()) {
      return;
    }
    try {
      for (String digest : database.read(ImageTable::removedDigests)) {
        collect(digest);
      }
    } finally {
      digests.writeLock().unlock();
    }
  }

  private void collect(String digest) {
    try {
      worker.removeImage(digest);
    } catch (AtollException failure) {
      if (failure.code() == ErrorCode.FAILED_PRECONDITION) {
        return;
      }
      if (failure.code() != ErrorCode.NOT_FOUND) {
        LOG.warn(
            "image {} is not needed any more and can't be removed: {}",
            digest,
            failure.getMessage());
        return;
      }
    }
    database.write(
        handle -> {
          ImageTable.keepDigest(handle, digest);
          return true;
        });
  }

  private void run(Build build, BuildLog log) {
    try {
      keepingDigests(
          () -> {
            String digest = make(build, log);
            return database.writeAtLast(
                handle -> {
                  ImageTable.ready(handle, build.imageId(), digest, log.kept());
                  PendingBuildTable.delete(handle, build.imageId());
                  return true;
                });
          });
    } catch (AtollException failure) {
      fail(
          build,
          log,
          context.isCancelled()
              ? STOPPED
              : Optional.ofNullable(failure.getMessage()).orElse("no reason given"));
    } catch (RuntimeException defect) {
      LOG.error("building {} failed unexpectedly", build.imageId(), defect);
      fail(build, log, "unexpected failure in the server; its log has the details");
    } finally {
      log.finish();
      logs.remove(build.imageId());
    }
  }

  private void fail(Build build, BuildLog log, String reason) {
    if (handedOver) {
      return;
    }
    LOG.info("building {} failed: {}", build.imageId(), reason);
    database.writeAtLast(
        handle -> {
          ImageTable.failed(handle, build.imageId(), reason, log.kept());
          PendingBuildTable.delete(handle, build.imageId());
          return true;
        });
  }

  private String make(Build build, BuildLog log) {
    Context previous = context.attach();
    try {
      return makeInContext(build, log);
    } finally {
      context.detach(previous);
    }
  }

  private String makeInContext(Build build, BuildLog log) {
    WorkerClient.ImageListener listener =
        new WorkerClient.ImageListener() {
          @Override
          public void log(String text) {
            log.append(text);
          }

          @Override
          public void step(String line) {
            log.append(line + "\n");
          }
        };
    Map<String, String> bases = new HashMap<>(build.digests());
    for (String name : build.toPull()) {
      bases.put(name, pull(build, name, listener).getDigest());
    }
    if (BaseNames.onlyFrom(build.definition().commands())) {
      return bases.values().iterator().next();
    }
    return worker
        .buildImage(
            BuildImageRequest.newBuilder()
                .putAllBaseDigests(bases)
                .addAllCommands(build.definition().commands())
                .putAllSecrets(build.secrets())
                .putAllBuildArgs(build.definition().buildArgs())
                .setForce(build.force())
                .build(),
            listener)
        .getDigest();
  }

  private ImageDescription pull(Build build, String name, WorkerClient.ImageListener listener) {
    PullImageRequest.Builder request =
        PullImageRequest.newBuilder().setReference(name).setRefresh(build.force());
    build.credentials().ifPresent(request::setCredentials);
    try {
      return worker.pullImage(request.build(), listener);
    } catch (AtollException failure) {
      throw naming(name, failure);
    }
  }

  /** Of several bases the user must see which one it was. */
  private static AtollException naming(String name, AtollException failure) {
    String message = String.valueOf(failure.getMessage());
    return message.contains(name)
        ? failure
        : new AtollException(
            failure.code(), "image '%s': %s".formatted(Names.shortened(name), message), failure);
  }

  /** Takes back every build under way; returns when their ends are stored or time is over. */
  void endAll(Duration patience) {
    context.cancel(null);
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      for (BuildLog log : logs.values()) {
        log.awaitEnd(Duration.ofNanos(deadline - System.nanoTime()));
      }
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Leaves every build under way to the next server, which begins it anew. Followers are told to
   * ask that.
   */
  void handOver() {
    handedOver = true;
    context.cancel(null);
    logs.values().forEach(BuildLog::abandon);
  }

  /** Takes back every build under way. */
  @Override
  public void close() {
    context.cancel(null);
  }
}
