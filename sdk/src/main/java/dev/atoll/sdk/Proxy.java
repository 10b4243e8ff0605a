package dev.atoll.sdk;

/**
 * An address that a sandbox's connections leave the server's machine from.
 *
 * @param id such as {@code pr-…}
 */
public record Proxy(String id) {}
