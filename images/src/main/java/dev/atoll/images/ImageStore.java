package dev.atoll.images;

import dev.atoll.linux.IdMapping;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The images present on this host, in one folder that this store owns. Content-addressed: the same
 * layer is stored once, whoever asks for it, and written by one thread while others wait.
 * Crash-only: opening it removes half-made layers and root file systems without an owner.
 * Thread-safe.
 *
 * <p>What a user can get wrong (an unknown tag, a registry that lies, an image for another CPU) is
 * a {@link dev.atoll.errors.AtollException}; an {@link IOException} is the host's fault.
 */
public interface ImageStore extends AutoCloseable {
  /** An image by its digest. */
  Optional<Image> find(ImageDigest digest);

  /** Every image, in no particular order. */
  List<Image> list();

  /** The same without those that only the cache of build steps knows. */
  List<Image> listWithoutSteps();

  /**
   * Pulls an image from a registry (OCI distribution spec), for this host's platform. Every digest
   * is verified. Blocks; interruptible.
   */
  Image pull(RegistryReference reference, Optional<Credentials> credentials, Progress progress)
      throws IOException, InterruptedException;

  /**
   * Imports an image from files: an OCI layout (folder or archive), a Docker archive, a root
   * folder, or a plain tar of a root, each maybe compressed with gzip or zstd. The kind is
   * recognised.
   */
  Image importFrom(Path source, Progress progress) throws IOException, InterruptedException;

  /**
   * Writes an image as an OCI layout in a tar, which is also what {@code docker load} takes. The
   * same bytes for the same image. Blocks; interruptible. Needs as much room in the store as the
   * compressed layers take, until it returns.
   *
   * @param name that the image shall have where it is loaded, such as {@code tools:1}; empty: none
   * @param archive is not closed
   * @throws dev.atoll.errors.AtollException FAILED_PRECONDITION when it has what no archive can say
   */
  void export(Image image, String name, OutputStream archive, Progress progress)
      throws IOException, InterruptedException;

  /**
   * Pushes an image to a registry (OCI distribution spec), and gives the digest that it has there.
   * As {@link #export} otherwise.
   *
   * @param reference where to, with a tag and without a digest
   * @param credentials empty: anonymous, whatever logins this host has
   */
  String push(
      Image image,
      RegistryReference reference,
      Optional<Credentials> credentials,
      Progress progress)
      throws IOException, InterruptedException;

  /** Makes an image of Debian packages, without any container registry. Cached by its recipe. */
  Image bootstrap(Bootstrap recipe, Progress progress) throws IOException, InterruptedException;

  /** {@link #rootFilesystem(Image, IdMapping, OptionalLong)} with the store's standard limit. */
  default RootFilesystem rootFilesystem(Image image, IdMapping idMapping) throws IOException {
    return rootFilesystem(image, idMapping, OptionalLong.empty());
  }

  /**
   * Prepares a writable root file system on an image; no mount yet. Milliseconds.
   *
   * @param diskLimit how many bytes it and what is mounted in it may hold, 1 or more; the store's
   *     standard limit when absent, and never more than half of all; without effect where there are
   *     no {@link #diskLimits}
   */
  RootFilesystem rootFilesystem(Image image, IdMapping idMapping, OptionalLong diskLimit)
      throws IOException;

  /**
   * Prepares a writable file system with an image's files, and nothing else, to be mounted in a
   * sandbox; no mount yet. Milliseconds.
   *
   * @param image absent: an empty folder of root's, mode 0755
   * @param in the sandbox's root: it shares that one's limit, and its ids
   */
  WritableFilesystem writableFilesystem(Optional<Image> image, RootFilesystem in)
      throws IOException;

  /** The same with the store's standard limit. */
  WritableFilesystem writableFilesystem(Optional<Image> image, IdMapping idMapping)
      throws IOException;

  /** What limits new file systems have. */
  DiskLimits diskLimits();

  /**
   * Goes on with a root file system of a store on this folder that has died, and that is still
   * mounted.
   *
   * @param reference as {@link WritableFilesystem#reference} told it
   * @param mountPoint where it is mounted
   * @throws IOException when there is no such file system, or it is mounted nowhere
   */
  RootFilesystem takeBackRoot(String reference, Image image, IdMapping idMapping, Path mountPoint)
      throws IOException;

  /** The same for what {@link #writableFilesystem} made. */
  WritableFilesystem takeBack(
      String reference, Optional<Image> image, IdMapping idMapping, Path mountPoint)
      throws IOException;

  /** An image with the same layers and another config. */
  Image withConfig(Image image, ImageConfig config) throws IOException;

  /** The same for a build step, see {@link RootFilesystem#commitStep}. */
  Image stepWithConfig(Image image, ImageConfig config) throws IOException;

  /** Resolves a USER value in an image's own passwd and group files. */
  ImageUser user(Image image, String user) throws IOException;

  /**
   * The CA certificates that a sandbox of the image shall trust: the image's own and the store's
   * extra ones, as one file. Empty when the store has no extra ones.
   */
  Optional<TrustBundle> trustBundle(Image image) throws IOException;

  /** Mounts a bundle's folder read-only at a host folder, so that no mount tells where it lies. */
  void mountTrust(TrustBundle bundle, Path mountPoint) throws IOException;

  /** The image that a build step made before, by the step's key. */
  Optional<Image> cachedStep(String key);

  /**
   * Remembers what a build step made. A step's image is kept until the last image that it led to is
   * removed, and for a week after its last use when it led to none, as steps of a build that
   * failed.
   */
  void cacheStep(String key, Image image) throws IOException;

  /**
   * Forgets an image, and the steps that led to no other one, and collects layers that no other
   * image and no file system needs. Nothing may be built on it meanwhile.
   *
   * @throws dev.atoll.errors.AtollException FAILED_PRECONDITION while a file system is on it
   */
  void remove(ImageDigest digest) throws IOException;

  /** Unmounts what this store mounted. Root file systems must be closed before. */
  @Override
  void close();

  /** Recipes of images made of Debian packages. */
  sealed interface Bootstrap {
    /** A Debian suite with packages on top of the minimal base. */
    record Packages(String suite, List<String> packages) implements Bootstrap {
      public Packages {
        packages = List.copyOf(packages);
      }
    }

    /**
     * A named recipe, such as {@code python:3.13}, that behaves like the registry's image of that
     * name.
     */
    record Preset(String name) implements Bootstrap {}
  }

  /**
   * CA certificates to mount read-only.
   *
   * @param directory a host folder to mount with {@link #mountTrust}
   * @param file the bundle's name in it
   * @param target absolute path inside over which the bundle is bound, so that it can only be read;
   *     it exists in the root, and the usual paths of bundles lead to it
   * @param environment variables that point at it, as overridable defaults
   */
  record TrustBundle(Path directory, String file, String target, Map<String, String> environment) {
    public TrustBundle {
      environment = Map.copyOf(environment);
    }
  }
}
