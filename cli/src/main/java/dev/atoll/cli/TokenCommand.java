package dev.atoll.cli;

import picocli.CommandLine.Command;

@Command(
    name = "token",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    description =
        "Manages tokens: who may enter the server, each for one environment or for all of them.")
final class TokenCommand {}
