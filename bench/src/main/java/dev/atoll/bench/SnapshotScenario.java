package dev.atoll.bench;

import dev.atoll.sdk.Image;
import dev.atoll.sdk.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Snapshots of a sandbox's files, and starts from them beside starts from the image below. */
final class SnapshotScenario implements Scenario {
  private static final int WARM_UP = 5;

  private final String tier;
  private final int samples;

  SnapshotScenario(String tier, int samples) {
    this.tier = tier;
    this.samples = samples;
  }

  @Override
  public Result run(Path directory) throws IOException, InterruptedException {
    Path root = BusyboxRoot.make(Files.createDirectories(directory.resolve("root")));
    try (ServerProcess server = ServerProcess.start(tier, List.of(), directory.resolve("server"));
        AtollSide atoll = AtollSide.connect(server, root)) {
      return new Result(
          tier,
          List.of(snapshots(atoll, 8, 1), starts(atoll), snapshots(atoll, 200, 25)),
          OptionalDouble.empty());
    }
  }

  /** How long a snapshot takes after that many MB in eight files have changed. */
  private Comparison snapshots(AtollSide atoll, int megabytes, int ofEachFile) throws IOException {
    List<Double> millis = new ArrayList<>();
    try (Sandbox sandbox = atoll.sandbox()) {
      for (int i = -WARM_UP; i < samples; i++) {
        change(sandbox, ofEachFile);
        long start = System.nanoTime();
        Image snapshot = sandbox.snapshotFilesystem();
        double taken = (System.nanoTime() - start) / 1e6;
        atoll.delete(snapshot);
        if (i >= 0) {
          millis.add(taken);
        }
      }
      sandbox.terminate();
    }
    String name = "snapshot, " + megabytes + " MB changed, " + tier;
    return new Comparison(name, new Samples(name, "ms", millis), Optional.empty());
  }

  private static void change(Sandbox sandbox, int megabytes) throws IOException {
    AtollSide.shell(
        sandbox,
        "for i in 1 2 3 4 5 6 7 8; do dd if=/dev/urandom of=/file$i bs=1M count="
            + megabytes
            + " 2>/dev/null || exit 1; done");
  }

  private Comparison starts(AtollSide atoll) throws IOException, InterruptedException {
    Image snapshot;
    try (Sandbox sandbox = atoll.sandbox()) {
      change(sandbox, 1);
      snapshot = sandbox.snapshotFilesystem();
      sandbox.terminate();
    }
    List<Double> fromSnapshot = new ArrayList<>();
    List<Double> fromBase = new ArrayList<>();
    for (int i = -WARM_UP; i < samples; i++) {
      double ours = atoll.createToFirstOutputMillis(snapshot);
      double base = atoll.createToFirstOutputMillis();
      if (i >= 0) {
        fromSnapshot.add(ours);
        fromBase.add(base);
      }
    }
    String name = "create from a snapshot, " + tier;
    return new Comparison(
        name,
        new Samples(name, "ms", fromSnapshot),
        Optional.of(new Samples(name + ", from its base", "ms", fromBase)));
  }
}
