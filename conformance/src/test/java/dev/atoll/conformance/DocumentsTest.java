package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.doctor.attack.Corpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents say exists, exists. */
class DocumentsTest {
  private static final Path HOME = Path.of("..");
  private static final Pattern SOURCE = Pattern.compile(".*\\.(?:java|c|h|mjs|sh)");
  private static final int MOST_LINES = 500;
  private static final Pattern LINK = Pattern.compile("]\\((?!https?:|#)([^)#\\s]+)[^)]*\\)");
  private static final Pattern FILE_IN_CODE =
      Pattern.compile("`([\\w.-]+(?:/[\\w.-]+)*\\.(?:md|mjs|java|sh|sql|proto|awk|txt))`");

  @Test
  void theDocumentsOfAnOpenProjectAreThere() {
    assertThat(List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE"))
        .allSatisfy(name -> assertThat(HOME.resolve(name)).isNotEmptyFile());
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path document : documents()) {
      LINK.matcher(Files.readString(document))
          .results()
          .map(link -> link.group(1))
          .filter(target -> !Files.exists(document.resolveSibling(target)))
          .forEach(target -> broken.add(document + ": " + target));
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void filesThatAreNamedExist() throws IOException {
    List<String> missing = new ArrayList<>();
    List<String> names = sourceFiles();
    for (Path document : documents()) {
      FILE_IN_CODE
          .matcher(Files.readString(document))
          .results()
          .map(name -> name.group(1))
          .filter(name -> names.stream().noneMatch(file -> file.endsWith("/" + name)))
          .forEach(name -> missing.add(document + ": " + name));
    }
    assertThat(missing).isEmpty();
  }

  /** CONTRIBUTING.md: none has more than 500 lines. */
  @Test
  void sourcesAreSmallFiles() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (String name : sourceFiles()) {
      if (SOURCE.matcher(name).matches()) {
        long lines = Files.readString(Path.of(name)).lines().count();
        if (lines > MOST_LINES) {
          tooLong.add(name + ": " + lines);
        }
      }
    }
    assertThat(tooLong).isEmpty();
  }

  /** docs/tiers.md promises a test for each of its lines. */
  @Test
  void eachDifferenceOfTheTiersHasItsTest() throws IOException {
    List<String> promised =
        Pattern.compile("(?m)^\\|(?! what|-).*\\| ([^|]+) \\|$")
            .matcher(Files.readString(HOME.resolve("docs/tiers.md")))
            .results()
            .map(line -> line.group(1))
            .toList();
    List<String> tests =
        Pattern.compile("(?m)^test\\(\"(.*?)\", ")
            .matcher(Files.readString(Path.of("node/tiers.test.mjs")))
            .results()
            .map(test -> test.group(1))
            .toList();
    assertThat(promised).isNotEmpty().containsExactlyInAnyOrderElementsOf(tests);
  }

  /** SECURITY.md says of each probe of {@code doctor --attack} which threat it is about. */
  @Test
  void eachProbeBelongsToAThreat() throws IOException {
    List<String> named = new ArrayList<>();
    Pattern probe = Pattern.compile("`([a-z0-9-]+)`");
    Pattern.compile("(?m)^\\| T\\d+ \\|[^|]+\\|[^|]+\\| ([^|]+) \\| [^|]+ \\|$")
        .matcher(Files.readString(HOME.resolve("SECURITY.md")))
        .results()
        .forEach(
            row -> probe.matcher(row.group(1)).results().forEach(id -> named.add(id.group(1))));
    assertThat(named).containsExactlyInAnyOrderElementsOf(Corpus.ids());
  }

  /** docs/api-coverage.md promises tests for each of its lines. */
  @Test
  void whatIsServedHasItsTests() throws IOException {
    List<String> missing = new ArrayList<>();
    StringBuilder java = new StringBuilder();
    try (Stream<Path> files = Files.list(Path.of("src/test/java/dev/atoll/conformance"))) {
      for (Path file : files.toList()) {
        java.append(Files.readString(file));
      }
    }
    String coverage = Files.readString(HOME.resolve("docs/api-coverage.md"));
    var lines =
        Pattern.compile("(?m)^\\| .* \\| .* \\| ([\\w-]+): (.*) \\| (\\w+) \\|$")
            .matcher(coverage)
            .results()
            .toList();
    assertThat(lines).hasSizeGreaterThan(40).hasSize(rows(coverage));
    for (var line : lines) {
      if (isMissing(line.group(1), line.group(2))) {
        missing.add(line.group(1) + ": " + line.group(2));
      }
      if (java.indexOf("void " + line.group(3) + "()") < 0) {
        missing.add(line.group(3));
      }
    }
    var others =
        Pattern.compile("(?m)^\\| [^|]* \\| [^|]* \\| ([\\w-]+): ([^|]*) \\|$")
            .matcher(coverage)
            .results()
            .toList();
    assertThat(others).hasSizeGreaterThan(10);
    for (var line : others) {
      if (isMissing(line.group(1), line.group(2))) {
        missing.add(line.group(1) + ": " + line.group(2));
      }
    }
    assertThat(missing).isEmpty();
  }

  private static boolean isMissing(String file, String test) throws IOException {
    return !Files.readString(Path.of("node", file + ".test.mjs")).contains("test(\"" + test + "\"");
  }

  /** The lines of the first table, without its head. */
  private static int rows(String document) {
    return (int) document.lines().filter(line -> line.matches("\\|( [^|]+ \\|){4}")).count() - 1;
  }

  /**
   * docs/java.md promises that its examples are pieces of tests; before its last braces a test may
   * check what an example has done.
   */
  @Test
  void theExamplesOfTheJavaGuideAreRun() throws IOException {
    String run =
        Files.readString(Path.of("src/test/java/dev/atoll/conformance/GuideTests.java"))
            + Files.readString(PythonExample.SOURCE);
    var examples =
        Pattern.compile("(?ms)^```java\n(.*?)^```$")
            .matcher(Files.readString(HOME.resolve("docs/java.md")))
            .results()
            .map(example -> example.group(1))
            .toList();
    assertThat(examples).hasSizeGreaterThan(8);
    assertThat(examples)
        .allSatisfy(
            example -> assertThat(dense(run)).contains(dense(example).replaceAll("}+$", "")));
  }

  private static String dense(String code) {
    return code.replaceAll("\\s+", "");
  }

  @Test
  void theArchitectureDescribesEveryModuleAndTable() throws IOException {
    String architecture = Files.readString(HOME.resolve("ARCHITECTURE.md"));
    List<String> names = new ArrayList<>();
    namesIn(HOME.resolve("pom.xml"), "<module>(.*?)</module>", names);
    Path migrations = HOME.resolve("control/src/main/resources/db/migration");
    if (Files.isDirectory(migrations)) {
      try (Stream<Path> files = Files.list(migrations)) {
        for (Path file : files.toList()) {
          namesIn(file, "(?i)create table (?:if not exists )?(\\w+)", names);
        }
      }
    }
    assertThat(names)
        .allSatisfy(name -> assertThat(architecture.contains("`" + name + "`")).as(name).isTrue());
  }

  private static void namesIn(Path file, String pattern, List<String> names) throws IOException {
    Pattern.compile(pattern)
        .matcher(Files.readString(file))
        .results()
        .forEach(match -> names.add(match.group(1)));
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> files = Files.walk(HOME)) {
      return files
          .filter(DocumentsTest::isSource)
          .filter(f -> f.toString().endsWith(".md"))
          .toList();
    }
  }

  private static List<String> sourceFiles() throws IOException {
    try (Stream<Path> files = Files.walk(HOME)) {
      return files.filter(DocumentsTest::isSource).map(Path::toString).toList();
    }
  }

  private static boolean isSource(Path file) {
    for (Path name : HOME.relativize(file)) {
      String text = name.toString();
      if (text.equals("target") || text.equals("node_modules") || text.startsWith(".")) {
        return false;
      }
    }
    return Files.isRegularFile(file);
  }
}
