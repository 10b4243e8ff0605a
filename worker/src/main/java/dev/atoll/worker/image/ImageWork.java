package dev.atoll.worker.image;

import dev.atoll.images.Progress;
import dev.atoll.protocol.worker.ImageProgress;
import java.io.IOException;

/** Long work on an image. */
@FunctionalInterface
public interface ImageWork {
  /** Does it, and gives the last event: the image, or the failure of a build step. */
  ImageProgress run(Progress progress) throws IOException, InterruptedException;
}
