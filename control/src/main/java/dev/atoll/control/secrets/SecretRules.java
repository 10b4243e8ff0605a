package dev.atoll.control.secrets;

import dev.atoll.control.apps.Names;
import dev.atoll.errors.AtollException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What environment variables may look like. Messages name keys, never values. */
public final class SecretRules {
  /** The most bytes of a key. */
  public static final int MAXIMUM_KEY = 256;

  /** The most bytes of a value: below the kernel's limit of one string of an exec (execve(2)). */
  public static final int MAXIMUM_VALUE = 96 * 1024;

  /** The most bytes of all keys and values together. */
  public static final int MAXIMUM_TOTAL = 256 * 1024;

  private SecretRules() {}

  /** Checks variables; INVALID_ARGUMENT names the field, the key and the rule. */
  public static void check(String field, Map<String, String> variables) {
    long total = 0;
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      String key = variable.getKey();
      if (key.isEmpty() || key.indexOf('=') >= 0 || key.indexOf('\0') >= 0) {
        throw AtollException.invalid(
            "%s has the key '%s': a key must not be empty and must not hold '=' or NUL",
            field, Names.shortened(key).replace('\0', '␀'));
      }
      int keyBytes = key.getBytes(StandardCharsets.UTF_8).length;
      if (keyBytes > MAXIMUM_KEY) {
        throw AtollException.invalid(
            "%s has a key of %d bytes ('%s'): the limit is %d",
            field, keyBytes, Names.shortened(key), MAXIMUM_KEY);
      }
      if (variable.getValue().indexOf('\0') >= 0) {
        throw AtollException.invalid(
            "%s has a NUL byte in the value of '%s': an environment variable can't hold one",
            field, key);
      }
      int valueBytes = variable.getValue().getBytes(StandardCharsets.UTF_8).length;
      if (valueBytes > MAXIMUM_VALUE) {
        throw AtollException.invalid(
            "%s has a value of %d bytes at '%s': the limit is %d bytes for a value",
            field, valueBytes, key, MAXIMUM_VALUE);
      }
      total += keyBytes + valueBytes;
    }
    if (total > MAXIMUM_TOTAL) {
      throw AtollException.invalid(
          "%s holds %d bytes of keys and values: the limit is %d", field, total, MAXIMUM_TOTAL);
    }
  }
}
