package dev.atoll.cli;

import picocli.CommandLine.Command;

@Command(
    name = "proxy",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    description =
        "Manages proxies: names of addresses that sandboxes' connections leave this machine from.")
final class ProxyCommand {}
