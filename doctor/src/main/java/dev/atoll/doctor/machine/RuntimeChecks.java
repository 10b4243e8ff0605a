package dev.atoll.doctor.machine;

import static dev.atoll.doctor.machine.MachineFinding.fail;
import static dev.atoll.doctor.machine.MachineFinding.ok;
import static dev.atoll.doctor.machine.MachineFinding.warn;

import dev.atoll.cells.CellException;
import dev.atoll.cells.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The runtimes of both tiers: whether there is one, which, and where it comes from. */
final class RuntimeChecks {
  private static final Pattern RUNSC = Pattern.compile("runsc version (\\S*?(20\\d{6})\\S*)");
  private static final Pattern RUNC = Pattern.compile("runc version (\\d+)\\.(\\d+)\\.(\\d+)\\S*");

  /** The first release that a server takes. */
  private static final int OLDEST_RUNSC = 20_240_729;

  /** 1.2.8 mends CVE-2025-31133, CVE-2025-52565 and CVE-2025-52881. */
  private static final int SAFE_RUNC = 1_002_008;

  private final Map<String, String> environment;

  RuntimeChecks(Map<String, String> environment) {
    this.environment = environment;
  }

  private record Found(Path program, String from) {
    @Override
    public String toString() {
      return program + ", from " + from;
    }
  }

  List<MachineFinding> run() throws InterruptedException {
    return List.of(runsc(), runc());
  }

  private MachineFinding runsc() throws InterruptedException {
    String advice =
        "'./atoll quickstart' fetches one; or install gVisor's and name it in ATOLL_RUNSC";
    Optional<Found> found = find("runsc");
    if (found.isEmpty()) {
      return fail("runsc", "there is none: the tier gvisor can't run", advice);
    }
    String version = version(found.get());
    Matcher matcher = RUNSC.matcher(version);
    if (!matcher.find()) {
      return fail("runsc", found.get() + ", says no version: " + version, advice);
    }
    String what = matcher.group(1) + ", " + found.get();
    return Integer.parseInt(matcher.group(2)) < OLDEST_RUNSC
        ? fail("runsc", what, "it is too old: " + advice)
        : ok("runsc", what);
  }

  private MachineFinding runc() throws InterruptedException {
    Optional<Found> found = find("runc");
    if (found.isEmpty()) {
      return fail("runc", "there is none: the tier runc can't run", "run 'apt-get install runc'");
    }
    String version = version(found.get());
    Matcher matcher = RUNC.matcher(version);
    if (!matcher.find()) {
      return fail("runc", found.get() + ", says no version: " + version, "install another");
    }
    int number =
        Integer.parseInt(matcher.group(1)) * 1_000_000
            + Integer.parseInt(matcher.group(2)) * 1000
            + Integer.parseInt(matcher.group(3));
    String what = matcher.group().replace("runc version ", "") + ", " + found.get();
    return number < SAFE_RUNC
        ? warn(
            "runc",
            what,
            "releases before 1.2.8 have known holes (CVE-2024-21626, CVE-2025-31133), which "
                + "distributions mend in older ones: keep its package up to date. Cells don't use "
                + "what these are about: 'doctor --attack --tier runc' tries it")
        : ok("runc", what);
  }

  /** In the launcher's order: what the environment names, the PATH, the cache. */
  private Optional<Found> find(String name) {
    String variable = "ATOLL_" + name.toUpperCase(Locale.ROOT);
    String chosen = environment.getOrDefault(variable, "");
    if (!chosen.isEmpty() && Files.isExecutable(Path.of(chosen))) {
      return Optional.of(new Found(Path.of(chosen), variable));
    }
    return Command.find(name)
        .map(program -> new Found(program, "the PATH"))
        .or(() -> cached(name).map(program -> new Found(program, "the cache")));
  }

  private Optional<Path> cached(String name) {
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path folder =
        (cache.isEmpty()
                ? Path.of(environment.getOrDefault("HOME", "/root"), ".cache")
                : Path.of(cache))
            .resolve("atoll")
            .resolve(name);
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> builds = Files.list(folder)) {
      return builds
          .map(build -> build.resolve("usr/bin").resolve(name))
          .filter(Files::isExecutable)
          .findFirst();
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  private static String version(Found found) throws InterruptedException {
    try {
      return Command.of(found.program().toString(), "--version").run();
    } catch (CellException broken) {
      return String.valueOf(broken.getMessage());
    }
  }
}
