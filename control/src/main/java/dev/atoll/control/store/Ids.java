package dev.atoll.control.store;

import java.security.SecureRandom;
import java.util.regex.Pattern;

/**
 * Makes ids: a prefix that names the kind, and 22 random characters of [0-9A-Za-z], 131 bits. They
 * are never reused. The official clients tell kinds and versions apart by this shape.
 */
public final class Ids {
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int LENGTH = 22;
  private static final Pattern APP_SHAPE = Pattern.compile("ap-[0-9A-Za-z]{22}");
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  /** A new id, such as {@code ap-…} for the prefix {@code ap}. */
  public static String mint(String prefix) {
    return prefix + "-" + random(LENGTH);
  }

  /**
   * A new task id. It doesn't end in V, by which a client would take it for another kind of task.
   */
  public static String mintTask() {
    String id = mint("ta");
    return id.endsWith("V") ? id.substring(0, id.length() - 1) + "W" : id;
  }

  /** Random characters of [0-9A-Za-z]. */
  public static String random(int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  /** Whether a name could be mistaken for an app's id. */
  public static boolean looksLikeAppId(String name) {
    return APP_SHAPE.matcher(name).matches();
  }
}
