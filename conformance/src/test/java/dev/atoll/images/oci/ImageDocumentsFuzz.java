package dev.atoll.images.oci;

import dev.atoll.errors.AtollException;
import dev.atoll.images.RegistryReference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Whatever a registry gives as an index, a manifest or a config, and whatever an image or a file of
 * its archive is called.
 */
public final class ImageDocumentsFuzz {
  private static final String DIGEST = "sha256:" + "a".repeat(64);

  private ImageDocumentsFuzz() {}

  /** A manifest, an index, a config, a name and a path. */
  public static List<byte[]> seeds() {
    return List.of(
        bytes(
            """
            {"schemaVersion":2,"config":{"mediaType":"c","digest":"%1$s","size":2},
             "layers":[{"mediaType":"layer","digest":"%1$s","size":3,"urls":["u"]}]}"""),
        bytes(
            """
            {"manifests":[{"mediaType":"m","digest":"%1$s","size":2,
             "platform":{"os":"linux","architecture":"amd64","variant":"v1"}},{"platform":null}]}"""),
        bytes(
            """
            {"os":"linux","architecture":"amd64","rootfs":{"diff_ids":["%1$s"]},
             "config":{"Env":["A=b"],"WorkingDir":"/","User":"u","Entrypoint":["a"],"Cmd":["b"],
             "Shell":["s"],"Labels":{"a":"b"},"ExposedPorts":{"80/tcp":{}}}}"""),
        bytes("localhost:5000/team/app:1@%1$s"),
        bytes("/blobs/./sha256//../../../index.json"));
  }

  private static byte[] bytes(String text) {
    return text.formatted(DIGEST).getBytes(StandardCharsets.UTF_8);
  }

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    Source source = new Source(input);
    tolerate(() -> ImagePlans.resolve(source, source.root(), "amd64", "an image"));
    Descriptor layer = new Descriptor("layer", DIGEST, 1);
    tolerate(() -> check(ImagePlans.plan(List.of(layer), input, "amd64", "an image")));
    tolerate(() -> check(new String(input, StandardCharsets.UTF_8)));
    checkPath(new String(input, StandardCharsets.ISO_8859_1));
  }

  private interface Reading {
    void run() throws IOException, InterruptedException;
  }

  private static void tolerate(Reading reading) throws InterruptedException {
    try {
      reading.run();
    } catch (AtollException | IOException refused) {
      // What else comes out is a finding.
    }
  }

  private static void check(ImagePlan plan) {
    if (plan.layers().size() != 1) {
      throw new IllegalStateException("a layer came from nowhere: " + plan);
    }
  }

  private static void check(String name) {
    RegistryReference reference = RegistryReference.parse(name);
    if (!RegistryReference.parse(reference.text()).equals(reference)
        || reference.repository().contains("..")) {
      throw new IllegalStateException("a name that means two things: " + name);
    }
  }

  private static void checkPath(String path) {
    String clean = ArchiveFiles.clean(path);
    if (clean.startsWith("/")
        || List.of(clean.split("/")).contains("..")
        || !ArchiveFiles.clean(clean).equals(clean)) {
      throw new IllegalStateException("a path that leaves its archive: " + path);
    }
  }

  /** Answers with the same bytes whatever it is asked for. */
  private record Source(byte[] bytes) implements BlobSource {
    @Override
    public Document root() {
      return new Document("", bytes);
    }

    @Override
    public byte[] manifest(Descriptor descriptor) {
      return bytes;
    }

    @Override
    public InputStream open(Descriptor descriptor) {
      return new ByteArrayInputStream(bytes);
    }
  }
}
