package dev.atoll.control.tokens;

import dev.atoll.control.apps.Environments;
import dev.atoll.control.auth.Caller;
import dev.atoll.control.auth.TokenPairs;
import dev.atoll.control.auth.TokenPairs.TokenPair;
import dev.atoll.control.store.Clock;
import dev.atoll.control.store.Database;
import dev.atoll.control.store.EnvironmentTable;
import dev.atoll.control.store.TokenTable;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.admin.CreateTokenRequest;
import dev.atoll.protocol.admin.CreatedToken;
import dev.atoll.protocol.admin.ListTokensResponse;
import dev.atoll.protocol.admin.RevokeTokenRequest;
import dev.atoll.protocol.admin.Token;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Makes, lists and revokes token pairs for an operator. Thread-safe. */
public final class Tokens {
  private static final int LONGEST_NAME = 128;
  private static final long LONGEST_LIFE_SECONDS = TimeUnit.DAYS.toSeconds(3_650);

  private final Database database;
  private final TokenPairs pairs;

  /** Creates it for those pairs. */
  public Tokens(Database database, TokenPairs pairs) {
    this.database = database;
    this.pairs = pairs;
  }

  /** Makes a pair. Its secret is in this answer and nowhere else. */
  public CreatedToken create(CreateTokenRequest request) {
    Caller.current().requireAllEnvironments("making a token");
    String name = request.getName();
    if (name.isBlank()
        || name.length() > LONGEST_NAME
        || name.codePoints().anyMatch(Character::isISOControl)) {
      throw AtollException.invalid(
          "name: say in 1 to %d characters, without control characters, what the token is for",
          LONGEST_NAME);
    }
    long life = request.getLifeSeconds();
    if (life < 0 || life > LONGEST_LIFE_SECONDS) {
      throw AtollException.invalid(
          "life_seconds %d: must be from 0, for no end, to %d", life, LONGEST_LIFE_SECONDS);
    }
    Optional<String> environment =
        request.getAllEnvironments()
            ? Optional.empty()
            : Optional.of(
                database
                    .read(handle -> Environments.require(handle, request.getEnvironmentName()))
                    .environmentId());
    TokenPair pair = TokenPairs.mint();
    pairs.add(
        pair,
        name,
        environment,
        life == 0 ? Optional.empty() : Optional.of(Clock.now() + TimeUnit.SECONDS.toMicros(life)));
    return CreatedToken.newBuilder()
        .setToken(show(pairs.find(pair.id()).orElseThrow()))
        .setTokenSecret(pair.secret())
        .build();
  }

  /** Every token, the oldest first, without secrets. */
  public ListTokensResponse list() {
    Caller.current().requireAllEnvironments("listing tokens");
    ListTokensResponse.Builder response = ListTokensResponse.newBuilder();
    pairs.list().forEach(row -> response.addTokens(show(row)));
    return response.build();
  }

  /**
   * Revokes a token: new calls with it, and with what was derived from it, are refused from now on.
   * NOT_FOUND when there is none, FAILED_PRECONDITION for that of the data folder.
   */
  public void revoke(RevokeTokenRequest request) {
    Caller.current().requireAllEnvironments("revoking a token");
    String id = request.getTokenId();
    boolean own = pairs.find(id).map(TokenTable.Row::own).orElse(false);
    if (own) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "token %s is that of the server's data folder: to have another one, stop the server, remove"
                  .formatted(id)
              + " the file 'credentials' there, and start it again");
    }
    if (!pairs.revoke(id)) {
      throw AtollException.notFound(
          "there is no token '%s'", id.length() > 64 ? id.substring(0, 64) : id);
    }
  }

  private Token show(TokenTable.Row row) {
    Token.Builder token =
        Token.newBuilder()
            .setTokenId(row.tokenId())
            .setName(row.name())
            .setOwn(row.own())
            .setCreatedAt(Clock.seconds(row.createdAt()))
            .setLastUsedAt(row.lastUsedAt().map(Clock::seconds).orElse(0.0))
            .setExpiresAt(row.expiresAt().map(Clock::seconds).orElse(0.0));
    row.environmentId()
        .flatMap(id -> database.read(handle -> EnvironmentTable.byId(handle, id)))
        .ifPresent(environment -> token.setEnvironmentName(environment.name()));
    return token.build();
  }
}
