package dev.atoll.control.auth;

import dev.atoll.control.store.Clock;
import dev.atoll.control.store.Database;
import dev.atoll.control.store.Ids;
import dev.atoll.control.store.TokenTable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/**
 * The token pairs that open the control plane. Thread-safe.
 *
 * <p>A secret has 262 random bits, so that nobody can find it from its SHA-256 by trying: a slow
 * hash, which protects what people think of, would protect nothing here and cost each call
 * milliseconds. Checks need no store: all pairs are in memory, and a pair that is revoked is gone
 * from there before the call that revokes it is answered.
 */
public final class TokenPairs {
  private static final String NO_HASH = hash("");

  private final Database database;
  private final Map<String, Long> uses = new ConcurrentHashMap<>();
  private volatile Map<String, TokenTable.Row> rows;
  private volatile Consumer<String> revoked = id -> {};

  /** Creates it with the tokens that the store knows. */
  public TokenPairs(Database database) {
    this.database = database;
    rows = database.read(TokenPairs::all);
  }

  /**
   * A token's id and secret. The secret exists here and where the caller writes it, nowhere else.
   */
  public record TokenPair(String id, String secret) {
    @Override
    public String toString() {
      return "TokenPair[" + id + "]";
    }
  }

  /** Makes a new pair, with 262 random bits in its secret. It isn't valid yet. */
  public static TokenPair mint() {
    return new TokenPair("ak-" + Ids.random(22), "as-" + Ids.random(44));
  }

  /** Makes a pair that of the data folder, which opens everything, instead of the one before. */
  public void replaceOwn(TokenPair pair) {
    TokenTable.Row row =
        new TokenTable.Row(
            pair.id(),
            hash(pair.secret()),
            "",
            Optional.empty(),
            true,
            Clock.now(),
            Optional.empty(),
            Optional.empty());
    change(
        handle -> {
          TokenTable.deleteOwn(handle);
          TokenTable.insert(handle, row);
        });
  }

  /** Makes a pair valid. */
  public void add(
      TokenPair pair, String name, Optional<String> environmentId, Optional<Long> expiresAt) {
    TokenTable.Row row =
        new TokenTable.Row(
            pair.id(),
            hash(pair.secret()),
            name,
            environmentId,
            false,
            Clock.now(),
            Optional.empty(),
            expiresAt);
    change(handle -> TokenTable.insert(handle, row));
  }

  /** Makes a pair invalid, and says whether there was one. */
  public boolean revoke(String id) {
    boolean known = rows.containsKey(id);
    change(handle -> TokenTable.delete(handle, id));
    return known;
  }

  /** Whether there is a token of that id. */
  public boolean isKnown(String id) {
    return rows.containsKey(id);
  }

  /** Tells of each token that is no more, once it opens nothing. */
  public void whenRevoked(Consumer<String> listener) {
    revoked = listener;
  }

  /** Knows what the store knows now: it has lost an environment with its tokens. */
  public void reload() {
    change(handle -> {});
  }

  /** Who calls with that pair; empty when it isn't valid. Takes the same time for wrong ones. */
  public Optional<Caller> caller(String id, String secret) {
    Optional<TokenTable.Row> row = Optional.ofNullable(rows.get(id));
    boolean equal =
        MessageDigest.isEqual(
            row.map(TokenTable.Row::secretHash).orElse(NO_HASH).getBytes(StandardCharsets.US_ASCII),
            hash(secret).getBytes(StandardCharsets.US_ASCII));
    return equal && !secret.isEmpty() ? row.flatMap(this::use) : Optional.empty();
  }

  /** Who calls with what was derived from that token; empty when the token isn't valid any more. */
  public Optional<Caller> caller(String id) {
    return Optional.ofNullable(rows.get(id)).flatMap(this::use);
  }

  /** The token of that id, without its secret. */
  public Optional<TokenTable.Row> find(String id) {
    return Optional.ofNullable(rows.get(id)).map(this::withUse);
  }

  /** Every token, the oldest first. */
  public List<TokenTable.Row> list() {
    return rows.values().stream()
        .map(this::withUse)
        .sorted(Comparator.comparingLong(TokenTable.Row::createdAt))
        .toList();
  }

  private TokenTable.Row withUse(TokenTable.Row row) {
    return Optional.ofNullable(uses.get(row.tokenId())).map(row::usedAt).orElse(row);
  }

  /** Stores when tokens were used last. A server that is killed forgets what came since. */
  public void storeUses() {
    Map<String, Long> known = new LinkedHashMap<>(uses);
    if (!known.isEmpty()) {
      change(handle -> known.forEach((id, at) -> TokenTable.used(handle, id, at)));
      known.forEach(uses::remove);
    }
  }

  private Optional<Caller> use(TokenTable.Row row) {
    long now = Clock.now();
    if (row.expiresAt().isPresent() && row.expiresAt().get() <= now) {
      return Optional.empty();
    }
    uses.put(row.tokenId(), now);
    return Optional.of(new Caller(row.tokenId(), row.environmentId()));
  }

  /** One after the other: what is in memory is what the last one stored. */
  private synchronized void change(Consumer<Handle> work) {
    Map<String, TokenTable.Row> before = rows;
    Map<String, TokenTable.Row> after =
        database.write(
            handle -> {
              work.accept(handle);
              return all(handle);
            });
    rows = after;
    before.keySet().stream().filter(id -> !after.containsKey(id)).forEach(revoked);
  }

  private static Map<String, TokenTable.Row> all(Handle handle) {
    Map<String, TokenTable.Row> all = new LinkedHashMap<>();
    TokenTable.list(handle).forEach(row -> all.put(row.tokenId(), row));
    return Map.copyOf(all);
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
