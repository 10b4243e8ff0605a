package dev.atoll.cli;

import picocli.CommandLine.Option;

/** Which environment a command is about. */
final class EnvironmentChoice {
  @Option(
      names = "--environment",
      defaultValue = "${env:MODAL_ENVIRONMENT:-}",
      paramLabel = "NAME",
      description =
          "The environment. Default: the one that MODAL_ENVIRONMENT names, else the server's "
              + "default one.")
  private String name = "";

  /** Its name; empty for the server's default. */
  String name() {
    return name;
  }
}
