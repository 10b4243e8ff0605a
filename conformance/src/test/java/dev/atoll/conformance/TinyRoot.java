package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A root file system of two megabytes: busybox, and what a login needs. */
final class TinyRoot {
  private TinyRoot() {}

  /** Makes the root in a folder that does not exist yet; returns it. */
  static Path folder(Path root) throws IOException, InterruptedException {
    for (String name : new String[] {"bin", "etc", "root", "tmp", "srv"}) {
      Files.createDirectories(root.resolve(name));
    }
    Files.setPosixFilePermissions(
        root.resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
    for (String applet : run("/bin/busybox", "--list").split("\n")) {
      if (!applet.equals("busybox")) {
        Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
      }
    }
    Files.writeString(root.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
    Files.writeString(root.resolve("etc/group"), "root:x:0:\n");
    // A server puts the sandbox's own file over it, but only where there is one.
    Files.createFile(root.resolve("etc/resolv.conf"));
    return root;
  }

  /** A tar of a root; returns it. */
  static Path tar(Path root, Path file) throws IOException, InterruptedException {
    run("tar", "-C", root.toString(), "-cf", file.toString(), ".");
    return file;
  }

  /**
   * An OCI layout (image-layout.md of the specification) of one image with that root, the tag
   * {@code latest}, the environment {@code FROM_IMAGE=yes} and the working folder {@code /srv}, for
   * amd64 or this machine's; returns it.
   */
  static Path layout(Path root, Path layout) throws IOException, InterruptedException {
    Path blobs = Files.createDirectories(layout.resolve("blobs/sha256"));
    Path tar = tar(root, layout.resolve("layer.tar"));
    String layer = digest(Files.readAllBytes(tar));
    long layerSize = Files.size(tar);
    Files.move(tar, blobs.resolve(layer));
    String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    String config =
        """
        {"architecture":"%s","os":"linux","config":{"Env":["PATH=/bin","FROM_IMAGE=yes"],"WorkingDir":"/srv"},\
        "rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}"""
            .formatted(architecture, layer);
    String manifest =
        """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
        "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%d},\
        "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:%s","size":%d}]}"""
            .formatted(put(blobs, config), config.length(), layer, layerSize);
    String index =
        """
        {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",\
        "digest":"sha256:%s","size":%d,"annotations":{"org.opencontainers.image.ref.name":"latest"}}]}"""
            .formatted(put(blobs, manifest), manifest.length());
    Files.writeString(layout.resolve("index.json"), index);
    Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    return layout;
  }

  /** Runs a program that must succeed; its standard output. */
  static String run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    return output;
  }

  private static String put(Path blobs, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    String digest = digest(bytes);
    Files.write(blobs.resolve(digest), bytes);
    return digest;
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
