package dev.atoll.images.bootstrap;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Debian's mirrors as this machine's apt knows them (sources.list(5), both formats), with the suite
 * exchanged.
 */
final class AptSources {
  private final Path apt;
  private final String codename;
  private final Set<Mirror> mirrors = new LinkedHashSet<>();

  /** An address, and what follows the suite's name there. */
  private record Mirror(String uri, String suffix) {}

  private AptSources(Path apt, String codename) {
    this.apt = apt;
    this.codename = codename;
  }

  /**
   * Lines for sources.list: the suite, its updates and its security updates; FAILED_PRECONDITION
   * when this machine's sources name no mirror.
   */
  static List<String> lines(String suite) throws IOException {
    return lines(Path.of("/etc/apt"), codename(Path.of("/etc/os-release")), suite);
  }

  static List<String> lines(Path apt, String codename, String suite) throws IOException {
    AptSources sources = new AptSources(apt, codename);
    sources.read();
    boolean base = sources.mirrors.stream().anyMatch(mirror -> mirror.suffix().isEmpty());
    if (!base) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "%s has no mirror of this machine's own suite '%s': add one to sources.list, or import an image instead"
              .formatted(apt, codename));
    }
    boolean rolling = Set.of("sid", "unstable", "experimental").contains(suite);
    return sources.mirrors.stream()
        .filter(mirror -> mirror.suffix().isEmpty() || !rolling)
        .map(mirror -> "deb " + mirror.uri() + " " + suite + mirror.suffix() + " main")
        .toList();
  }

  private void read() throws IOException {
    List<Path> files = new ArrayList<>(List.of(apt.resolve("sources.list")));
    Path folder = apt.resolve("sources.list.d");
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> more = Files.newDirectoryStream(folder)) {
        more.forEach(files::add);
      }
    }
    files.sort(null);
    for (Path file : files) {
      String name = file.getFileName().toString();
      try {
        if (name.endsWith(".sources")) {
          stanzas(Files.readString(file));
        } else if (name.endsWith(".list")) {
          Files.readString(file).lines().forEach(this::line);
        }
      } catch (NoSuchFileException e) {
        // A machine has the one format or the other.
        continue;
      }
    }
  }

  private void line(String line) {
    String[] words = line.replaceAll("\\[[^]]*]", " ").strip().split("\\s+");
    if (words.length >= 4 && words[0].equals("deb")) {
      add(words[1], words[2], List.of(words).subList(3, words.length));
    }
  }

  private void stanzas(String text) {
    for (String stanza : text.split("\n\\s*\n")) {
      Map<String, String> fields = new HashMap<>();
      String last = "";
      for (String line : stanza.lines().filter(each -> !each.startsWith("#")).toList()) {
        if (!line.isEmpty() && Character.isWhitespace(line.charAt(0))) {
          fields.merge(last, line, (a, b) -> a + " " + b);
        } else if (line.indexOf(':') > 0) {
          last = line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
          fields.put(last, line.substring(line.indexOf(':') + 1));
        }
      }
      boolean enabled = !fields.getOrDefault("enabled", "yes").strip().equals("no");
      if (enabled && words(fields, "types").contains("deb")) {
        for (String uri : words(fields, "uris")) {
          words(fields, "suites").forEach(suite -> add(uri, suite, words(fields, "components")));
        }
      }
    }
  }

  private static List<String> words(Map<String, String> fields, String name) {
    String value = fields.getOrDefault(name, "").strip();
    return value.isEmpty() ? List.of() : List.of(value.split("\\s+"));
  }

  /** Debian's own archives: they have the machine's suite and a component main. */
  private void add(String uri, String suite, List<String> components) {
    boolean http = uri.startsWith("http://") || uri.startsWith("https://");
    if (!http || !components.contains("main")) {
      return;
    }
    for (String suffix : List.of("", "-updates", "-security")) {
      if (suite.equals(codename + suffix)) {
        mirrors.add(new Mirror(uri, suffix));
      }
    }
  }

  private static String codename(Path release) throws IOException {
    if (!Files.exists(release)) {
      return "";
    }
    return Files.readString(release)
        .lines()
        .filter(line -> line.startsWith("VERSION_CODENAME="))
        .map(line -> line.substring("VERSION_CODENAME=".length()).replace("\"", ""))
        .findFirst()
        .orElse("");
  }
}
