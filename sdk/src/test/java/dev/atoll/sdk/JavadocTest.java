package dev.atoll.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything that users see has Javadoc, whose links lead somewhere: javac's doclint says so. Tags
 * that would repeat a sentence, {@code @param} and {@code @return}, are not asked for.
 */
class JavadocTest {
  private static final Path SOURCES = Path.of("src/main/java");

  @Test
  void allThatUsersSeeIsDescribed(@TempDir Path classes) throws IOException {
    List<String> findings = doclint(classes);
    assertThat(findings).as("the linter finds what it is known to find").isNotEmpty();
    assertThat(findings)
        .filteredOn(finding -> !finding.contains("no @param") && !finding.contains("no @return"))
        .isEmpty();
  }

  private static List<String> doclint(Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> collector = new DiagnosticCollector<>();
    try (StandardJavaFileManager manager =
            compiler.getStandardFileManager(collector, Locale.ROOT, null);
        Stream<Path> files = Files.walk(SOURCES)) {
      List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).toList();
      List<String> options =
          List.of(
              "-proc:none",
              "--should-stop=ifNoError=FLOW",
              "-Xdoclint:all/protected",
              "-Xdoclint/package:dev.atoll.sdk",
              "-Xmaxwarns",
              "10000",
              "-cp",
              System.getProperty("java.class.path"),
              "-d",
              classes.toString());
      boolean compiled =
          compiler
              .getTask(
                  null,
                  manager,
                  collector,
                  options,
                  null,
                  manager.getJavaFileObjectsFromPaths(sources))
              .call();
      List<String> findings = new ArrayList<>();
      collector
          .getDiagnostics()
          .forEach(
              found -> {
                JavaFileObject source = found.getSource();
                if (source != null && found.getCode().contains("proc.messager")) {
                  findings.add(
                      "%s:%d %s"
                          .formatted(
                              source.getName(),
                              found.getLineNumber(),
                              found.getMessage(Locale.ROOT)));
                }
              });
      assertThat(compiled).as("compiled: %s", findings).isTrue();
      return findings;
    }
  }
}
