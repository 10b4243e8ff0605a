package dev.atoll.server;

import dev.atoll.control.auth.Caller;
import dev.atoll.control.auth.SignedTokens;
import dev.atoll.control.auth.SignedTokens.Audience;
import dev.atoll.control.auth.SignedTokens.Claims;
import dev.atoll.control.auth.TokenPairs;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.worker.TaskAccess;
import dev.atoll.worker.TaskTokens;
import java.util.Optional;

/** Checks the exec path's tokens: each is as good as the token pair that it was derived from. */
final class TaskTokenCheck implements TaskTokens {
  private final SignedTokens tokens;
  private final TokenPairs pairs;

  TaskTokenCheck(SignedTokens tokens, TokenPairs pairs) {
    this.tokens = tokens;
    this.pairs = pairs;
  }

  @Override
  public TaskAccess verify(String bearerToken) {
    Claims claims =
        tokens
            .claims(Audience.ROUTER, bearerToken)
            .orElseThrow(
                () ->
                    refused(
                        "the token is invalid or has expired: ask for access to the task again"));
    if (claims.tokenId().isEmpty()) {
      // Made by a server before this one, which had token pairs for all environments only. Clients
      // don't ask for another one before it ends, within the hour.
      return new TaskAccess(claims.subject(), Optional.empty());
    }
    Caller caller = pairs.caller(claims.tokenId()).orElseThrow(TaskTokenCheck::revoked);
    Visit.enter(claims.tokenId());
    if (!pairs.isKnown(claims.tokenId())) {
      throw revoked(); // Meanwhile: nobody would end this call.
    }
    return new TaskAccess(claims.subject(), caller.environmentId());
  }

  /** Who names secrets and images with that access. */
  static Caller caller(TaskAccess access) {
    return new Caller("", access.environmentId());
  }

  private static AtollException revoked() {
    return refused("the token pair that this token was made with was revoked or has expired");
  }

  private static AtollException refused(String why) {
    return new AtollException(ErrorCode.UNAUTHENTICATED, why);
  }
}
