package dev.atoll.worker;

/** Checks the tokens of the exec path. Thread-safe. */
@FunctionalInterface
public interface TaskTokens {
  /**
   * What a token opens.
   *
   * @throws dev.atoll.errors.AtollException UNAUTHENTICATED when the token isn't valid
   */
  TaskAccess verify(String bearerToken);
}
