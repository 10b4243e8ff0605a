package dev.atoll.worker.build;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names what a step makes by everything that it depends on (HMAC-SHA256, RFC 2104). Without this
 * worker's key nobody can tell from a name which secret a step had. Thread-safe.
 */
public final class StepKeys {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;

  private final SecretKeySpec key;

  private StepKeys(byte[] key) {
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /**
   * Uses the key in a file, which is made with mode 0600 when it is missing or no key. With another
   * key no step is known any more, and that is all.
   */
  public static StepKeys open(Path file) throws IOException {
    Optional<byte[]> present = read(file);
    return new StepKeys(present.isPresent() ? present.get() : create(file));
  }

  private static Optional<byte[]> read(Path file) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(file)).filter(bytes -> bytes.length == KEY_BYTES);
    } catch (NoSuchFileException missing) {
      return Optional.empty();
    }
  }

  private static byte[] create(Path file) throws IOException {
    byte[] bytes = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.deleteIfExists(temporary);
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    return bytes;
  }

  /** Begins a name for a kind of step. */
  Builder step(String kind) {
    return new Builder(kind);
  }

  /** Collects what a step depends on. Order counts. */
  final class Builder {
    private final List<String> parts = new ArrayList<>();

    private Builder(String kind) {
      parts.add(kind);
    }

    Builder add(String part) {
      parts.add(part);
      return this;
    }

    Builder addAll(List<String> list) {
      parts.add("list of " + list.size());
      parts.addAll(list);
      return this;
    }

    Builder addAll(Map<String, String> map) {
      parts.add("map of " + map.size());
      new TreeMap<>(map).forEach((name, value) -> add(name).add(value));
      return this;
    }

    /** The name, in hexadecimal digits. */
    String name() {
      try {
        Mac mac = Mac.getInstance(ALGORITHM);
        mac.init(key);
        for (String part : parts) {
          byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
          mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
          mac.update(bytes);
        }
        return HexFormat.of().formatHex(mac.doFinal());
      } catch (GeneralSecurityException missing) {
        throw new IllegalStateException("every JDK has " + ALGORITHM, missing);
      }
    }
  }
}
