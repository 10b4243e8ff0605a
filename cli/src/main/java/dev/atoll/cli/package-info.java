/**
 * The command line.
 *
 * <p>{@link dev.atoll.cli.Main} hands the arguments to one class for each command. A {@link
 * dev.atoll.cli.Target} finds the server that a command is about, from an option, the environment,
 * or a {@link dev.atoll.cli.DataFolder}; commands then talk to it through the SDK, or through an
 * {@link dev.atoll.cli.ServerConnection} for what the Sandbox API does not have. Results go to
 * stdout, all else to stderr; a failure becomes one line in {@link dev.atoll.cli.FailureReport}.
 */
@NullMarked
package dev.atoll.cli;

import org.jspecify.annotations.NullMarked;
