package dev.atoll.images.bootstrap;

import dev.atoll.errors.AtollException;
import dev.atoll.images.ImageConfig;
import dev.atoll.images.ImageStore.Bootstrap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Makes recipes of what users ask for. */
final class Recipes {
  private static final Pattern SUITE = Pattern.compile("[a-z][a-z0-9-]{1,63}");
  private static final Pattern PACKAGE = Pattern.compile("[a-z0-9][a-z0-9+.-]{1,127}(:[a-z0-9]+)?");
  private static final String PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** What a machine's own files say must not stay: sandboxes get theirs. */
  private static final String CLEAN = "rm -f \"$1/etc/resolv.conf\" \"$1/etc/hostname\"\n";

  /**
   * Debian's pip can't replace Debian's packages, for want of records; pip's own, from the wheel
   * that Debian keeps for venv, installs below /usr/local and there replaces and removes anything.
   */
  private static final String PIP =
      """
      set -eu
      rm -f "$1"/usr/lib/python3*/EXTERNALLY-MANAGED
      chroot "$1" sh -euc 'set -- /usr/share/python-wheels/pip-*.whl
        python3 "$1/pip" install -q --no-index --no-cache-dir --root-user-action=ignore "$1"
        python3 -c "import platform; print(\\"PYTHON_VERSION=\\" + platform.python_version())"' \
        > "$ATOLL_FACTS"
      """;

  private static final Map<String, List<String>> NAMES =
      new TreeMap<>(
          Map.of(
              "python:3.13",
              List.of("python:3.13-slim", "python:3.13-trixie", "python:3.13-slim-trixie"),
              "debian:trixie",
              List.of("debian:13", "debian:trixie-slim", "debian:13-slim"),
              "debian:bookworm",
              List.of("debian:12", "debian:bookworm-slim", "debian:12-slim")));

  private Recipes() {}

  static Recipe of(Bootstrap wanted) {
    return switch (wanted) {
      case Bootstrap.Packages(String suite, List<String> packages) -> packages(suite, packages);
      case Bootstrap.Preset(String name) -> preset(name);
    };
  }

  private static Recipe packages(String suite, List<String> packages) {
    if (!SUITE.matcher(suite).matches()) {
      throw AtollException.invalid("'%s' is no Debian suite, such as trixie", suite);
    }
    for (String name : packages) {
      if (!PACKAGE.matcher(name).matches()) {
        throw AtollException.invalid("'%s' is no name of a Debian package", name);
      }
    }
    return new Recipe(
        suite + (packages.isEmpty() ? "" : " with " + String.join(", ", packages)),
        suite,
        packages,
        CLEAN,
        debian());
  }

  private static Recipe preset(String name) {
    String known =
        NAMES.entrySet().stream()
            .filter(entry -> entry.getKey().equals(name) || entry.getValue().contains(name))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow(
                () ->
                    AtollException.invalid(
                        "no preset is named '%s': there are %s",
                        name, String.join(", ", NAMES.keySet())));
    return switch (known) {
      case "debian:trixie" -> packages("trixie", List.of());
      case "debian:bookworm" -> packages("bookworm", List.of());
      default ->
          new Recipe(
              known,
              "trixie",
              List.of("python3", "python-is-python3", "python3-venv", "ca-certificates"),
              PIP + CLEAN,
              ImageConfig.empty()
                  .withEnvironment(
                      List.of(
                          "PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
                          "LANG=C.UTF-8"))
                  .withCommand(List.of("python3")));
    };
  }

  private static ImageConfig debian() {
    return ImageConfig.empty().withEnvironment(List.of(PATH)).withCommand(List.of("bash"));
  }
}
