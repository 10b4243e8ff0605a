package dev.atoll.control.auth;

import dev.atoll.control.store.Clock;
import dev.atoll.control.store.Database;
import dev.atoll.control.store.Ids;
import dev.atoll.control.store.TokenTable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/** The token pairs that open the control plane. Thread-safe. */
public final class TokenPairs {
  private static final String NO_HASH = hash("");

  private final Database database;
  private volatile Map<String, String> hashes;

  /** Creates it with the tokens that the store knows. */
  public TokenPairs(Database database) {
    this.database = database;
    hashes = Map.copyOf(database.read(TokenTable::hashes));
  }

  /**
   * A token's id and secret. The secret exists here and in the file that the caller writes, nowhere
   * else.
   */
  public record TokenPair(String id, String secret) {
    @Override
    public String toString() {
      return "TokenPair[" + id + "]";
    }
  }

  /** Whether there is a token. */
  public boolean isEmpty() {
    return hashes.isEmpty();
  }

  /** Makes a new pair, with 256 random bits and more in its secret. It isn't valid yet. */
  public static TokenPair mint() {
    return new TokenPair("ak-" + Ids.random(22), "as-" + Ids.random(44));
  }

  /** Makes a pair the only valid one. */
  public void replace(TokenPair pair) {
    String hash = hash(pair.secret());
    database.write(
        handle -> {
          TokenTable.replace(handle, pair.id(), hash, Clock.now());
          return true;
        });
    hashes = Map.of(pair.id(), hash);
  }

  /** Whether the pair is valid. Takes the same time for every wrong one. */
  public boolean isValid(String id, String secret) {
    String expected = hashes.getOrDefault(id, NO_HASH);
    boolean equal =
        MessageDigest.isEqual(
            expected.getBytes(StandardCharsets.US_ASCII),
            hash(secret).getBytes(StandardCharsets.US_ASCII));
    return equal && !secret.isEmpty();
  }

  private static String hash(String secret) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }
}
