package dev.atoll.sdk;

/**
 * What sandboxes are grouped by.
 *
 * @param id such as {@code ap-…}
 * @param name as it was asked for
 */
public record App(String id, String name) {}
