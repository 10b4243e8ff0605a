package dev.atoll.control.images;

import dev.atoll.control.apps.Apps;
import dev.atoll.control.apps.Environments;
import dev.atoll.control.apps.Names;
import dev.atoll.control.auth.Caller;
import dev.atoll.control.auth.SignedTokens;
import dev.atoll.control.secrets.Secrets;
import dev.atoll.control.store.Clock;
import dev.atoll.control.store.Database;
import dev.atoll.control.store.EnvironmentTable;
import dev.atoll.control.store.IdempotencyTable;
import dev.atoll.control.store.Ids;
import dev.atoll.control.store.ImageTable;
import dev.atoll.control.store.ImageTagTable;
import dev.atoll.control.store.PendingBuildTable;
import dev.atoll.control.store.SandboxTable;
import dev.atoll.control.worker.WorkerClient;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.modal.ImageDeleteRequest;
import dev.atoll.protocol.modal.ImageFromIdRequest;
import dev.atoll.protocol.modal.ImageFromIdResponse;
import dev.atoll.protocol.modal.ImageGetOrCreateRequest;
import dev.atoll.protocol.modal.ImageGetOrCreateResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Images by definition and by id. Thread-safe. */
public final class Images implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Images.class);
  private static final String METHOD = "ImageGetOrCreate";

  private final Database database;
  private final WorkerClient worker;
  private final SignedTokens fingerprints;
  private final Builds builds;

  /**
   * Creates it, removes images that a server before has left without an id, and begins builds anew
   * that it has left unfinished.
   *
   * @param fingerprints what definitions are named with
   */
  public Images(Database database, WorkerClient worker, SignedTokens fingerprints) {
    this.database = database;
    this.worker = worker;
    this.fingerprints = fingerprints;
    builds = new Builds(database, worker);
    removeUnnamed();
    database.read(PendingBuildTable::all).forEach(this::resume);
    database.write(handle -> ImageTable.failForgotten(handle, Builds.STOPPED));
  }

  /**
   * The worker has an image before the store gives it an id; a server may have died in between. It
   * is too early for anybody to be making one now: the door is closed, and no build goes on yet.
   */
  private void removeUnnamed() {
    List<String> present = worker.listImages();
    int marked = database.write(handle -> ImageTable.removeUnnamed(handle, present));
    if (marked > 0) {
      LOG.info("{} images have no id: they are removed", marked);
    }
    builds.collect();
  }

  /** A build of a server before: it has the same id, so that its followers find it. */
  private void resume(PendingBuildTable.Row pending) {
    try {
      Build build =
          database.write(
              handle -> {
                Definition definition = Definition.read(pending.request());
                return build(
                    handle,
                    pending.imageId(),
                    pending.request(),
                    definition,
                    knownDigests(handle, definition));
              });
      LOG.info("building {} again: a server before was stopped meanwhile", pending.imageId());
      builds.announce(pending.imageId());
      builds.start(build);
    } catch (AtollException gone) {
      LOG.info("building {} can't go on: {}", pending.imageId(), gone.getMessage());
      database.write(
          handle -> {
            ImageTable.failed(
                handle,
                pending.imageId(),
                Optional.ofNullable(gone.getMessage()).orElse(""),
                new ImageTable.Log(0, ""));
            PendingBuildTable.delete(handle, pending.imageId());
            return true;
          });
    }
  }

  Builds builds() {
    return builds;
  }

  /** The image of that id, ready to run; otherwise NOT_FOUND or FAILED_PRECONDITION. */
  public static ImageTable.Row requireReady(Handle handle, String imageId) {
    ImageTable.Row row = require(handle, imageId);
    return switch (row.state()) {
      case READY -> row;
      case BUILDING ->
          throw new AtollException(
              ErrorCode.FAILED_PRECONDITION,
              "image %s is still being built; wait for its build".formatted(imageId));
      case FAILED ->
          throw new AtollException(
              ErrorCode.FAILED_PRECONDITION,
              "image %s can't be used, its build failed: %s"
                  .formatted(imageId, row.error().orElse("")));
    };
  }

  /** As {@link #requireReady}, for who puts it to use: a time that it lasts may begin anew. */
  public static ImageTable.Row use(Handle handle, String imageId) {
    ImageTable.Row row = requireReady(handle, imageId);
    ImageTable.renew(handle, imageId);
    return row;
  }

  /**
   * The image of that id; NOT_FOUND, when there is none that the caller sees, in the words that
   * official clients look for.
   */
  public static ImageTable.Row require(Handle handle, String imageId) {
    return ImageTable.byId(handle, imageId)
        .filter(Images::isSeen)
        .orElseThrow(
            () ->
                AtollException.notFound(
                    "Could not find image with ID '%s'", Names.shortened(imageId)));
  }

  /**
   * The image that a definition means. Where there is none, or its build failed, a build is
   * started, and the answer has no result yet.
   */
  public ImageGetOrCreateResponse getOrCreate(
      ImageGetOrCreateRequest request, Optional<String> idempotencyKey) {
    if (!request.getExistingImageId().isEmpty()) {
      return answer(database.read(h -> require(h, request.getExistingImageId())));
    }
    Definition definition = Definition.read(request);
    ImageTable.Row row = findOrStart(request, definition, idempotencyKey);
    if (row.state() == ImageTable.State.READY && isLost(row)) {
      database.write(
          handle -> {
            ImageTable.delete(handle, row);
            return true;
          });
      return answer(findOrStart(request, definition, Optional.empty()));
    }
    return answer(row);
  }

  /** Images of all environments, which an operator has imported or tagged, are seen by everyone. */
  static boolean isSeen(ImageTable.Row row) {
    return row.environmentId().isEmpty() || Caller.current().sees(row.environmentId().get());
  }

  /** Only who sees all environments may remove what is of all. */
  static void requireOwn(ImageTable.Row row) {
    if (row.environmentId().isEmpty()) {
      Caller.current().requireAllEnvironments("removing an image of all environments");
    }
  }

  /** Says that an image exists. */
  public ImageFromIdResponse fromId(ImageFromIdRequest request) {
    ImageTable.Row row = database.read(h -> require(h, request.getImageId()));
    return ImageFromIdResponse.newBuilder()
        .setImageId(row.imageId())
        .setMetadata(BuildResults.metadata())
        .build();
  }

  /** Removes an image's id; its definition then means another one. */
  public void delete(ImageDeleteRequest request) {
    String id = request.getImageId();
    database.write(
        handle -> {
          ImageTable.Row row =
              ImageTable.byId(handle, id)
                  .filter(Images::isSeen)
                  .orElseThrow(
                      () -> AtollException.notFound("No Image with ID '%s'", Names.shortened(id)));
          requireOwn(row);
          refuseInUse(handle, row);
          ImageTable.delete(handle, row);
          return true;
        });
    builds.collect();
  }

  /** Has the worker forget digests that no image has any more, nor one whose time is not over. */
  public void collect() {
    database.write(
        handle -> {
          List<ImageTable.Row> expired = ImageTable.expired(handle);
          expired.forEach(row -> ImageTable.delete(handle, row));
          return expired.size();
        });
    builds.collect();
  }

  static void refuseInUse(Handle handle, ImageTable.Row row) {
    if (row.state() == ImageTable.State.BUILDING) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "image %s is being built; remove it afterwards".formatted(row.imageId()));
    }
    List<String> tags = ImageTagTable.tags(handle, row.imageId());
    if (!tags.isEmpty()) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "image %s has the tags %s; remove these first"
              .formatted(row.imageId(), String.join(", ", tags)));
    }
    if (SandboxTable.imageInUse(handle, row.imageId())) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "image %s is used by a running sandbox; end that first".formatted(row.imageId()));
    }
  }

  private boolean isLost(ImageTable.Row row) {
    return worker.findImage(row.digest().orElseThrow()).isEmpty();
  }

  private ImageTable.Row findOrStart(
      ImageGetOrCreateRequest request, Definition definition, Optional<String> key) {
    List<Build> started = new ArrayList<>();
    ImageTable.Row row;
    try {
      row = database.write(h -> findOrInsert(h, request, definition, key, started));
    } catch (RuntimeException failure) {
      started.forEach(build -> builds.withdraw(build.imageId()));
      throw failure;
    }
    started.forEach(builds::start);
    return row;
  }

  private ImageTable.Row findOrInsert(
      Handle handle,
      ImageGetOrCreateRequest request,
      Definition definition,
      Optional<String> key,
      List<Build> started) {
    Optional<ImageTable.Row> repeated =
        key.flatMap(k -> IdempotencyTable.find(handle, k, METHOD))
            .flatMap(id -> ImageTable.byId(handle, id))
            .filter(Images::isSeen);
    if (repeated.isPresent()) {
      return repeated.get();
    }
    Map<String, String> digests = knownDigests(handle, definition);
    Build build = build(handle, Ids.mint("im"), request, definition, digests);
    EnvironmentTable.Row environment = environment(handle, request);
    String hash =
        key(
            environment,
            definition.hash(digests, build.secrets(), build.credentials(), fingerprints));
    Optional<ImageTable.Row> existing =
        ImageTable.byDefinition(handle, hash)
            .filter(row -> row.state() != ImageTable.State.FAILED && !build.force());
    if (existing.isPresent()) {
      return existing.get();
    }
    String imageId = build.imageId();
    ImageTable.Row row = row(build, hash, environment.environmentId());
    ImageTable.insert(handle, row);
    if (!request.getIgnoreCache()) {
      ImageTable.define(handle, hash, imageId);
    }
    key.ifPresent(k -> IdempotencyTable.insert(handle, k, METHOD, imageId, Clock.now()));
    if (row.state() == ImageTable.State.BUILDING) {
      PendingBuildTable.insert(handle, imageId, request);
      builds.announce(imageId);
      started.add(build);
    }
    return row;
  }

  private static Build build(
      Handle handle,
      String imageId,
      ImageGetOrCreateRequest request,
      Definition definition,
      Map<String, String> digests) {
    List<String> toPull =
        BaseNames.of(definition.commands()).stream()
            .filter(name -> !digests.containsKey(name))
            .toList();
    return new Build(
        imageId,
        definition,
        digests,
        toPull,
        Secrets.values(handle, definition.secretIds()),
        definition.registryLogin().map(login -> login.credentials(handle)),
        request.getForceBuild() || request.getIgnoreCache());
  }

  /** The environment of the app that an image is asked for with. */
  private static EnvironmentTable.Row environment(Handle handle, ImageGetOrCreateRequest request) {
    if (request.getAppId().isEmpty()) {
      return Environments.require(handle, "");
    }
    String id = Apps.require(handle, request.getAppId()).environmentId();
    return EnvironmentTable.byId(handle, id).orElseThrow();
  }

  /** Each environment has images of its own; layers and steps are shared by what is in them. */
  private static String key(EnvironmentTable.Row environment, String hash) {
    return environment.isDefault() ? hash : environment.environmentId() + " " + hash;
  }

  private static ImageTable.Row row(Build build, String hash, String environmentId) {
    Optional<String> digest =
        build.isTrivial()
            ? Optional.of(build.digests().values().iterator().next())
            : Optional.empty();
    return new ImageTable.Row(
        build.imageId(),
        Optional.of(hash),
        digest,
        digest.isPresent() ? ImageTable.State.READY : ImageTable.State.BUILDING,
        Optional.empty(),
        Optional.of(environmentId),
        Clock.now());
  }

  private static Map<String, String> knownDigests(Handle handle, Definition definition) {
    Map<String, String> digests = new LinkedHashMap<>();
    definition
        .baseIds()
        .forEach((name, id) -> digests.put(name, requireReady(handle, id).digest().orElseThrow()));
    for (String name : BaseNames.of(definition.commands())) {
      if (digests.containsKey(name)) {
        continue;
      }
      Optional<String> id =
          name.startsWith("im-")
              ? Optional.of(name)
              : TagName.normal(name).flatMap(tag -> ImageTagTable.imageId(handle, tag));
      id.ifPresent(i -> digests.put(name, requireReady(handle, i).digest().orElseThrow()));
    }
    return digests;
  }

  private static ImageGetOrCreateResponse answer(ImageTable.Row row) {
    ImageGetOrCreateResponse.Builder response =
        ImageGetOrCreateResponse.newBuilder()
            .setImageId(row.imageId())
            .setMetadata(BuildResults.metadata());
    BuildResults.of(row).ifPresent(response::setResult);
    return response.build();
  }

  /** Leaves every build under way to the next server, which begins it anew. */
  public void handOver() {
    builds.handOver();
  }

  /** Takes back every build under way; returns when their ends are stored or time is over. */
  public void endBuilds(Duration patience) {
    builds.endAll(patience);
  }

  /** Takes back every build under way. */
  @Override
  public void close() {
    builds.close();
  }
}
