package dev.atoll.sdk.files;

import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * What a sandbox tells of a file.
 *
 * @param name the last part of its path
 * @param size in bytes
 * @param mode type and permissions, as {@code st_mode} of {@code inode(7)} has them
 * @param owner a name, or a number without one
 * @param group a name, or a number without one
 * @param modified when its content changed last
 * @param linkTarget what a symbolic link says; empty for all else
 */
public record FileEntry(
    String name,
    long size,
    int mode,
    String owner,
    String group,
    FileTime modified,
    Optional<String> linkTarget) {}
