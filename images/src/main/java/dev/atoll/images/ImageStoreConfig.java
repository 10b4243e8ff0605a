package dev.atoll.images;

import dev.atoll.images.layers.LayerLimits;
import dev.atoll.linux.IdMapping;
import dev.atoll.linux.UserNamespaceFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How an image store works.
 *
 * @param folder the store's own folder; made when it is missing
 * @param cache a folder for what several stores can share: roots made by {@link
 *     ImageStore#bootstrap}
 * @param userNamespace of sandboxes whose ids differ from the host's; absent when none do
 * @param certificates PEM files with CA certificates that sandboxes and the registry client trust
 *     beside the usual ones
 * @param architecture of the images wanted, as OCI writes it: {@code amd64}, {@code arm64}
 * @param registries how registries are reached
 * @param limits of each layer
 * @param disk where what is written has limits; absent: it has none
 */
public record ImageStoreConfig(
    Path folder,
    Path cache,
    Optional<UserNamespace> userNamespace,
    List<Path> certificates,
    String architecture,
    RegistrySettings registries,
    LayerLimits limits,
    Optional<DiskPool> disk) {
  public ImageStoreConfig {
    certificates = List.copyOf(certificates);
  }

  /**
   * A user namespace and what it does to ids.
   *
   * @param file stays the caller's to close, after the store
   */
  public record UserNamespace(IdMapping mapping, UserNamespaceFile file) {}

  /** The defaults: this host's architecture, the user's cache folder, nothing extra. */
  public static ImageStoreConfig of(Path folder) {
    return new ImageStoreConfig(
        folder,
        defaultCache(),
        Optional.empty(),
        List.of(),
        hostArchitecture(),
        RegistrySettings.none(),
        LayerLimits.standard(),
        Optional.empty());
  }

  /** This config with a user namespace. */
  public ImageStoreConfig withUserNamespace(UserNamespace namespace) {
    return new ImageStoreConfig(
        folder,
        cache,
        Optional.of(namespace),
        certificates,
        architecture,
        registries,
        limits,
        disk);
  }

  /** This config with extra CA certificates. */
  public ImageStoreConfig withCertificates(List<Path> files) {
    return new ImageStoreConfig(
        folder, cache, userNamespace, files, architecture, registries, limits, disk);
  }

  /** This config with another cache folder. */
  public ImageStoreConfig withCache(Path other) {
    return new ImageStoreConfig(
        folder, other, userNamespace, certificates, architecture, registries, limits, disk);
  }

  /** This config with another way to reach registries. */
  public ImageStoreConfig withRegistries(RegistrySettings other) {
    return new ImageStoreConfig(
        folder, cache, userNamespace, certificates, architecture, other, limits, disk);
  }

  /** This config with other limits. */
  public ImageStoreConfig withLimits(LayerLimits other) {
    return new ImageStoreConfig(
        folder, cache, userNamespace, certificates, architecture, registries, other, disk);
  }

  /** This config with limits of what is written. */
  public ImageStoreConfig withDisk(DiskPool pool) {
    return new ImageStoreConfig(
        folder,
        cache,
        userNamespace,
        certificates,
        architecture,
        registries,
        limits,
        Optional.of(pool));
  }

  /** {@code $XDG_CACHE_HOME/atoll}, else {@code ~/.cache/atoll} (XDG base directories). */
  public static Path defaultCache() {
    String base = System.getenv("XDG_CACHE_HOME");
    Path folder =
        base != null && base.startsWith("/")
            ? Path.of(base)
            : Path.of(System.getProperty("user.home"), ".cache");
    return folder.resolve("atoll");
  }

  /** This host's architecture, as OCI writes it. */
  public static String hostArchitecture() {
    String name = System.getProperty("os.arch");
    return switch (name) {
      case "amd64", "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> name;
    };
  }
}
