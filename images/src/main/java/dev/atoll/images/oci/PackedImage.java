package dev.atoll.images.oci;

import dev.atoll.images.ImageConfig;
import dev.atoll.images.content.Digests;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * An image as others take it: archives of layers, and the documents that name them (OCI image spec,
 * manifest and config). Equal images have equal documents.
 *
 * @param layers the lowest first
 * @param config the config document
 * @param manifest the manifest document
 */
public record PackedImage(List<Layer> layers, byte[] config, byte[] manifest) {
  /** The media type of the manifest. */
  public static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  static final String CONFIG = "application/vnd.oci.image.config.v1+json";

  /** The media type of the layers. */
  public static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /**
   * A packed layer.
   *
   * @param file with the compressed archive
   * @param blob what is in the file
   * @param diffId the digest of the archive
   */
  public record Layer(Path file, Descriptor blob, String diffId) {}

  /** Writes the documents. */
  public static PackedImage of(List<Layer> layers, ImageConfig config, String architecture) {
    Map<String, Object> image = new LinkedHashMap<>();
    image.put("architecture", architecture);
    image.put("os", "linux");
    image.put("config", process(config));
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("type", "layers");
    root.put("diff_ids", layers.stream().map(Layer::diffId).toList());
    image.put("rootfs", root);
    byte[] configBytes = MAPPER.writeValueAsBytes(image);
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("schemaVersion", 2);
    manifest.put("mediaType", MANIFEST);
    manifest.put("config", descriptor(descriptor(CONFIG, configBytes)));
    manifest.put("layers", layers.stream().map(layer -> descriptor(layer.blob())).toList());
    return new PackedImage(List.copyOf(layers), configBytes, MAPPER.writeValueAsBytes(manifest));
  }

  /** The config document's descriptor. */
  public Descriptor configBlob() {
    return descriptor(CONFIG, config);
  }

  /** The manifest's digest: what the image is called elsewhere. */
  public String digest() {
    return Digests.sha256(manifest);
  }

  /**
   * The index of a layout with this image alone.
   *
   * @param name that it shall have; empty for none
   */
  byte[] index(String name) {
    Map<String, Object> entry = descriptor(descriptor(MANIFEST, manifest));
    if (!name.isEmpty()) {
      entry.put("annotations", Map.of("org.opencontainers.image.ref.name", name));
    }
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("schemaVersion", 2);
    index.put("mediaType", "application/vnd.oci.image.index.v1+json");
    index.put("manifests", List.of(entry));
    return MAPPER.writeValueAsBytes(index);
  }

  /** The same for tools that only know what {@code docker save} wrote before it wrote layouts. */
  byte[] dockerManifest(String name) {
    Map<String, Object> image = new LinkedHashMap<>();
    image.put("Config", path(configBlob()));
    image.put("RepoTags", name.isEmpty() ? List.of() : List.of(name));
    image.put("Layers", layers.stream().map(layer -> path(layer.blob())).toList());
    return MAPPER.writeValueAsBytes(List.of(image));
  }

  /** Where a layout has a blob. */
  static String path(Descriptor blob) {
    return "blobs/" + blob.digest().replace(':', '/');
  }

  private static Map<String, Object> process(ImageConfig config) {
    Map<String, Object> process = new LinkedHashMap<>();
    put(process, "User", config.user());
    put(process, "ExposedPorts", ports(config.exposedPorts()));
    put(process, "Env", config.environment());
    put(process, "Entrypoint", config.entrypoint());
    put(process, "Cmd", config.command());
    put(process, "WorkingDir", config.workingDirectory());
    put(process, "Labels", new TreeMap<>(config.labels()));
    put(process, "Shell", config.shell());
    return process;
  }

  private static Map<String, Object> ports(List<String> ports) {
    Map<String, Object> set = new TreeMap<>();
    ports.forEach(port -> set.put(port, Map.of()));
    return set;
  }

  private static void put(Map<String, Object> target, String name, Object value) {
    boolean empty =
        switch (value) {
          case String text -> text.isEmpty();
          case List<?> list -> list.isEmpty();
          case Map<?, ?> map -> map.isEmpty();
          default -> false;
        };
    if (!empty) {
      target.put(name, value);
    }
  }

  private static Descriptor descriptor(String mediaType, byte[] bytes) {
    return new Descriptor(mediaType, Digests.sha256(bytes), bytes.length);
  }

  private static Map<String, Object> descriptor(Descriptor blob) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("mediaType", blob.mediaType());
    document.put("digest", blob.digest());
    document.put("size", blob.size());
    return document;
  }
}
