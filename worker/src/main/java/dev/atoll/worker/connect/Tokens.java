package dev.atoll.worker.connect;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The connect tokens of one task; only their hashes are kept. Thread-safe. */
final class Tokens {
  /** So many tokens a task can have. */
  static final int MOST = 10_000;

  private static final int BYTES = 32;

  private final SecureRandom random = new SecureRandom();
  private final Map<String, Grant> grants = new ConcurrentHashMap<>();

  /** A token that was made, and what is kept of it. */
  record Issued(String token, String hash) {
    @Override
    public String toString() {
      return "Issued[" + hash + "]";
    }
  }

  /** Takes a token of which a worker that died has kept this. */
  void resume(String hash, Grant grant) {
    grants.put(hash, grant);
  }

  /** Makes a token; RESOURCE_EXHAUSTED when the task has too many. */
  Issued issue(Grant grant) {
    if (grants.size() >= MOST) {
      throw new AtollException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "the sandbox has %d connect tokens, the most there can be: use one for several users, or "
                  .formatted(MOST)
              + "another sandbox");
    }
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    String hash = hash(token);
    grants.put(hash, grant);
    return new Issued(token, hash);
  }

  /** What a token opens; empty when it is none. */
  Optional<Grant> find(String token) {
    return Optional.ofNullable(grants.get(hash(token)));
  }

  private static String hash(String token) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
