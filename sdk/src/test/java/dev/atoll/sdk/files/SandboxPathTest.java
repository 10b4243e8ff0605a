package dev.atoll.sdk.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Paths and patterns behave as the JDK's own do on Linux, which is what these tests run on. */
class SandboxPathTest {
  private static final List<String> PATHS =
      List.of(
          "",
          "/",
          "a",
          "/a",
          "a/b",
          "/a/b",
          "/a/b/c",
          "a/b/c",
          "//a///b/",
          "b",
          "c",
          "/b/c",
          ".",
          "..",
          "a/..",
          "/..",
          "/../a",
          "a/./b",
          "../a",
          "../../b",
          "/a/../b",
          "a/../..",
          "b/c",
          "ab",
          "/a b/ü");

  private final SandboxFileSystem files = new SandboxFileSystem(new NoFiles(), new AtomicLong());

  @Test
  void onePathBehavesAsTheJdks() {
    for (String text : PATHS) {
      Path path = files.getPath(text);
      Path jdk = Path.of(text);
      same(path, jdk, Path::toString);
      same(path, jdk, Path::isAbsolute);
      same(path, jdk, Path::getRoot);
      same(path, jdk, Path::getFileName);
      same(path, jdk, Path::getParent);
      same(path, jdk, Path::getNameCount);
      same(path, jdk, Path::normalize);
      same(path, jdk, SandboxPathTest::names);
      same(path, jdk, p -> p.subpath(0, 1));
      same(path, jdk, p -> p.subpath(1, 3));
      same(path, jdk, p -> p.getName(p.getNameCount() - 1));
    }
  }

  @Test
  void twoPathsBehaveAsTheJdks() {
    for (String one : PATHS) {
      for (String other : PATHS) {
        same(one, other, Path::resolve);
        same(one, other, Path::resolveSibling);
        same(one, other, Path::relativize);
        same(one, other, Path::startsWith);
        same(one, other, Path::endsWith);
        same(one, other, Path::equals);
        same(one, other, (a, b) -> Integer.signum(a.compareTo(b)));
      }
    }
  }

  @Test
  void patternsMatchAsTheJdksDo() {
    List<String> patterns =
        List.of(
            "*",
            "**",
            "*.java",
            "a?",
            "?",
            "a*b",
            "**/b",
            "/a/*",
            "{a,b}",
            "a{b,}",
            "[a-c]",
            "[!a]",
            "[^a]",
            "[a\\]",
            "[-a]",
            "[a-]",
            "\\*",
            "a.b",
            "(a)",
            "a,b",
            "}",
            "[*?]",
            "{a*,/b/**}",
            "$");
    List<String> more =
        List.of("x.java", "]", "-", "\\", "*", "a.b", "axb", "(a)", "a,b", "}", "^", "?", "$");
    for (String pattern : patterns) {
      for (String text : Stream.concat(PATHS.stream(), more.stream()).toList()) {
        boolean expected =
            Path.of("").getFileSystem().getPathMatcher("glob:" + pattern).matches(Path.of(text));
        assertThat(files.getPathMatcher("glob:" + pattern).matches(files.getPath(text)))
            .as("%s of %s", text, pattern)
            .isEqualTo(expected);
      }
    }
    for (String wrong : List.of("[a", "{a", "{a{b}}", "a\\", "[a/]", "[z-a]")) {
      assertThat(
              catchThrowableOfType(
                  PatternSyntaxException.class, () -> files.getPathMatcher("glob:" + wrong)))
          .as(wrong)
          .isNotNull();
    }
    assertThat(files.getPathMatcher("regex:a.*").matches(files.getPath("ab/c"))).isTrue();
    assertThat(
            catchThrowableOfType(
                UnsupportedOperationException.class, () -> files.getPathMatcher("sql:a%")))
        .hasMessageContaining("glob or regex");
  }

  @Test
  void pathsOfOthersAndPathsThatCantBeAreRefused() {
    assertThat(
            catchThrowableOfType(
                ProviderMismatchException.class, () -> files.getPath("a").resolve(Path.of("b"))))
        .hasMessageContaining("no path of this file system");
    assertThat(catchThrowableOfType(InvalidPathException.class, () -> files.getPath("a\0b")))
        .hasMessageContaining("NUL");
    assertThat(files.getPath("a").equals(Path.of("a"))).isFalse();
    assertThat(files.getPath("/srv/a b").toUri().toString()).isEqualTo("atoll://sb-1/srv/a%20b");
    assertThat(files.provider().getPath(files.getPath("/srv/a b").toUri()))
        .isEqualTo(files.getPath("/srv/a b"));
  }

  private void same(Path path, Path jdk, Function<Path, @Nullable Object> what) {
    assertThat(outcome(() -> what.apply(path)))
        .as("of '%s'", jdk)
        .isEqualTo(outcome(() -> what.apply(jdk)));
  }

  private void same(String one, String other, BiFunction<Path, Path, @Nullable Object> what) {
    assertThat(outcome(() -> what.apply(files.getPath(one), files.getPath(other))))
        .as("of '%s' and '%s'", one, other)
        .isEqualTo(outcome(() -> what.apply(Path.of(one), Path.of(other))));
  }

  private static List<String> names(Path path) {
    List<String> names = new ArrayList<>();
    path.forEach(name -> names.add(name.toString()));
    return names;
  }

  /** What it gives as text, or the class of what it throws. */
  private static String outcome(Supplier<@Nullable Object> call) {
    String[] result = new String[1];
    Throwable failure = catchThrowable(() -> result[0] = String.valueOf(call.get()));
    return failure == null ? result[0] : failure.getClass().getName();
  }
}
