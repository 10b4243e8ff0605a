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

/** Creates, execs, output, input and files; beside the raw runtime where it has the like. */
final class RuntimeScenario implements Scenario {
  private static final long STDOUT_MEGABYTES = 1024;
  private static final int TRANSFER_MEGABYTES = 64;
  private static final int LATE_IMAGES = 10;
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
        comparisons.add(latecomer(server, atoll, root));
        Sandbox sandbox = atoll.sandbox();
        String container = peer.start();
        comparisons.add(execs(atoll, sandbox, peer, container));
        long before = server.residentBytes();
        try (MemoryWatch watch = new MemoryWatch(server)) {
          comparisons.add(stdout(atoll, sandbox, peer, container));
          serverGrowth = (watch.mostBytes() - before) / 1048576.0;
        }
        comparisons.add(beside(atoll, sandbox));
        comparisons.addAll(transfers(atoll, sandbox));
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

  /** The same output, beside what gRPC alone carries. */
  private Comparison beside(AtollSide atoll, Sandbox sandbox)
      throws IOException, InterruptedException, NoSuchAlgorithmException {
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    String digest = atoll.stdoutDigest(sandbox, STDOUT_MEGABYTES);
    try (BareStream bare = BareStream.start()) {
      bare.megabytesPerSecond(STDOUT_MEGABYTES);
      for (int i = 0; i < samples; i++) {
        ours.add(atoll.stdoutMegabytesPerSecond(sandbox, STDOUT_MEGABYTES, digest));
        theirs.add(bare.megabytesPerSecond(STDOUT_MEGABYTES));
      }
    }
    String what = "1 GiB of stdout, beside a bare gRPC stream";
    return new Comparison(
        what + ", " + tier,
        new Samples(what + ", " + tier + ", atoll", "MB/s", ours),
        Optional.of(new Samples(what + ", " + tier + ", bare stream", "MB/s", theirs)));
  }

  private List<Comparison> transfers(AtollSide atoll, Sandbox sandbox)
      throws IOException, InterruptedException {
    List<Double> stdin = new ArrayList<>();
    List<Double> written = new ArrayList<>();
    List<Double> read = new ArrayList<>();
    for (int i = -1; i < samples; i++) {
      double in = atoll.stdinMegabytesPerSecond(sandbox, TRANSFER_MEGABYTES);
      double write = atoll.writeMegabytesPerSecond(sandbox, TRANSFER_MEGABYTES);
      double readBack = atoll.readMegabytesPerSecond(sandbox);
      if (i >= 0) {
        stdin.add(in);
        written.add(write);
        read.add(readBack);
      }
    }
    return List.of(
        alone(TRANSFER_MEGABYTES + " MiB of stdin", "MB/s", stdin),
        alone("a file of " + TRANSFER_MEGABYTES + " MiB, written", "MB/s", written),
        alone("a file of " + TRANSFER_MEGABYTES + " MiB, read", "MB/s", read));
  }

  /** Creates from an image that came when the pool was full already, each from one of its own. */
  private Comparison latecomer(ServerProcess server, AtollSide atoll, Path root)
      throws IOException, InterruptedException {
    List<Double> ours = new ArrayList<>();
    for (int i = 0; i < Math.min(samples, LATE_IMAGES); i++) {
      server.awaitCells(1);
      Files.writeString(root.resolve("late"), "image " + i);
      ImageImport.run(server.url(), server.credentials(), root, "late:" + i);
      ours.add(atoll.createToFirstOutputMillis(atoll.image("late:" + i)));
    }
    Files.delete(root.resolve("late"));
    return alone("the same, from an image that is used first", "ms", ours);
  }

  private Comparison alone(String what, String unit, List<Double> values) {
    return new Comparison(
        what + ", " + tier, new Samples(what + ", " + tier, unit, values), Optional.empty());
  }

  private Comparison compare(String what, String unit, List<Double> ours, List<Double> theirs) {
    return new Comparison(
        what + ", " + tier,
        new Samples(what + ", " + tier + ", atoll", unit, ours),
        Optional.of(new Samples(what + ", " + tier + ", raw runtime", unit, theirs)));
  }
}
