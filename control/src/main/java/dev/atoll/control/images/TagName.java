package dev.atoll.control.images;

import dev.atoll.control.apps.Names;
import dev.atoll.errors.AtollException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Local names of images. Docker Hub's long and short forms of a name are one name here. */
final class TagName {
  private static final Pattern SHAPE =
      Pattern.compile(
          "(?:[A-Za-z0-9.-]+(?::[0-9]{1,5})?/)?[a-z0-9]+(?:(?:[._]|__|-+|/)[a-z0-9]+)*"
              + ":[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
  private static final Pattern HUB = Pattern.compile("^(?:index\\.)?docker\\.io/(?:library/)?");

  private TagName() {}

  /** The tag in its one form; INVALID_ARGUMENT when it can't be one. */
  static String check(String tag) {
    String normal = normal(tag).orElse("");
    if (normal.length() > 255 || normal.startsWith("im-") || !SHAPE.matcher(normal).matches()) {
      throw AtollException.invalid(
          "tag '%s' must look like name[:tag], such as tools:1, with a lower-case name that doesn't"
              + " start with 'im-'",
          Names.shortened(tag));
    }
    return normal;
  }

  /** The one form of a reference; empty for a reference by digest, which no local tag is. */
  static Optional<String> normal(String reference) {
    if (reference.isEmpty() || reference.indexOf('@') >= 0) {
      return Optional.empty();
    }
    String name = HUB.matcher(reference).replaceFirst("");
    if (name.startsWith("library/")) {
      name = name.substring("library/".length());
    }
    boolean tagged = name.lastIndexOf(':') > name.lastIndexOf('/');
    return Optional.of(tagged ? name : name + ":latest");
  }
}
