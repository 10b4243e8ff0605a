package dev.atoll.cli;

import picocli.CommandLine.Command;

@Command(
    name = "secret",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    description = "Manages the named sets of environment variables that sandboxes are given.")
final class SecretCommand {}
