package dev.atoll.worker.image;

import com.google.protobuf.Empty;
import dev.atoll.errors.AtollException;
import dev.atoll.images.Credentials;
import dev.atoll.images.Image;
import dev.atoll.images.ImageDigest;
import dev.atoll.images.ImageStore;
import dev.atoll.images.RegistryReference;
import dev.atoll.protocol.worker.BootstrapImageRequest;
import dev.atoll.protocol.worker.BuildImageRequest;
import dev.atoll.protocol.worker.ExportImageRequest;
import dev.atoll.protocol.worker.ExportedPart;
import dev.atoll.protocol.worker.ImageDescription;
import dev.atoll.protocol.worker.ImageProgress;
import dev.atoll.protocol.worker.ImageRequest;
import dev.atoll.protocol.worker.ImportImageRequest;
import dev.atoll.protocol.worker.ListImagesResponse;
import dev.atoll.protocol.worker.PullImageRequest;
import dev.atoll.protocol.worker.PushImageRequest;
import dev.atoll.protocol.worker.RegistryCredentials;
import dev.atoll.worker.calls.Calls;
import dev.atoll.worker.calls.DiskFull;
import dev.atoll.worker.calls.Native;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The worker service's calls about images. */
public final class ImageCalls {
  private final ImageStore images;
  private final ImageJobs jobs;
  private final ImageBuilds builds;
  private final Native threads;
  private final Calls calls;

  /** Calls over a store. */
  public ImageCalls(
      ImageStore images, ImageJobs jobs, ImageBuilds builds, Native threads, Calls calls) {
    this.images = images;
    this.jobs = jobs;
    this.builds = builds;
    this.threads = threads;
    this.calls = calls;
  }

  /** Pulls an image from a registry. */
  public void pull(PullImageRequest request, StreamObserver<ImageProgress> observer) {
    follow(
        request,
        observer,
        progress -> {
          Optional<Credentials> credentials =
              request.hasCredentials()
                  ? Optional.of(credentials(request.getCredentials()))
                  : Optional.empty();
          RegistryReference reference = RegistryReference.parse(request.getReference());
          return done(images.pull(reference, credentials, progress));
        });
  }

  /** Imports an image from this host's files. */
  public void importImage(ImportImageRequest request, StreamObserver<ImageProgress> observer) {
    follow(
        request,
        observer,
        progress -> done(images.importFrom(absolute(request.getPath()), progress)));
  }

  /** Makes an image of packages. */
  public void bootstrap(BootstrapImageRequest request, StreamObserver<ImageProgress> observer) {
    follow(request, observer, progress -> done(images.bootstrap(recipe(request), progress)));
  }

  /** Runs Dockerfile commands. */
  public void build(BuildImageRequest request, StreamObserver<ImageProgress> observer) {
    calls.stream(
        observer,
        sink ->
            jobs.follow(
                request, threads.builds(), progress -> builds.build(request, progress), sink));
  }

  /** Sends an image as an archive. */
  public void export(ExportImageRequest request, StreamObserver<ExportedPart> observer) {
    calls.stream(
        observer,
        sink -> {
          ArchiveSink archive = new ArchiveSink(sink);
          try {
            images.export(
                require(request.getDigest()), request.getName(), archive.bytes(), archive);
          } catch (IOException failure) {
            Optional<AtollException> full = DiskFull.explain(failure);
            throw full.isPresent() ? full.get() : failure;
          }
        });
  }

  /** Gives an image to a registry. */
  public void push(PushImageRequest request, StreamObserver<ImageProgress> observer) {
    follow(
        request,
        observer,
        progress -> {
          String digest =
              images.push(
                  require(request.getDigest()),
                  RegistryReference.parse(request.getReference()),
                  request.hasCredentials()
                      ? Optional.of(credentials(request.getCredentials()))
                      : Optional.empty(),
                  progress);
          return ImageProgress.newBuilder().setPushed(digest).build();
        });
  }

  private static Credentials credentials(RegistryCredentials pair) {
    return new Credentials(pair.getUsername(), pair.getPassword());
  }

  private Image require(String digest) {
    return images
        .find(new ImageDigest(digest))
        .orElseThrow(
            () -> AtollException.notFound("image '%s' is not present on this worker", digest));
  }

  /** Describes an image; NOT_FOUND when it is not present. */
  public void get(ImageRequest request, StreamObserver<ImageDescription> observer) {
    calls.unary(
        observer,
        () ->
            Native.call(
                threads.images(), () -> ImageDescriptions.of(require(request.getDigest()))));
  }

  /** Lists the images but for those of steps. */
  public void list(StreamObserver<ListImagesResponse> observer) {
    calls.unary(
        observer,
        () ->
            ListImagesResponse.newBuilder()
                .addAllDigests(
                    images.listWithoutSteps().stream()
                        .map(image -> image.digest().value())
                        .toList())
                .build());
  }

  /** Removes an image; FAILED_PRECONDITION while something runs on it. */
  public void remove(ImageRequest request, StreamObserver<Empty> observer) {
    calls.unary(
        observer,
        () ->
            Native.call(
                threads.images(),
                () -> {
                  images.remove(new ImageDigest(request.getDigest()));
                  return Empty.getDefaultInstance();
                }));
  }

  private void follow(Object key, StreamObserver<ImageProgress> observer, ImageWork work) {
    calls.stream(observer, sink -> jobs.follow(key, threads.fetches(), work, sink));
  }

  private static ImageProgress done(Image image) {
    return ImageProgress.newBuilder().setImage(ImageDescriptions.of(image)).build();
  }

  private static Path absolute(String path) {
    try {
      Path parsed = Path.of(path);
      if (parsed.isAbsolute()) {
        return parsed;
      }
    } catch (InvalidPathException notAPath) {
      throw AtollException.invalid("path '%s': not a path of this host", path.replace('\0', '?'));
    }
    throw AtollException.invalid("path '%s': must be an absolute path of the worker's host", path);
  }

  private static ImageStore.Bootstrap recipe(BootstrapImageRequest request) {
    if (!request.getPreset().isEmpty()) {
      return new ImageStore.Bootstrap.Preset(request.getPreset());
    }
    if (request.getSuite().isEmpty()) {
      throw AtollException.invalid(
          "name a preset, such as python:3.13, or a suite, such as trixie");
    }
    return new ImageStore.Bootstrap.Packages(
        request.getSuite(), List.copyOf(request.getPackagesList()));
  }
}
