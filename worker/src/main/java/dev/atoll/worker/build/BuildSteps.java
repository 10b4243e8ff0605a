package dev.atoll.worker.build;

import dev.atoll.images.Image;
import dev.atoll.images.ImageStore;
import dev.atoll.images.ImageUser;
import dev.atoll.images.Progress;
import dev.atoll.images.RootFilesystem;
import dev.atoll.images.dockerfile.Instruction;
import dev.atoll.images.dockerfile.StageState;
import dev.atoll.linux.IdMapping;
import dev.atoll.worker.task.CommandRules;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Does what the instructions of one build say. Of one thread. */
final class BuildSteps {
  private final ImageStore images;
  private final StepKeys keys;
  private final RunSteps runs;
  private final BuildRequest request;
  private final Progress progress;

  BuildSteps(
      ImageStore images, StepKeys keys, RunSteps runs, BuildRequest request, Progress progress) {
    this.images = images;
    this.keys = keys;
    this.runs = runs;
    this.request = request;
    this.progress = progress;
  }

  /** What makes a step's image when it wasn't made before. */
  private interface Work {
    Image run() throws IOException, InterruptedException, StepFailedException;
  }

  /** Takes an instruction as the parser gave it. */
  void take(Stages stages, Instruction parsed)
      throws IOException, InterruptedException, StepFailedException {
    if (parsed instanceof Instruction.From from) {
      stages.begin(from);
      return;
    }
    Optional<Stage> current = stages.current();
    if (current.isEmpty()) {
      stages.declare(parsed);
      return;
    }
    Stage stage = current.get();
    Instruction instruction = stage.state().expand(parsed);
    stage.state().apply(instruction);
    switch (instruction) {
      case Instruction.Run run -> run(stage, run);
      case Instruction.CopyFrom copy -> copy(stage, copy, stages.source(copy.from()));
      case Instruction.Workdir _ -> makeWorkdir(stage);
      // An unknown user is this line's mistake, not the next one's.
      case Instruction.User _ -> stage.image();
      default -> {
        // It changes the config only.
      }
    }
  }

  private void run(Stage stage, Instruction.Run run)
      throws IOException, InterruptedException, StepFailedException {
    StageState state = stage.state();
    List<String> program = run.command().arguments(state.shell());
    CommandRules.checkArguments("RUN", program);
    CommandRules.checkProgram("RUN", program);
    Map<String, String> variables = new LinkedHashMap<>(state.visibleArguments());
    variables.putAll(request.secrets());
    CommandRules.checkEnvironment("build_args and secrets", variables);
    Image image = stage.image();
    String key =
        keys.step("run")
            .add(image.digest().value())
            .addAll(program)
            .addAll(state.visibleArguments())
            .addAll(request.secrets())
            .name();
    RunSteps.Step step = new RunSteps.Step(image, program, variables, request.limits());
    stage.replace(cached(key, () -> runs.run(step, progress)));
  }

  private void copy(Stage stage, Instruction.CopyFrom copy, Image source)
      throws IOException, InterruptedException, StepFailedException {
    Image image = stage.image();
    String folder = image.config().workingDirectory();
    String destination =
        copy.destination().startsWith("/") ? copy.destination() : folder + "/" + copy.destination();
    Optional<ImageUser> owner =
        copy.owner().isPresent()
            ? Optional.of(images.user(image, copy.owner().get()))
            : Optional.empty();
    String key =
        keys.step("copy")
            .add(image.digest().value())
            .add(source.digest().value())
            .addAll(copy.sources())
            .add(destination)
            .add(owner.map(user -> user.uid() + ":" + user.gid()).orElse(""))
            .add(copy.mode().isPresent() ? Integer.toOctalString(copy.mode().getAsInt()) : "")
            .name();
    stage.replace(
        cached(
            key,
            () -> {
              try (RootFilesystem root =
                  images.rootFilesystem(image, IdMapping.IDENTITY, runs.diskLimit())) {
                root.copyFrom(source, copy.sources(), destination, owner, copy.mode());
                return root.commitStep(image.config());
              }
            }));
  }

  private void makeWorkdir(Stage stage)
      throws IOException, InterruptedException, StepFailedException {
    Image image = stage.image();
    String folder = image.config().workingDirectory();
    String key = keys.step("workdir").add(image.digest().value()).add(folder).name();
    stage.replace(
        cached(
            key,
            () -> {
              try (RootFilesystem root =
                  images.rootFilesystem(image, IdMapping.IDENTITY, runs.diskLimit())) {
                root.createDirectory(folder);
                return root.commitStep(image.config());
              }
            }));
  }

  private Image cached(String key, Work work)
      throws IOException, InterruptedException, StepFailedException {
    Optional<Image> known = request.force() ? Optional.empty() : images.cachedStep(key);
    if (known.isPresent()) {
      progress.step("done before");
      return known.get();
    }
    Image made = work.run();
    images.cacheStep(key, made);
    return made;
  }
}
