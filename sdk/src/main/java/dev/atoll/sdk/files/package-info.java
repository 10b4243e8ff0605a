/**
 * A sandbox's files as a {@link java.nio.file.FileSystem}: not for users, and free to change.
 *
 * <p>Users get a {@link dev.atoll.sdk.files.SandboxFileSystem} from the package above and use it
 * through {@link java.nio.file.Files}, which asks its {@link
 * dev.atoll.sdk.files.SandboxFileSystemProvider}. A {@link dev.atoll.sdk.files.SandboxPath} is
 * syntax alone, that of Linux whatever this machine runs. What the wire offers is behind {@link
 * dev.atoll.sdk.files.FileOperations}, given by the package above; what it lacks (moving, links,
 * permissions, times) is done by the programs of POSIX in the sandbox, see {@link
 * dev.atoll.sdk.files.Utilities}. All failures are those of {@code java.nio.file}.
 */
@NullMarked
package dev.atoll.sdk.files;

import org.jspecify.annotations.NullMarked;
