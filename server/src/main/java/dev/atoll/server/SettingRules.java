package dev.atoll.server;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;

/** Checks of settings. */
final class SettingRules {
  private SettingRules() {}

  /** INVALID_ARGUMENT with the rule when it is broken. */
  static void check(boolean kept, String rule) {
    if (!kept) {
      throw new AtollException(ErrorCode.INVALID_ARGUMENT, rule);
    }
  }
}
