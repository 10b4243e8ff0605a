package dev.atoll.bench.soak;

import dev.atoll.protocol.worker.EndCause;
import dev.atoll.sdk.AlreadyExistsException;
import dev.atoll.sdk.FailedPreconditionException;
import dev.atoll.sdk.NotFoundException;
import dev.atoll.sdk.ReadinessProbe;
import dev.atoll.sdk.Sandbox;
import dev.atoll.sdk.SandboxOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** One sandbox from its create to its end, with all that was acknowledged of it. */
final class Session {
  private static final Duration LONGEST_LIFE = Duration.ofMinutes(15);
  private static final Duration SHORT_LIFE = Duration.ofSeconds(4);
  private static final Duration END_LIMIT = Duration.ofSeconds(60);

  private final World world;
  private final Random random;
  private final Ending ending;
  private final Optional<MainCommand> command;
  private final Optional<String> name;
  private final Map<String, String> tags;
  private final Sandbox sandbox;
  private final Map<String, Content> files = new TreeMap<>();
  private Optional<InetSocketAddress> address = Optional.empty();
  private int counter;

  private Session(
      World world,
      Random random,
      Ending ending,
      Optional<MainCommand> command,
      Optional<String> name,
      Map<String, String> tags)
      throws Violation, InterruptedException {
    this.world = world;
    this.random = random;
    this.ending = ending;
    this.command = command;
    this.name = name;
    this.tags = tags;
    this.sandbox = create();
  }

  /**
   * Creates a sandbox that will end in the given way.
   *
   * @param worker whose it is: a tag of it
   * @param unique no other session's
   */
  static Session start(World world, Random random, Ending ending, String worker, String unique)
      throws Violation, InterruptedException {
    boolean commanded =
        !ending.comesByItself() && (ending != Ending.TERMINATED || random.nextBoolean());
    Optional<MainCommand> command =
        commanded ? Optional.of(MainCommand.random(random)) : Optional.empty();
    Optional<String> name = random.nextBoolean() ? Optional.of(unique) : Optional.empty();
    Session session =
        new Session(
            world,
            random,
            ending,
            command,
            name,
            Map.of(Worker.TAG, worker, "session", unique, "ending", ending.name()));
    if (commanded) {
      world.client().run("ready", session.sandbox::waitUntilReady);
    }
    return session;
  }

  private Sandbox create() throws Violation, InterruptedException {
    SandboxOptions.Builder options = SandboxOptions.builder().memoryMiB(64);
    tags.forEach(options::tag);
    options.memoryLimitMiB(ending == Ending.OUT_OF_MEMORY ? 128 : 256 + random.nextInt(256));
    options.timeout(ending == Ending.TIMED_OUT ? SHORT_LIFE : LONGEST_LIFE);
    if (ending == Ending.IDLE) {
      options.idleTimeout(SHORT_LIFE);
    }
    if (random.nextBoolean()) {
      options.cpuLimit(1);
    }
    if (random.nextInt(4) == 0) {
      options.blockNetwork(true);
    }
    name.ifPresent(options::name);
    command.ifPresent(
        main ->
            options
                .command(main.words())
                .unencryptedPorts(MainCommand.WEB_PORT)
                .readinessProbe(ReadinessProbe.tcp(MainCommand.WEB_PORT)));
    SandboxOptions built = options.build();
    AtomicInteger attempts = new AtomicInteger();
    return world
        .client()
        .repeat(
            "create",
            () -> {
              try {
                return world.atoll().sandboxes().create(world.app(), world.image(), built);
              } catch (AlreadyExistsException nameTaken) {
                if (attempts.get() == 0) {
                  throw nameTaken;
                }
                // By the attempt before, whose answer was lost.
                return world.atoll().sandboxes().fromName(world.app().name(), name.orElseThrow());
              } finally {
                attempts.incrementAndGet();
              }
            });
  }

  World world() {
    return world;
  }

  Random random() {
    return random;
  }

  PatientClient client() {
    return world.client();
  }

  Sandbox sandbox() {
    return sandbox;
  }

  Ending ending() {
    return ending;
  }

  /** Whether its main process serves the files of {@code /data}. */
  boolean isWeb() {
    return command.isPresent();
  }

  Optional<String> name() {
    return name;
  }

  Map<String, String> tags() {
    return tags;
  }

