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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The runtimes of both tiers: whether there is one, which, and where it comes from. */
final class RuntimeChecks {
  private static final Pattern RUNSC = Pattern.compile("runsc version (\\S*?(20\\d{6})\\S*)");
  private static final Pattern RUNC = Pattern.compile("runc version (\\d+)\\.(\\d+)\\.(\\d+)\\S*");

  /** The first release that a server takes. */
  private static final int OLDEST_RUNSC = 20_240_729;

  /** Its systrap platform rests while a sandbox is idle; that of older ones polls. */
  private static final int GOOD_RUNSC = 20_260_905;

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
    List<Found> found = find("runsc");
    if (found.isEmpty()) {
      return fail("runsc", "there is none: the tier gvisor can't run", advice);
    }
    Release best = release(found.getFirst());
    for (Found other : found.subList(1, found.size())) {
      Release release = release(other);
      best = release.date() > best.date() ? release : best;
    }
    if (best.date() == 0) {
      return fail("runsc", best.program() + ", says no version: " + best.version(), advice);
    }
    String what = best.version() + ", " + best.program();
    if (best.date() < OLDEST_RUNSC) {
      return fail("runsc", what, "it is too old: " + advice);
    }
    return best.date() < GOOD_RUNSC
        ? warn(
            "runsc",
            what,
            "idle sandboxes cost 2 % of a core each with it, and many at once start slowly: "
                + "'./atoll runsc' builds a newer one")
        : ok("runsc", what);
  }

  /** What a program says of itself: its version with the date in it; 0 when it says none. */
  private record Release(Found program, String version, int date) {}

  private static Release release(Found program) throws InterruptedException {
    String said = version(program);
    Matcher matcher = RUNSC.matcher(said);
    return matcher.find()
        ? new Release(program, matcher.group(1), Integer.parseInt(matcher.group(2)))
        : new Release(program, said, 0);
  }

  private MachineFinding runc() throws InterruptedException {
    List<Found> all = find("runc");
    if (all.isEmpty()) {
      return fail("runc", "there is none: the tier runc can't run", "run 'apt-get install runc'");
    }
    Found found = all.getFirst();
    String version = version(found);
    Matcher matcher = RUNC.matcher(version);
    if (!matcher.find()) {
      return fail("runc", found + ", says no version: " + version, "install another");
    }
    int number =
        Integer.parseInt(matcher.group(1)) * 1_000_000
            + Integer.parseInt(matcher.group(2)) * 1000
            + Integer.parseInt(matcher.group(3));
    String what = matcher.group().replace("runc version ", "") + ", " + found;
    return number < SAFE_RUNC
        ? warn(
            "runc",
            what,
            "releases before 1.2.8 have known holes (CVE-2024-21626, CVE-2025-31133), which "
                + "distributions mend in older ones: keep its package up to date. Cells don't use "
                + "what these are about: 'doctor --attack --tier runc' tries it")
        : ok("runc", what);
  }

  /**
   * What the environment names, alone; else those on the PATH and in the cache, as the launcher.
   */
  private List<Found> find(String name) {
    String variable = "ATOLL_" + name.toUpperCase(Locale.ROOT);
    String chosen = environment.getOrDefault(variable, "");
    if (!chosen.isEmpty() && Files.isExecutable(Path.of(chosen))) {
      return List.of(new Found(Path.of(chosen), variable));
    }
    return Stream.concat(
            Command.find(name).map(program -> new Found(program, "the PATH")).stream(),
            cached(name).stream().map(program -> new Found(program, "the cache")))
        .toList();
  }

  private List<Path> cached(String name) {
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path folder =
        (cache.isEmpty()
                ? Path.of(environment.getOrDefault("HOME", "/root"), ".cache")
                : Path.of(cache))
            .resolve("atoll")
            .resolve(name);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> builds = Files.list(folder)) {
      return builds
          .map(build -> build.resolve("usr/bin").resolve(name))
          .filter(Files::isExecutable)
          .toList();
    } catch (IOException unreadable) {
      return List.of();
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
