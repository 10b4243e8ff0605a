package dev.atoll.images.registry;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Progress;
import dev.atoll.images.oci.Descriptor;
import dev.atoll.images.oci.PackedImage;
import dev.atoll.images.oci.TransferException;
import dev.atoll.images.registry.HttpExchange.Answer;
import dev.atoll.images.registry.HttpExchange.Request;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** Gives an image to a repository (OCI distribution spec, pushing manifests and blobs). */
final class Upload {
  private static final int ATTEMPTS = 3;
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Slower than this, an upload counts as stopped. */
  private static final long LEAST_BYTES_PER_SECOND = 64 << 10;

  private static final Set<Integer> PASSING = Set.of(408, 429, 500, 502, 503, 504);
  private static final int MOST_REASON_BYTES = 4096;
  private static final String BYTES = "application/octet-stream";

  private final String base;
  private final String registry;
  private final HttpExchange exchange;
  private final Progress progress;

  /**
   * An upload to a repository.
   *
   * @param base where it is: server, {@code /v2/} and its name there
   * @param exchange sends each request once: what is repeated is the upload of a blob
   */
  Upload(String base, String registry, HttpExchange exchange, Progress progress) {
    this.base = base;
    this.registry = registry;
    this.exchange = exchange;
    this.progress = progress;
  }

  void run(PackedImage image, String tag) throws IOException, InterruptedException {
    int number = 0;
    for (PackedImage.Layer layer : image.layers()) {
      number++;
      String what = "layer %d of %d".formatted(number, image.layers().size());
      blob(what, layer.blob(), new Counted(layer, what, progress));
    }
    blob("the config", image.configBlob(), () -> BodyPublishers.ofByteArray(image.config()));
    Request manifest =
        new Request(
            "PUT",
            URI.create(base + "/manifests/" + tag),
            Map.entry("Content-Type", PackedImage.MANIFEST),
            BodyPublishers.ofByteArray(image.manifest()),
            PATIENCE);
    progress.step("naming it " + tag);
    repeating(
        "the manifest",
        () -> {
          try (Answer answer = exchange.send(manifest)) {
            require(answer, 201, "the manifest");
          }
        });
  }

  private interface Body {
    BodyPublisher open();
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  private void blob(String what, Descriptor blob, Body body)
      throws IOException, InterruptedException {
    repeating(
        what,
        () -> {
          if (isThere(blob)) {
            progress.step(what + " is there already");
          } else {
            put(what, blob, body);
          }
        });
  }

  private boolean isThere(Descriptor blob) throws IOException, InterruptedException {
    Request request =
        new Request(
            "HEAD",
            URI.create(base + "/blobs/" + blob.digest()),
            Map.entry("Accept", "*/*"),
            BodyPublishers.noBody(),
            PATIENCE);
    try (Answer answer = exchange.send(request)) {
      return answer.status() == 200;
    }
  }

  private void put(String what, Descriptor blob, Body body)
      throws IOException, InterruptedException {
    URI begin = URI.create(base + "/blobs/uploads/");
    URI target;
    try (Answer answer =
        exchange.send(
            new Request(
                "POST",
                begin,
                Map.entry("Content-Type", BYTES),
                BodyPublishers.noBody(),
                PATIENCE))) {
      require(answer, 202, what);
      target = exchange.target(begin, answer.location().orElse(""));
    }
    String separator = target.getRawQuery() == null ? "?" : "&";
    Duration patience = PATIENCE.plusSeconds(blob.size() / LEAST_BYTES_PER_SECOND);
    try (Answer answer =
        exchange.send(
            new Request(
                "PUT",
                URI.create(target + separator + "digest=" + blob.digest()),
                Map.entry("Content-Type", BYTES),
                body.open(),
                patience))) {
      require(answer, 201, what);
    }
  }

  private void repeating(String what, Step step) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        step.run();
        return;
      } catch (TransferException e) {
        if (attempt == ATTEMPTS) {
          throw new AtollException(
              ErrorCode.FAILED_PRECONDITION, String.valueOf(e.getMessage()), e);
        }
        progress.step(what + " again: " + e.getMessage());
      } catch (AtollException e) {
        // What went wrong on the way may go well the next time.
        if (attempt == ATTEMPTS || !(e.getCause() instanceof IOException)) {
          throw e;
        }
        progress.step(what + " again: " + e.getMessage());
      }
      Thread.sleep(PAUSE.multipliedBy(attempt));
    }
  }

  private void require(Answer answer, int status, String what) throws IOException {
    if (answer.status() == status) {
      return;
    }
    String reason =
        new String(answer.body().readNBytes(MOST_REASON_BYTES), StandardCharsets.UTF_8)
            .replaceAll("\\p{Cntrl}+", " ")
            .strip();
    String message =
        "the registry %s answered %d to %s%s"
            .formatted(
                registry,
                answer.status(),
                what,
                reason.isEmpty() ? "" : ": " + reason.substring(0, Math.min(300, reason.length())));
    if (PASSING.contains(answer.status())) {
      throw new TransferException(message);
    }
    throw new AtollException(ErrorCode.FAILED_PRECONDITION, message);
  }

  /** A layer's bytes, which say every few seconds how far they are. */
  private record Counted(PackedImage.Layer layer, String what, Progress progress) implements Body {
    private static final long PERIOD_NANOS = Duration.ofSeconds(5).toNanos();

    @Override
    public BodyPublisher open() {
      long size = layer.blob().size();
      progress.step("sending %s (%s)".formatted(what, megabytes(size)));
      return BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(this::stream), size);
    }

    private InputStream stream() {
      try {
        return new java.io.FilterInputStream(Files.newInputStream(layer.file())) {
          private long sent;
          private long told = System.nanoTime();

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            sent += Math.max(0, read);
            if (System.nanoTime() - told > PERIOD_NANOS) {
              told = System.nanoTime();
              progress.step(
                  "sending %s: %s of %s"
                      .formatted(what, megabytes(sent), megabytes(layer.blob().size())));
            }
            return read;
          }
        };
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    private static String megabytes(long bytes) {
      return bytes < 1_000_000 ? "under 1 MB" : bytes / 1_000_000 + " MB";
    }
  }
}
