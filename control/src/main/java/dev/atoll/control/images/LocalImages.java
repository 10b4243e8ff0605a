package dev.atoll.control.images;

import dev.atoll.control.apps.Names;
import dev.atoll.control.auth.Caller;
import dev.atoll.control.store.Clock;
import dev.atoll.control.store.Database;
import dev.atoll.control.store.Ids;
import dev.atoll.control.store.ImageTable;
import dev.atoll.control.store.ImageTagTable;
import dev.atoll.control.store.SandboxTable;
import dev.atoll.control.worker.WorkerClient;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.admin.BootstrapImageRequest;
import dev.atoll.protocol.admin.Image;
import dev.atoll.protocol.admin.ImportImageRequest;
import dev.atoll.protocol.admin.PushImageRequest;
import dev.atoll.protocol.worker.ExportImageRequest;
import dev.atoll.protocol.worker.ExportedPart;
import dev.atoll.protocol.worker.ImageDescription;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/** Imports, tags, shows and removes images for the operator. Thread-safe. */
public final class LocalImages {
  private final Database database;
  private final WorkerClient worker;
  private final Builds builds;

  /** Creates it. */
  public LocalImages(Database database, WorkerClient worker, Images images) {
    this.database = database;
    this.worker = worker;
    builds = images.builds();
  }

  /** Makes an image of files of the worker's host, and tags it. */
  public Image importImage(ImportImageRequest request, WorkerClient.ImageListener listener) {
    Caller.current().requireAllEnvironments("importing an image");
    String tag = TagName.check(request.getTag());
    if (!request.getPath().startsWith("/")) {
      throw AtollException.invalid(
          "path '%s' must be absolute, on the server's host", Names.shortened(request.getPath()));
    }
    return add(
        tag,
        () ->
            worker.importImage(
                dev.atoll.protocol.worker.ImportImageRequest.newBuilder()
                    .setPath(request.getPath())
                    .build(),
                listener));
  }

  /** Makes an image of Debian packages, and tags it. */
  public Image bootstrapImage(BootstrapImageRequest request, WorkerClient.ImageListener listener) {
    Caller.current().requireAllEnvironments("making an image of packages");
    boolean preset = !request.getPreset().isEmpty();
    if (preset == !request.getSuite().isEmpty()) {
      throw AtollException.invalid("name either a preset, such as python:3.13, or a suite");
    }
    String tag = TagName.check(request.getTag().isEmpty() ? request.getPreset() : request.getTag());
    return add(
        tag,
        () ->
            worker.bootstrapImage(
                dev.atoll.protocol.worker.BootstrapImageRequest.newBuilder()
                    .setPreset(request.getPreset())
                    .setSuite(request.getSuite())
                    .addAllPackages(request.getPackagesList())
                    .build(),
                listener));
  }

  /** Every image that is ready and that the caller sees, the newest first. */
  public List<Image> list() {
    List<Image> images = new ArrayList<>();
    for (ImageTable.Row row : database.read(ImageTable::list)) {
      if (!Images.isSeen(row)) {
        continue;
      }
      row.digest().flatMap(worker::findImage).ifPresent(found -> images.add(show(row, found)));
    }
    return images;
  }

  /** An image by its tag or its id. */
  public Image inspect(String name) {
    ImageTable.Row row = database.read(handle -> require(handle, name));
    String digest = digest(name, row);
    return show(
        row,
        worker
            .findImage(digest)
            .orElseThrow(
                () -> AtollException.notFound("the worker has lost image %s (%s)", name, digest)));
  }

  /**
   * Gives an image a tag more. It becomes an image of its own with the same content, so that it
   * stays when the other one is removed or its time is over, and goes with its last tag.
   */
  public Image tag(String name, String tag) {
    Caller.current().requireAllEnvironments("tagging an image");
    String checked = TagName.check(tag);
    ImageTable.Row row =
        database.write(
            handle -> {
              String digest = digest(name, require(handle, name));
              ImageTable.Row tagged =
                  ImageTable.taggedByDigest(handle, digest).orElseGet(() -> insert(handle, digest));
              ImageTagTable.put(handle, checked, tagged.imageId(), Clock.now());
              return tagged;
            });
    return inspect(row.imageId());
  }

