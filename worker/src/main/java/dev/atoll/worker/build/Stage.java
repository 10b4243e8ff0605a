package dev.atoll.worker.build;

import dev.atoll.images.Image;
import dev.atoll.images.ImageStore;
import dev.atoll.images.dockerfile.StageState;
import java.io.IOException;

/** One stage of a build: the image so far, and the config that it has to get. */
final class Stage {
  private final ImageStore images;
  private final StageState state;
  private Image image;

  Stage(ImageStore images, StageState state, Image base) {
    this.images = images;
    this.state = state;
    this.image = base;
  }

  StageState state() {
    return state;
  }

  /** The image so far, with the config so far. */
  Image image() throws IOException {
    if (!image.config().equals(state.config())) {
      image = images.stepWithConfig(image, state.config());
    }
    return image;
  }

  /** The image that the stage made, to be given away. */
  Image result() throws IOException {
    return images.withConfig(image, state.config());
  }

  /** Says what a step has made of it. */
  void replace(Image made) {
    image = made;
  }
}
