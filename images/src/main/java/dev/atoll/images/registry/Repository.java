package dev.atoll.images.registry;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.RegistryReference;
import dev.atoll.images.content.Digests;
import dev.atoll.images.oci.BlobSource;
import dev.atoll.images.oci.Descriptor;
import dev.atoll.images.oci.VerifiedBlob;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Optional;

/** One repository of a registry, or of its mirror. */
final class Repository implements BlobSource {
  private static final int MOST_MANIFEST_BYTES = 4 << 20;
  private static final String MANIFESTS =
      "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
          + "application/vnd.docker.distribution.manifest.list.v2+json, "
          + "application/vnd.docker.distribution.manifest.v2+json";

  private final String base;
  private final String host;
  private final RegistryReference reference;
  private final HttpExchange exchange;

  /**
   * A repository.
   *
   * @param base where it is: server, {@code /v2/} and its name there
   * @param host the server, as failures name it
   * @param reference what is asked for
   */
  Repository(String base, String host, RegistryReference reference, HttpExchange exchange) {
    this.base = base;
    this.host = host;
    this.reference = reference;
    this.exchange = exchange;
  }

  String host() {
    return host;
  }

  @Override
  public Optional<String> guard() {
    return exchange.hasUsedCredentials()
        ? Optional.of(reference.registry() + "/" + reference.repository())
        : Optional.empty();
  }

  @Override
  public Document root() throws IOException, InterruptedException {
    String name = reference.digest().or(reference::tag).orElse("latest");
    Document document = manifest(name);
    if (reference.digest().isPresent()) {
      verify(document.bytes(), reference.digest().get());
    }
    return document;
  }

  @Override
  public byte[] manifest(Descriptor descriptor) throws IOException, InterruptedException {
    byte[] bytes = manifest(descriptor.digest()).bytes();
    verify(bytes, descriptor.digest());
    return bytes;
  }

  private Document manifest(String name) throws IOException, InterruptedException {
    try (HttpExchange.Answer answer =
        exchange.get(URI.create(base + "/manifests/" + name), MANIFESTS)) {
      if (answer.status() == 404) {
        throw AtollException.notFound(
            "no image %s: the registry knows no such repository or tag", reference.text());
      }
      require(answer);
      byte[] bytes = readSmall(answer.body());
      return new Document(answer.contentType().orElse(""), bytes);
    }
  }

  private byte[] readSmall(InputStream body) throws IOException {
    byte[] bytes;
    try {
      bytes = body.readNBytes(MOST_MANIFEST_BYTES + 1);
    } catch (IOException e) {
      throw exchange.broken(String.valueOf(e.getMessage()));
    }
    if (bytes.length > MOST_MANIFEST_BYTES) {
      throw exchange.broken("a manifest has more than " + MOST_MANIFEST_BYTES + " bytes");
    }
    return bytes;
  }

  private void verify(byte[] bytes, String digest) {
    String actual = Digests.sha256(bytes);
    if (!actual.equals(digest)) {
      throw exchange.broken("it gives " + actual + " for the manifest " + digest);
    }
  }

  @Override
  public InputStream open(Descriptor descriptor) throws IOException, InterruptedException {
    HttpExchange.Answer answer =
        exchange.get(URI.create(base + "/blobs/" + descriptor.digest()), "*/*");
    try {
      if (answer.status() == 404) {
        throw exchange.broken("it has no blob " + descriptor.digest());
      }
      require(answer);
      return new VerifiedBlob(answer.body(), descriptor);
    } catch (RuntimeException e) {
      answer.close();
      throw e;
    }
  }

  private void require(HttpExchange.Answer answer) {
    if (answer.status() != 200) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "the registry %s answered %d for %s".formatted(host, answer.status(), reference.text()));
    }
  }
}