  /** The files that were acknowledged, by their paths. */
  Map<String, Content> files() {
    return files;
  }

  /** The address of the tunnel that was told first; the given one at the first call. */
  InetSocketAddress knownAddress(InetSocketAddress told) {
    if (address.isEmpty()) {
      address = Optional.of(told);
    }
    return address.get();
  }

  /** A number that no other call of this session gives. */
  int next() {
    return counter++;
  }

  /** Has the sandbox end in its way, and checks what is told of that. */
  void end() throws Violation, InterruptedException {
    switch (ending) {
      case TERMINATED -> world.client().run("terminate", sandbox::terminate);
      case EXITED -> {
        say("exit\n");
        world.client().run("end of main input", sandbox.stdin()::close);
      }
      case OUT_OF_MEMORY -> say("memory\n");
      case KILLED -> kill();
      case IDLE, TIMED_OUT -> {}
    }
    OptionalInt exit = world.client().repeat("wait", () -> sandbox.waitFor(END_LIMIT));
    if (exit.isEmpty()) {
      throw new Violation("it has not ended " + END_LIMIT + " after it had to: " + ending);
    }
    EndCause cause =
        world
            .client()
            .repeat("inspect", () -> world.admin().inspect(sandbox.id()))
            .getEnded()
            .getCause();
    int expected = ending.exitCode(command.map(MainCommand::exitCode).orElse(0));
    boolean right = exit.getAsInt() == expected || ending == Ending.IDLE;
    if (!right || !ending.mayBe(cause)) {
      throw new Violation(
          "it ended with %d, %s; expected: %d, %s"
              .formatted(exit.getAsInt(), cause, expected, ending));
    }
    byte[] output = output();
    checkOutput(output);
    world
        .history()
        .add(
            new History.Ended(
                sandbox.id(),
                exit.getAsInt(),
                new String(output, StandardCharsets.US_ASCII),
                Instant.now()));
    world.client().tally().done("ended: " + ending);
  }

  private byte[] output() throws Violation, InterruptedException {
    return world
        .client()
        .repeat(
            "main output",
            () -> {
              try (Sandbox found = world.atoll().sandboxes().fromId(sandbox.id())) {
                return found.stdout().readAllBytes();
              }
            });
  }

  private void checkOutput(byte[] output) throws Violation {
    byte[] beginning = command.map(MainCommand::beginning).orElse(new byte[0]);
    switch (ending) {
      case EXITED -> Content.mustBe(command.orElseThrow().all(), output, "main output");
      case TERMINATED ->
          Content.mustBe(
              Arrays.copyOf(beginning, Math.min(output.length, beginning.length)),
              output,
              "main output up to the end");
      default -> Content.mustBe(beginning, output, "main output");
    }
  }

  private void say(String word) throws Violation, InterruptedException {
    AtomicInteger attempts = new AtomicInteger();
    world
        .client()
        .run(
            "main input",
            () -> {
              if (attempts.getAndIncrement() == 0) {
                sandbox.stdin().write(word.getBytes(StandardCharsets.US_ASCII));
              }
              try {
                sandbox.stdin().flush();
              } catch (IOException failure) {
                // An attempt whose answer was lost may have ended the process.
                if (attempts.get() == 1
                    || !(failure.getCause() instanceof FailedPreconditionException)) {
                  throw failure;
                }
              }
            });
  }

  private void kill() throws Violation, InterruptedException {
    String script =
        "until [ -s %1$s ]; do sleep 0.1; done; kill -9 $(cat %1$s)"
            .formatted(MainCommand.PID_FILE);
    long end = System.nanoTime() + END_LIMIT.toNanos();
    boolean ended = false;
    while (!ended && System.nanoTime() < end) {
      try {
        world.client().repeat("exec kill", () -> sandbox.exec("sh", "-c", script));
      } catch (Violation violation) {
        // An exec before, whose answer was lost, may have killed it.
        if (!(violation.getCause() instanceof FailedPreconditionException)
            && !(violation.getCause() instanceof NotFoundException)) {
          throw violation;
        }
      }
      ended =
          world.client().repeat("wait", () -> sandbox.waitFor(Duration.ofSeconds(5))).isPresent();
    }
  }

  /** Ends it whatever it does, when something has gone wrong. */
  void abandon() throws Violation, InterruptedException {
    world.client().run("terminate", sandbox::terminate);
  }
}
