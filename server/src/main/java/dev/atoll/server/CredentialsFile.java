package dev.atoll.server;

import dev.atoll.control.auth.TokenPairs;
import dev.atoll.control.auth.TokenPairs.TokenPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The file {@code credentials}: the lines {@code token_id=ak-…} and {@code token_secret=as-…}. A
 * start without it, or with a pair that the store doesn't know, makes a new pair; the old one is
 * void.
 */
final class CredentialsFile {
  private static final String NAME = "credentials";
  private static final String ID = "token_id=";
  private static final String SECRET = "token_secret=";

  private CredentialsFile() {}

  /** Sees to it that the file holds a valid pair. */
  static void ensure(DataDirectory directory, TokenPairs pairs) throws IOException {
    Optional<TokenPair> present = read(directory.file(NAME));
    if (present.isPresent()
        && pairs.caller(present.get().id(), present.get().secret()).isPresent()) {
      return;
    }
    TokenPair pair = TokenPairs.mint();
    directory.write(NAME, ID + pair.id() + "\n" + SECRET + pair.secret() + "\n");
    pairs.replaceOwn(pair);
  }

  private static Optional<TokenPair> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file);
    return value(lines, ID)
        .flatMap(id -> value(lines, SECRET).map(secret -> new TokenPair(id, secret)));
  }

  private static Optional<String> value(List<String> lines, String start) {
    return lines.stream()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(start.length()).strip())
        .findFirst();
  }
}
