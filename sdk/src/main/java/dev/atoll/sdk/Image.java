package dev.atoll.sdk;

import dev.atoll.sdk.transport.ControlPlane;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a sandbox starts from: something that exists on the server, or the definition of something
 * to be built there. A definition never changes; once built, it remembers its id.
 */
public final class Image {
  private final ControlPlane controlPlane;
  private final Optional<String> base;
  private final List<ImageLayer> layers;
  private volatile Optional<String> built = Optional.empty();

  /**
   * Layers on top of the image with the given id, or, without one, layers of which the first has
   * FROM.
   */
  Image(ControlPlane controlPlane, Optional<String> base, List<ImageLayer> layers) {
    this.controlPlane = controlPlane;
    this.base = base;
    this.layers = List.copyOf(layers);
  }

  /** The id such as {@code im-…}; empty as long as the image has not been built. */
  public Optional<String> id() {
    return layers.isEmpty() ? base : built;
  }

  /**
   * This image with Dockerfile commands run on top of it, as one layer. Each RUN runs in a sandbox
   * of its own; COPY works with {@code --from} only.
   *
   * @param commands lines such as {@code RUN pip install requests}
   */
  public Image dockerfileCommands(String... commands) {
    return dockerfileCommands(List.of(commands), layer -> {});
  }

  /** As {@link #dockerfileCommands(String...)}, with options; without commands, this image. */
  public Image dockerfileCommands(List<String> commands, Consumer<LayerOptions.Builder> options) {
    if (commands.isEmpty()) {
      return this;
    }
    LayerOptions.Builder builder = LayerOptions.builder();
    options.accept(builder);
    ImageLayer layer = new ImageLayer(List.copyOf(commands), builder.build(), Optional.empty());
    if (id().isPresent()) {
      return new Image(controlPlane, id(), List.of(layer));
    }
    List<ImageLayer> more = new ArrayList<>(layers);
    more.add(layer);
    return new Image(controlPlane, base, more);
  }

  /**
   * Builds the image, or finds it in the server's cache; then {@link #id()} is present. Creating a
   * sandbox does this too.
   *
   * @return this image
   * @throws BuildFailedException if a step fails, or a base can't be had
   */
  public Image build(App app) {
    return build(app, text -> {});
  }

  /**
   * As {@link #build(App)}, showing the build's log as it comes: pieces of text with their line
   * ends, given to {@code log} on the calling thread.
   */
  public Image build(App app, Consumer<String> log) {
    if (id().isEmpty()) {
      built = Optional.of(new ImageBuild(controlPlane, app, log).run(base, layers));
    }
    return this;
  }
}
