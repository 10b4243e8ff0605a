package dev.atoll.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * What a command may touch of the process it runs in.
 *
 * @param in stdin
 * @param out stdout: the result, nothing else
 * @param err stderr: progress and failures
 * @param environment the environment variables
 */
record Surroundings(
    InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {}
