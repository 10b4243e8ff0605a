package dev.atoll.sdk;

/**
 * Environment variables that the server keeps and never shows.
 *
 * @param id such as {@code st-…}
 */
public record Secret(String id) {}
