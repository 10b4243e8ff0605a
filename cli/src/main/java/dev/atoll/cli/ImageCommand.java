package dev.atoll.cli;

import picocli.CommandLine.Command;

@Command(
    name = "image",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    description = "Manages the images that a server has under tags of its own.")
final class ImageCommand {}
