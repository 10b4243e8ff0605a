package dev.atoll.sdk.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.CopyOption;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * Copies and moves inside a sandbox. The bytes stay there where its image has the programs of
 * POSIX; without them a file's content is copied through this machine, and nothing is moved.
 */
final class Copies {
  private final SandboxFileSystemProvider provider;
  private final Utilities utilities;

  Copies(SandboxFileSystemProvider provider, Utilities utilities) {
    this.provider = provider;
    this.utilities = utilities;
  }

  void copy(SandboxPath source, SandboxPath target, CopyOption... options) throws IOException {
    List<CopyOption> asked = List.of(options);
    if (asked.contains(StandardCopyOption.ATOMIC_MOVE)) {
      throw new UnsupportedOperationException("ATOMIC_MOVE is for moves");
    }
    boolean withAttributes = asked.contains(StandardCopyOption.COPY_ATTRIBUTES);
    boolean follow = !asked.contains(LinkOption.NOFOLLOW_LINKS);
    EntryAttributes attributes = provider.attributes(source, follow);
    Optional<FileEntry> present = provider.entry(target);
    if (present.isPresent()) {
      if (provider.place(source, follow).equals(provider.place(target, false))) {
        return;
      }
      makeRoom(target, asked);
    }
    provider.changed();
    if (attributes.isSymbolicLink()) {
      provider.createSymbolicLink(target, provider.readSymbolicLink(source));
    } else if (attributes.isDirectory()) {
      provider.createDirectory(target);
      if (withAttributes) {
        Attributes copy = new Attributes(provider, utilities, target, true);
        copy.setPermissions(attributes.permissions());
        copy.setTimes(attributes.lastModifiedTime(), null, null);
      }
    } else if (attributes.isRegularFile()) {
      copyFile(source, target, withAttributes);
    } else {
      throw new FileSystemException(
          source.toString(), target.toString(), "neither a file, a folder nor a link");
    }
  }

  private void copyFile(SandboxPath source, SandboxPath target, boolean withAttributes)
      throws IOException {
    String from = provider.absolute(source);
    String to = provider.absolute(target);
    if (withAttributes) {
      utilities.run(source, "cp", "-p", from, to);
    } else if (!utilities.tryToRun(source, "cp", from, to)) {
      try (InputStream input = Files.newInputStream(source);
          OutputStream output = Files.newOutputStream(target)) {
        input.transferTo(output);
      }
    }
  }

  void move(SandboxPath source, SandboxPath target, CopyOption... options) throws IOException {
    List<CopyOption> asked = List.of(options);
    if (asked.contains(StandardCopyOption.ATOMIC_MOVE)) {
      throw new AtomicMoveNotSupportedException(
          source.toString(), target.toString(), "the protocol can't promise that");
    }
    EntryAttributes attributes = provider.attributes(source, false);
    Optional<EntryAttributes> present = provider.entry(target).map(EntryAttributes::new);
    if (present.isPresent()) {
      if (provider.place(source, false).equals(provider.place(target, false))) {
        return;
      }
      // One file takes another's place in one step; into a folder mv(1) would move it.
      boolean oneStep = present.get().isRegularFile() && !attributes.isDirectory();
      if (!oneStep || !asked.contains(StandardCopyOption.REPLACE_EXISTING)) {
        makeRoom(target, asked);
      }
    }
    provider.changed();
    utilities.run(source, "mv", "-f", provider.absolute(source), provider.absolute(target));
  }

  private void makeRoom(SandboxPath target, List<CopyOption> options) throws IOException {
    if (!options.contains(StandardCopyOption.REPLACE_EXISTING)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    provider.delete(target);
  }
}
