package dev.atoll.worker;

import java.util.List;
import java.util.Map;

/** Where an exec's secrets come from: the control plane keeps them. Thread-safe. */
@FunctionalInterface
public interface SecretSource {
  /**
   * The variables of secrets that somebody with that access names, merged in order: a later secret
   * overrides an earlier one. May block.
   *
   * @throws dev.atoll.errors.AtollException NOT_FOUND when one doesn't exist for that access
   */
  Map<String, String> resolve(TaskAccess access, List<String> secretIds);
}
