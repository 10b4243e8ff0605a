package dev.atoll.bench;

import dev.atoll.sdk.App;
import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.Image;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxOptions;
import dev.atoll.sdk.SandboxProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What is measured of Atoll, through the Java SDK over the wire. */
final class AtollSide implements AutoCloseable {
  /** What the root is called as an image. */
  static final String TAG = "bench-root:1";

  private final Atoll atoll;
  private final App app;
  private final Image image;

  private AtollSide(Atoll atoll) {
    this.atoll = atoll;
    this.app = atoll.apps().fromName("bench", options -> options.createIfMissing(true));
    this.image = atoll.images().fromRegistry(TAG).build(app);
  }

  /** Connects to a server, which gets the root as an image. */
  static AtollSide connect(ServerProcess server, Path root)
      throws IOException, InterruptedException {
    Map<String, String> credentials = server.credentials();
    ImageImport.run(server.url(), credentials, root, TAG);
    return new AtollSide(
        Atoll.builder()
            .serverUrl(server.url())
            .token(
                credentials.getOrDefault("token_id", ""),
                credentials.getOrDefault("token_secret", ""))
            .build());
  }

  /** {@link #createToFirstOutputMillis(Image)} of the root. */
  double createToFirstOutputMillis() throws IOException, InterruptedException {
    return createToFirstOutputMillis(image);
  }

  /** From the call of create to the first byte of an exec's output. */
  double createToFirstOutputMillis(Image image) throws IOException, InterruptedException {
    long start = System.nanoTime();
    try (Sandbox sandbox = atoll.sandboxes().create(app, image)) {
      SandboxProcess process = sandbox.exec("/bin/echo", "hello");
      int first = process.getInputStream().read();
      double millis = (System.nanoTime() - start) / 1e6;
      if (first != 'h' || process.waitFor() != 0) {
        throw new IOException("echo printed something else");
      }
      sandbox.terminate();
      return millis;
    }
  }

  /** A sandbox for many execs. */
  Sandbox sandbox() {
    return sandbox(options -> {});
  }

  /** A sandbox of the root. */
  Sandbox sandbox(Consumer<SandboxOptions.Builder> options) {
    return atoll.sandboxes().create(app, image, options);
  }

  /** Forgets an image; its files go in the background. */
  void delete(Image image) {
    atoll.images().delete(image.id().orElseThrow());
  }

  /** Runs a shell script that must succeed; its output. */
  static String shell(Sandbox sandbox, String script) throws IOException {
    SandboxProcess process = sandbox.exec("/bin/sh", "-c", script);
    String output = process.readText();
    try {
      if (process.waitFor() != 0) {
        throw new IOException(script + " failed: " + output);
      }
    } catch (InterruptedException stopped) {
      throw new InterruptedIOException();
    }
    return output;
  }

  /** From the call of exec to the exit code of {@code true}. */
  double execTrueMillis(Sandbox sandbox) throws IOException, InterruptedException {
    long start = System.nanoTime();
    int code = sandbox.exec("/bin/true").waitFor();
    double millis = (System.nanoTime() - start) / 1e6;
    if (code != 0) {
      throw new IOException("true exited with " + code);
    }
    return millis;
  }

  /** The SHA-256 of what {@link #stdoutMegabytesPerSecond} carries, as the sandbox itself says. */
  String stdoutDigest(Sandbox sandbox, long megabytes) throws IOException {
    String make = zeros(megabytes) + " | sha256sum";
    return sandbox.exec("/bin/sh", "-c", make).readText().split(" ", -1)[0];
  }

  /** Writes so much to the stdin of a process that counts it. */
  double stdinMegabytesPerSecond(Sandbox sandbox, int megabytes)
      throws IOException, InterruptedException {
    byte[] megabyte = new byte[1 << 20];
    long start = System.nanoTime();
    SandboxProcess process = sandbox.exec("/bin/wc", "-c");
    try (OutputStream stdin = process.getOutputStream()) {
      for (int i = 0; i < megabytes; i++) {
        stdin.write(megabyte);
      }
    }
    String count = process.readText().strip();
    double seconds = (System.nanoTime() - start) / 1e9;
    if (process.waitFor() != 0 || Long.parseLong(count) != (long) megabytes << 20) {
      throw new IOException("wc counted " + count);
    }
    return (double) (megabytes << 20) / 1e6 / seconds;
  }

  /** Writes a file of so much. */
  double writeMegabytesPerSecond(Sandbox sandbox, int megabytes) throws IOException {
    byte[] bytes = new byte[megabytes << 20];
    long start = System.nanoTime();
    Files.write(sandbox.fileSystem().getPath("/tmp/written"), bytes);
    return bytes.length / 1e6 / ((System.nanoTime() - start) / 1e9);
  }

  /** Reads what {@link #writeMegabytesPerSecond} has written. */
  double readMegabytesPerSecond(Sandbox sandbox) throws IOException {
    long start = System.nanoTime();
    byte[] bytes = Files.readAllBytes(sandbox.fileSystem().getPath("/tmp/written"));
    return bytes.length / 1e6 / ((System.nanoTime() - start) / 1e9);
  }

  /** An image of that tag. */
  Image image(String tag) {
    return atoll.images().fromRegistry(tag).build(app);
  }

  private static String zeros(long megabytes) {
    return "dd if=/dev/zero bs=1M count=" + megabytes + " 2>/dev/null";
  }

  /** Reads a long stdout to its end, and compares its digest with the expected one. */
  double stdoutMegabytesPerSecond(Sandbox sandbox, long megabytes, String expected)
      throws IOException, InterruptedException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    long bytes = 0;
    long start = System.nanoTime();
    SandboxProcess process =
        sandbox.exec(List.of("/bin/sh", "-c", zeros(megabytes)), options -> {});
    try (InputStream stdout = process.getInputStream()) {
      byte[] buffer = new byte[1 << 18];
      for (int n; (n = stdout.read(buffer)) >= 0; ) {
        digest.update(buffer, 0, n);
        bytes += n;
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (!HexFormat.of().formatHex(digest.digest()).equals(expected)) {
      throw new IOException("the bytes differ: " + bytes + " arrived");
    }
    return bytes / 1e6 / seconds;
  }

  @Override
  public void close() {
    atoll.close();
  }
}
