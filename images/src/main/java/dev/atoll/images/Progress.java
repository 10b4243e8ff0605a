package dev.atoll.images;

/** Hears what a long piece of work is doing. Implementations must be quick and thread-safe. */
public interface Progress {
  /**
   * What is being done now, one line for a person, such as {@code pulling layer 3 of 5 (12 MB)}.
   */
  void step(String line);

  /** Output of a tool or a build step, as it comes, line ends included. */
  void log(String text);

  /** A progress that nobody listens to. */
  static Progress silent() {
    return new Progress() {
      @Override
      public void step(String line) {}

      @Override
      public void log(String text) {}
    };
  }
}