  /** An image as an archive; the iterator throws gRPC's own exceptions. */
  public Iterator<ExportedPart> export(String name) {
    ImageTable.Row row = database.read(handle -> require(handle, name));
    return worker.exportImage(
        ExportImageRequest.newBuilder()
            .setDigest(digest(name, row))
            .setName(row.imageId().equals(name) ? "" : TagName.check(name))
            .build());
  }

  /** Gives an image to a registry, and tells the digest that it has there. */
  public String push(PushImageRequest request, WorkerClient.ImageListener listener) {
    Caller.current().requireAllEnvironments("pushing an image");
    ImageTable.Row row = database.read(handle -> require(handle, request.getName()));
    dev.atoll.protocol.worker.PushImageRequest.Builder push =
        dev.atoll.protocol.worker.PushImageRequest.newBuilder()
            .setDigest(digest(request.getName(), row))
            .setReference(request.getReference());
    if (request.hasCredentials()) {
      push.setCredentials(request.getCredentials());
    }
    return worker.pushImage(push.build(), listener);
  }

  private static String digest(String name, ImageTable.Row row) {
    return row.digest()
        .orElseThrow(
            () ->
                new AtollException(
                    ErrorCode.FAILED_PRECONDITION,
                    "image %s is not ready: %s".formatted(name, row.error().orElse("building"))));
  }

  /** Removes a tag, and its image with the last one unless a sandbox uses it; or an untagged id. */
  public void remove(String name) {
    database.write(
        handle -> {
          ImageTable.Row row = require(handle, name);
          Images.requireOwn(row);
          if (row.imageId().equals(name)) {
            Images.refuseInUse(handle, row);
            ImageTable.delete(handle, row);
            return true;
          }
          ImageTagTable.delete(handle, TagName.check(name));
          boolean needed =
              !ImageTagTable.tags(handle, row.imageId()).isEmpty()
                  || SandboxTable.imageInUse(handle, row.imageId());
          if (!needed) {
            ImageTable.delete(handle, row);
          }
          return true;
        });
    builds.collect();
  }

  private Image add(String tag, Supplier<ImageDescription> make) {
    return builds.keepingDigests(
        () -> {
          ImageDescription made = make.get();
          ImageTable.Row row = database.write(handle -> store(handle, tag, made.getDigest()));
          return show(row, made);
        });
  }

  private static ImageTable.Row store(Handle handle, String tag, String digest) {
    ImageTable.Row row =
        ImageTable.importedByDigest(handle, digest).orElseGet(() -> insert(handle, digest));
    ImageTagTable.put(handle, tag, row.imageId(), Clock.now());
    return row;
  }

  private static ImageTable.Row insert(Handle handle, String digest) {
    ImageTable.Row fresh =
        new ImageTable.Row(
            Ids.mint("im"),
            Optional.empty(),
            Optional.of(digest),
            ImageTable.State.READY,
            Optional.empty(),
            Optional.empty(),
            Clock.now());
    ImageTable.insert(handle, fresh);
    return fresh;
  }

  private static ImageTable.Row require(Handle handle, String name) {
    return ImageTable.byId(handle, name)
        .or(
            () ->
                TagName.normal(name)
                    .flatMap(tag -> ImageTagTable.imageId(handle, tag))
                    .flatMap(id -> ImageTable.byId(handle, id)))
        .filter(Images::isSeen)
        .orElseThrow(
            () -> AtollException.notFound("there is no image '%s' here", Names.shortened(name)));
  }

  private Image show(ImageTable.Row row, ImageDescription description) {
    return Image.newBuilder()
        .setImageId(row.imageId())
        .addAllTags(database.read(handle -> ImageTagTable.tags(handle, row.imageId())))
        .setCreatedAt(Clock.seconds(row.createdAt()))
        .setDescription(description)
        .build();
  }
}
