package dev.atoll.worker.build;

import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.ExecListener;
import dev.atoll.cells.ExecSpec;
import dev.atoll.cells.ExecStartException;
import dev.atoll.cells.Identity;
import dev.atoll.cells.Limits;
import dev.atoll.cells.NetworkPolicy;
import dev.atoll.errors.AtollException;
import dev.atoll.images.Image;
import dev.atoll.images.ImageUser;
import dev.atoll.images.Progress;
import dev.atoll.worker.cell.CellClaimer;
import dev.atoll.worker.cell.ClaimSettings;
import dev.atoll.worker.cell.ClaimedCell;
import dev.atoll.worker.cell.ProcessEnvironment;
import dev.atoll.worker.cell.StartFailure;
import dev.atoll.worker.cell.UnseenFifos;
import dev.atoll.worker.process.TaskProcess;
import dev.atoll.worker.spool.SpoolFolder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs RUN steps, each in a cell of its own. Thread-safe. */
public final class RunSteps {
  private static final Logger log = LoggerFactory.getLogger(RunSteps.class);
  private static final String HOSTNAME = "build";

  /** The guest agent ends the cell by itself after this much more than a step may take. */
  private static final Duration SPARE_LIFETIME = Duration.ofMinutes(1);

  /** What a step leaves running may still write for so long; then it is killed. */
  private static final long LAST_OUTPUT_SECONDS = 5;

  private final CellClaimer claimer;
  private final SpoolFolder folder;
  private final ExecutorService releases;
  private final Duration lifetime;
  private final long diskLimit;
  private final AtomicLong names = new AtomicLong();

  /**
   * Steps that are run in claimed cells.
   *
   * @param folder where a step's output waits for being passed on
   * @param releases where cells are ended
   * @param lifetime how long a step may take
   * @param diskLimit bytes that a step may write, where there are limits
   */
  public RunSteps(
      CellClaimer claimer,
      SpoolFolder folder,
      ExecutorService releases,
      Duration lifetime,
      long diskLimit) {
    this.claimer = claimer;
    this.folder = folder;
    this.releases = releases;
    this.lifetime = lifetime;
    this.diskLimit = diskLimit;
  }

  /** Bytes that a step may write, whether it is run here or not. */
  OptionalLong diskLimit() {
    return OptionalLong.of(diskLimit);
  }

  /**
   * A step.
   *
   * @param image what it runs on, its config the one of this place
   * @param program what to run
   * @param variables beside the image's
   */
  record Step(Image image, List<String> program, Map<String, String> variables, Limits limits) {
    /** Secrets are among the variables: they never show. */
    @Override
    public String toString() {
      return "Step[" + image.digest() + "]";
    }
  }

  /**
   * Runs a step, and gives an image with what it wrote. Blocks; platform thread.
   *
   * @throws StepFailedException when its process did not succeed
   * @throws dev.atoll.errors.AtollException when it can't be started, with the reason for the user
   */
  Image run(Step step, Progress progress)
      throws IOException, InterruptedException, StepFailedException {
    ClaimedCell claimed =
        claimer.claim(
            step.image(),
            new ClaimSettings(
                HOSTNAME,
                step.limits(),
                lifetime.plus(SPARE_LIFETIME),
                new NetworkPolicy.Open(),
                Optional.empty(),
                diskLimit()));
    try {
      process(claimed, step, progress);
      // What was written must be on this side before the cell goes.
      claimed.cell().sync();
      UnseenFifos.warning(claimed.cell().unseenFifos()).ifPresent(progress::log);
      claimed.cell().destroy();
      return claimed.rootFilesystem().commitStep(step.image().config());
    } finally {
      release(claimed);
    }
  }

  private void process(ClaimedCell claimed, Step step, Progress progress)
      throws IOException, InterruptedException, StepFailedException {
    TaskProcess process = new TaskProcess(folder, "step-" + names.incrementAndGet());
    StepOutput output = new StepOutput(progress);
    try {
      process.discards(ExecListener.Stream.STDERR);
      start(claimed, step, process);
      ExecEnd end = follow(process, output);
      Optional<StepFailedException> failure =
          StepEnds.failure(
              end,
              claimed.cell().usage().outOfMemoryKills() > 0,
              output.lastLines(),
              step.limits(),
              lifetime);
      if (failure.isPresent()) {
        throw failure.get();
      }
    } finally {
      process.gone();
      process.discard();
    }
  }

  private void start(ClaimedCell claimed, Step step, TaskProcess process)
      throws IOException, InterruptedException {
    ImageUser user = step.image().user();
    String ofImage = step.image().config().workingDirectory();
    String folder = ofImage.isEmpty() ? "/" : ofImage;
    ExecSpec spec =
        new ExecSpec(
            new ExecSpec.Program.Command(step.program()),
            ProcessEnvironment.of(step.image(), claimed.trustEnvironment())
                .put("HOSTNAME", HOSTNAME)
                .putAll(step.variables())
                .entries(),
            folder,
            new Identity(user.uid(), user.gid(), user.groups()),
            false,
            new ExecSpec.Output.Pipes(true, ExecSpec.Stderr.INTO_STDOUT),
            Optional.of(lifetime));
    try {
      process.started(claimed.cell().exec(spec, process));
    } catch (ExecStartException failure) {
      throw StartFailure.explain(failure, step.program(), folder);
    }
  }

  /** Passes the output on until the process has ended and its output is over. */
  private static ExecEnd follow(TaskProcess process, StepOutput output)
      throws IOException, InterruptedException {
    FutureTask<Boolean> reading =
        new FutureTask<>(
            () -> {
              output.passOn(process.spool(ExecListener.Stream.STDOUT));
              return true;
            });
    Thread reader = Thread.ofVirtual().name("atoll-step-output").start(reading);
    try {
      ExecEnd end = process.ended().get();
      try {
        reading.get(LAST_OUTPUT_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException background) {
        process.gone();
        reading.get();
      }
      return end;
    } catch (ExecutionException failure) {
      switch (failure.getCause()) {
        case IOException known -> throw known;
        case AtollException forUser -> throw forUser;
        case null, default -> throw new IOException(failure);
      }
    } finally {
      reader.interrupt();
    }
  }

  /** Waits also when the build was given up: nothing of a step may stay behind. */
  private void release(ClaimedCell claimed) {
    CompletableFuture.runAsync(
            () -> {
              try {
                claimed.release();
              } catch (IOException left) {
                log.warn("a build step's files can't be discarded; the next start does it", left);
              }
            },
            releases)
        .join();
  }
}
