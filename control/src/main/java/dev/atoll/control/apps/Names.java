package dev.atoll.control.apps;

import dev.atoll.control.store.Ids;
import dev.atoll.errors.AtollException;
import java.util.regex.Pattern;

/** The rule for the names that users give to apps, environments, secrets and sandboxes. */
public final class Names {
  private static final Pattern SHAPE = Pattern.compile("[a-zA-Z0-9._-]{1,64}");

  private Names() {}

  /** The name, if it follows the rule; otherwise INVALID_ARGUMENT that names the field. */
  public static String check(String field, String name) {
    if (!SHAPE.matcher(name).matches()) {
      throw AtollException.invalid(
          "%s '%s' must be 1 to 64 characters of [a-zA-Z0-9._-]", field, shortened(name));
    }
    if (Ids.looksLikeAppId(name)) {
      throw AtollException.invalid("%s '%s' must not look like an app's id", field, name);
    }
    return name;
  }

  /** A value for a message, cut to 100 characters. */
  public static String shortened(String value) {
    return value.length() <= 100 ? value : value.substring(0, 100) + "…";
  }
}
