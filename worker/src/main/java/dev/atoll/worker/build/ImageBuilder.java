package dev.atoll.worker.build;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.ImageStore;
import dev.atoll.images.Progress;
import dev.atoll.images.dockerfile.DockerfileParser;
import dev.atoll.images.dockerfile.Instruction;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Builds images. Thread-safe. */
public final class ImageBuilder {
  /** What a line of the user's can be the reason for. */
  private static final Set<ErrorCode> USERS =
      EnumSet.of(
          ErrorCode.INVALID_ARGUMENT,
          ErrorCode.NOT_FOUND,
          ErrorCode.FAILED_PRECONDITION,
          ErrorCode.RESOURCE_EXHAUSTED);

  private final ImageStore images;
  private final StepKeys keys;
  private final RunSteps runs;

  /** A builder over a store. */
  public ImageBuilder(ImageStore images, StepKeys keys, RunSteps runs) {
    this.images = images;
    this.keys = keys;
    this.runs = runs;
  }

  /**
   * Builds an image. Blocks; platform thread. An interruption ends it, and leaves nothing behind
   * but the steps that are done.
   *
   * @throws IOException when this host can't
   */
  public BuildOutcome build(BuildRequest request, Progress progress)
      throws IOException, InterruptedException {
    CommandLines lines = new CommandLines(request.commands());
    List<Instruction> instructions;
    try {
      instructions = DockerfileParser.parse(request.commands());
    } catch (AtollException refused) {
      int line = DockerfileParser.line(refused).orElse(0);
      return new BuildOutcome.Failed(explain(refused, line, lines), line, 0);
    }
    Stages stages = new Stages(images, request);
    BuildSteps steps = new BuildSteps(images, keys, runs, request, progress);
    for (int i = 0; i < instructions.size(); i++) {
      Instruction instruction = instructions.get(i);
      int line = instruction.line();
      progress.step("step %d of %d: %s".formatted(i + 1, instructions.size(), lines.text(line)));
      try {
        steps.take(stages, instruction);
      } catch (StepFailedException failed) {
        String message = "line %d: %s\n%s".formatted(line, lines.text(line), failed.getMessage());
        return new BuildOutcome.Failed(message, line, failed.exitCode());
      } catch (AtollException refused) {
        if (!USERS.contains(refused.code())) {
          throw refused;
        }
        return new BuildOutcome.Failed(explain(refused, line, lines), line, 0);
      }
    }
    return new BuildOutcome.Built(stages.current().orElseThrow().result());
  }

  private static String explain(AtollException refused, int line, CommandLines lines) {
    String message = String.valueOf(refused.getMessage());
    if (line == 0) {
      return message;
    }
    String located = DockerfileParser.line(refused).isPresent() ? "" : "line " + line + ": ";
    return located + message + "\n" + lines.text(line);
  }
}
