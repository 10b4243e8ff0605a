package dev.atoll.worker.build;

import dev.atoll.errors.AtollException;
import dev.atoll.images.Image;
import dev.atoll.images.ImageConfig;
import dev.atoll.images.ImageDigest;
import dev.atoll.images.ImageStore;
import dev.atoll.images.dockerfile.Instruction;
import dev.atoll.images.dockerfile.StageState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The stages of a build, and the images that its names lead to. */
final class Stages {
  private final ImageStore images;
  private final Map<String, ImageDigest> bases;
  private final Map<String, String> buildArguments;
  private final StageState global;
  private final List<Stage> stages = new ArrayList<>();
  private final Map<String, Stage> named = new HashMap<>();

  Stages(ImageStore images, BuildRequest request) {
    this.images = images;
    this.bases = request.bases();
    this.buildArguments = request.buildArguments();
    this.global = new StageState(ImageConfig.empty(), Map.of(), request.buildArguments());
  }

  /** The stage that instructions belong to; empty before the first FROM. */
  Optional<Stage> current() {
    return stages.isEmpty() ? Optional.empty() : Optional.of(stages.getLast());
  }

  /** Takes an ARG before the first FROM: it holds for every FROM. */
  void declare(Instruction argument) {
    global.apply(global.expand(argument));
  }

  /** Begins a stage. */
  void begin(Instruction.From parsed) throws IOException {
    Instruction.From from = parsed.expand(name -> Optional.ofNullable(arguments().get(name)));
    Image base = image(from.image(), "FROM");
    from.platform()
        .filter(platform -> !platform.equals("linux/" + base.architecture()))
        .ifPresent(
            platform -> {
              throw AtollException.invalid(
                  "FROM: --platform=%s: images here are for linux/%s",
                  platform, base.architecture());
            });
    Stage stage =
        new Stage(images, new StageState(base.config(), arguments(), buildArguments), base);
    stages.add(stage);
    from.stage().ifPresent(name -> named.put(name, stage));
  }

  /** The image that COPY --from means. */
  Image source(String name) throws IOException {
    if (name.matches("[0-9]{1,6}")) {
      int number = Integer.parseInt(name);
      if (number >= stages.size() - 1) {
        throw AtollException.invalid(
            "COPY: --from=%s: there is no earlier stage of that number", name);
      }
      return stages.get(number).image();
    }
    return image(name, "COPY --from");
  }

  private Image image(String name, String what) throws IOException {
    Optional<Stage> stage = Optional.ofNullable(named.get(name.toLowerCase(Locale.ROOT)));
    if (stage.isPresent()) {
      return stage.get().image();
    }
    if (name.equals("scratch")) {
      throw AtollException.invalid(
          "%s: 'scratch' is no image here: begin with an image that has files", what);
    }
    return Optional.ofNullable(bases.get(name))
        .flatMap(images::find)
        .orElseThrow(
            () ->
                AtollException.notFound(
                    "%s: there is no image '%s', and no earlier stage of that name", what, name));
  }

  private Map<String, String> arguments() {
    return global.visibleArguments();
  }
}
