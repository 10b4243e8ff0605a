package dev.atoll.cli;

import picocli.CommandLine.Command;

@Command(
    name = "environment",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    description = "Manages environments: separate sets of apps and secrets.")
final class EnvironmentCommand {}
