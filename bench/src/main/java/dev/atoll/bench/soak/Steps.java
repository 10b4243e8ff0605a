package dev.atoll.bench.soak;

import java.util.List;
import java.util.Random;

/** All that is done in sandboxes. */
final class Steps {
  static final List<Step> ALL =
      List.of(
          new Step("exec with output", 5, ExecSteps::output),
          new Step("exec with slow output", 3, ExecSteps::slowOutput),
          new Step("exec with input", 4, ExecSteps::input),
          new Step("write a file", 6, FileSteps::write),
          new Step("read a file", 4, FileSteps::read),
          new Step("digest of files", 3, FileSteps::digest),
          new Step("file through the tunnel", 4, FileSteps::tunnel),
          new Step("snapshot of the file system", 2, ImageSteps::filesystem),
          new Step("snapshot of a folder, mounted", 2, ImageSteps::directory),
          new Step("mount an empty folder", 1, ImageSteps::emptyDirectory),
          new Step("name and tags", 1, LookSteps::identity),
          new Step("look at one that has ended", 2, LookSteps::ended));

  private Steps() {}

  static Step random(Random random) {
    int left = random.nextInt(ALL.stream().mapToInt(Step::weight).sum());
    for (Step step : ALL) {
      left -= step.weight();
      if (left < 0) {
        return step;
      }
    }
    throw new IllegalStateException("the weights' sum is more than their sum");
  }
}
