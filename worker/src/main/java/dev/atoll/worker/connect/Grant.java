package dev.atoll.worker.connect;

/**
 * What a connect token opens.
 *
 * @param port of the sandbox
 * @param userMetadata what the sandbox is told about the user
 */
record Grant(int port, String userMetadata) {}
