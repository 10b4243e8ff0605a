package dev.atoll.bench;

import dev.atoll.sdk.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Creates, execs and output beside the raw runtime that a tier is made of. */
final class RuntimeScenario implements Scenario {
  private static final long STDOUT_MEGABYTES = 1024;
  // A server that has just started runs interpreted code; users meet one that has run for a while.
  private static final int WARM_UP_CREATES = 20;
  private static final int WARM_UP_EXECS = 500;

  private final String tier;
  private final Path runtime;
  private final int samples;

  RuntimeScenario(String tier, Path runtime, int samples) {
    this.tier = tier;
    this.runtime = runtime;
    this.samples = samples;
  }

  @Override
  public Result run(Path directory)
      throws IOException, InterruptedException, NoSuchAlgorithmException {
    Path root = BusyboxRoot.make(Files.createDirectories(directory.resolve("root")));
    Path raw = Files.createDirectories(directory.resolve("raw"));
    String peerName = tier.equals("gvisor") ? "runsc" : "runc";
    List<Comparison> comparisons = new ArrayList<>();
    double serverGrowth;
    try (RawRuntime peer = new RawRuntime(peerName, runtime, raw, root)) {
      try (ServerProcess server =
              ServerProcess.start(tier, List.of("poolSize: 0"), directory.resolve("cold"));
          AtollSide atoll = AtollSide.connect(server, root)) {
        comparisons.add(creates("create to first exec output, no pool", atoll, peer));
      }
      try (ServerProcess server =
              ServerProcess.start(tier, List.of(), directory.resolve("default"));
          AtollSide atoll = AtollSide.connect(server, root)) {
        comparisons.add(creates("create to first exec output", atoll, peer));
        Sandbox sandbox = atoll.sandbox();
        String container = peer.start();
        comparisons.add(execs(atoll, sandbox, peer, container));
        long before = server.residentBytes();
        try (MemoryWatch watch = new MemoryWatch(server)) {
          comparisons.add(stdout(atoll, sandbox, peer, container));
          serverGrowth = (watch.mostBytes() - before) / 1048576.0;
        }
        sandbox.terminate();
        peer.stop(container);
      }
    }
    return new Result(tier, comparisons, OptionalDouble.of(serverGrowth));
  }

  private Comparison creates(String what, AtollSide atoll, RawRuntime peer)
      throws IOException, InterruptedException {
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    for (int i = -WARM_UP_CREATES; i < samples; i++) {
      double our = atoll.createToFirstOutputMillis();
      double their = peer.createToFirstOutputMillis();
      if (i >= 0) {
        ours.add(our);
        theirs.add(their);
      }
    }
    return compare(what, "ms", ours, theirs);
  }

  private Comparison execs(AtollSide atoll, Sandbox sandbox, RawRuntime peer, String container)
      throws IOException, InterruptedException {
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    for (int i = -WARM_UP_EXECS; i < samples; i++) {
      double our = atoll.execTrueMillis(sandbox);
      double their = peer.execTrueMillis(container);
      if (i >= 0) {
        ours.add(our);
        theirs.add(their);
      }
    }
    return compare("exec of true", "ms", ours, theirs);
  }

  private Comparison stdout(AtollSide atoll, Sandbox sandbox, RawRuntime peer, String container)
      throws IOException, InterruptedException, NoSuchAlgorithmException {
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    String digest = atoll.stdoutDigest(sandbox, STDOUT_MEGABYTES);
    for (int i = 0; i < samples; i++) {
      ours.add(atoll.stdoutMegabytesPerSecond(sandbox, STDOUT_MEGABYTES, digest));
      theirs.add(peer.stdoutMegabytesPerSecond(container, STDOUT_MEGABYTES));
    }
    return compare("1 GiB of stdout", "MB/s", ours, theirs);
  }

  private Comparison compare(String what, String unit, List<Double> ours, List<Double> theirs) {
    return new Comparison(
        what + ", " + tier,
        new Samples(what + ", " + tier + ", atoll", unit, ours),
        Optional.of(new Samples(what + ", " + tier + ", raw runtime", unit, theirs)));
  }
}
