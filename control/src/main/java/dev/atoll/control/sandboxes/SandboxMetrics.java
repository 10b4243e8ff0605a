package dev.atoll.control.sandboxes;

import dev.atoll.control.sandboxes.AdmissionRules.Demand;
import dev.atoll.protocol.worker.EndCause;
import dev.atoll.protocol.worker.StartBreakdown;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;

/** What is counted and timed of sandboxes. Thread-safe. */
final class SandboxMetrics {
  private static final Duration[] BUCKETS =
      LongStream.of(5, 10, 20, 35, 50, 100, 200, 500, 1_000, 2_500, 10_000, 60_000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterRegistry registry;

  SandboxMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Shows what an admission has, while that is in use. */
  void watch(Admission admission, Demand capacity) {
    gauge("atoll.creates.waiting", "Creates that wait for room", admission, Admission::waiting);
    gauge(
        "atoll.requested.cpu.cores",
        "What sandboxes request",
        admission,
        a -> a.taken().cpuMillis() / 1_000.0);
    gauge(
        "atoll.requested.memory.bytes",
        "What sandboxes request",
        admission,
        a -> a.taken().memoryBytes());
    gauge(
        "atoll.requestable.cpu.cores",
        "What sandboxes may request together",
        capacity,
        c -> c.cpuMillis() / 1_000.0);
    gauge(
        "atoll.requestable.memory.bytes",
        "What sandboxes may request together",
        capacity,
        Demand::memoryBytes);
  }

  /** Shows how many sandboxes have not ended. */
  void watch(Lifecycle lifecycle) {
    gauge("atoll.sandboxes.live", "Sandboxes that have not ended", lifecycle, Lifecycle::count);
  }

  private <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
    Gauge.builder(name, of, value)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  /** One runs. */
  void started(StartBreakdown start) {
    Timer.builder("atoll.sandbox.start")
        .description("From a create's arrival until its sandbox runs")
        .tag("pooled", Boolean.toString(start.getPooled()))
        .serviceLevelObjectives(BUCKETS)
        .register(registry)
        .record(start.getReadyMicros(), TimeUnit.MICROSECONDS);
    phase("placed", start.getPlacedMicros());
    phase("image", start.getImageMicros());
    phase("cell", start.getCellMicros());
    phase("root", start.getRootFilesystemMicros());
    phase("network", start.getNetworkMicros());
    phase("claim", start.getClaimMicros());
    phase("exec", start.getExecMicros());
  }

  private void phase(String name, long micros) {
    Timer.builder("atoll.sandbox.start.phase")
        .description("Where the time of a start went; some phases overlap")
        .tag("phase", name)
        .register(registry)
        .record(micros, TimeUnit.MICROSECONDS);
  }

  /** One has ended. */
  void ended(EndCause cause) {
    Counter.builder("atoll.sandbox.ends")
        .description("Ends of sandboxes")
        .tag("cause", cause.name().toLowerCase(Locale.ROOT))
        .register(registry)
        .increment();
  }

  /** A create was refused for want of room. */
  void refused() {
    Counter.builder("atoll.creates.refused")
        .description("Creates that found no room")
        .register(registry)
        .increment();
  }
}
