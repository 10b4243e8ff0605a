package dev.atoll.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A short soak of both tiers at once, with another seed each time. */
class SoakIT {
  private static final Duration LOAD = Duration.ofSeconds(60);
  private static final int WORKERS = 3;

  @Test
  void nothingIsLostAndNothingIsLeft(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder)
      throws Exception {
    long seed = ThreadLocalRandom.current().nextLong();
    PrintWriter progress = new PrintWriter(System.out, true);
    List<Future<Report>> running = new ArrayList<>();
    try (ExecutorService soaks = Executors.newCachedThreadPool()) {
      for (String tier : List.of("gvisor", "runc")) {
        Path own = Files.createDirectory(folder.resolve(tier));
        Soak soak = new Soak(tier, LOAD, WORKERS, seed, own, progress);
        running.add(soaks.submit(soak::run));
      }
    }
    for (Future<Report> one : running) {
      Report report = one.get();
      assertThat(report.violations())
          .as("%s, seed %d, server logs in %s: %s", report.tier(), seed, folder, report)
          .isEmpty();
      assertThat(report.done()).containsKeys("write a file", "ended: TERMINATED");
      assertThat(report.done().keySet()).anyMatch(kind -> kind.startsWith("server "));
    }
  }
}
