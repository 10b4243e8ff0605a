package dev.atoll.cli;

import dev.atoll.protocol.admin.Image;
import dev.atoll.protocol.admin.ImageProgress;
import java.util.Iterator;

/** Shows the making of an image and waits for it. */
final class ImageProgressView {
  private ImageProgressView() {}

  /** The image that the server made. */
  static Image await(Iterator<ImageProgress> events, Progress progress) {
    while (events.hasNext()) {
      ImageProgress event = events.next();
      switch (event.getEventCase()) {
        case STEP -> progress.step(event.getStep());
        case LOG -> progress.log(event.getLog());
        case IMAGE -> {
          return event.getImage();
        }
        case PUSHED, EVENT_NOT_SET -> {} // something newer than this client
      }
    }
    throw new CliException("the server ended the call without an image; its log says why");
  }
}
