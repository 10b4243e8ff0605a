package dev.atoll.images.oci;

import dev.atoll.errors.AtollException;
import dev.atoll.images.tar.TarEntry;
import dev.atoll.images.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Files of a tar archive that is not compressed, found by one pass over its headers. */
final class ArchiveFiles implements NamedFiles {
  private static final int MOST_ENTRIES = 100_000;

  private final Path archive;
  private final boolean temporary;
  private final Map<String, Place> places = new HashMap<>();
  private final Map<String, String> links = new HashMap<>();

  private record Place(long offset, long size) {}

  private ArchiveFiles(Path archive, boolean temporary) {
    this.archive = archive;
    this.temporary = temporary;
  }

  /**
   * Reads an archive's table.
   *
   * @param temporary whether the file is deleted with this
   */
  static ArchiveFiles open(Path archive, boolean temporary) throws IOException {
    ArchiveFiles files = new ArchiveFiles(archive, temporary);
    try (FileChannel channel = FileChannel.open(archive)) {
      CountedInput input = new CountedInput(channel);
      TarReader reader = new TarReader(input);
      for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        files.add(entry.get(), input.position());
      }
    }
    return files;
  }

  private void add(TarEntry entry, long position) {
    if (places.size() + links.size() > MOST_ENTRIES) {
      throw AtollException.invalid("%s has more than %d entries", archive, MOST_ENTRIES);
    }
    String name = clean(entry.name());
    if (entry.type() == TarEntry.Type.FILE && entry.regions().isEmpty()) {
      places.put(name, new Place(position, entry.size()));
    } else if (entry.type() == TarEntry.Type.HARD_LINK) {
      links.put(name, clean(entry.linkName()));
    } else if (entry.type() == TarEntry.Type.SYMLINK) {
      links.put(name, clean(name + "/../" + entry.linkName()));
    }
  }

  /**
   * A path without dots; what would leave the archive stays at its top. Names in archives are
   * bytes: {@link Path} takes only those that the host's locale can write.
   */
  static String clean(String path) {
    Deque<String> clean = new ArrayDeque<>();
    for (String part : path.split("/")) {
      if (part.equals("..")) {
        clean.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        clean.addLast(part);
      }
    }
    return String.join("/", clean);
  }

  private Optional<Place> place(String name) {
    String at = clean(name);
    for (int i = 0; i < 8; i++) {
      Place place = places.get(at);
      if (place != null) {
        return Optional.of(place);
      }
      at = links.getOrDefault(at, at);
    }
    return Optional.empty();
  }

  private Place required(String name) {
    return place(name)
        .orElseThrow(() -> AtollException.invalid("%s has no file %s", archive, name));
  }

  @Override
  public boolean has(String name) {
    return place(name).isPresent();
  }

  @Override
  public long size(String name) {
    return required(name).size();
  }

  @Override
  public InputStream open(String name) throws IOException {
    Place place = required(name);
    FileChannel channel = FileChannel.open(archive);
    channel.position(place.offset());
    return new BufferedInputStream(
        new Window(Channels.newInputStream(channel), place.size()), 65_536);
  }

  @Override
  public byte[] read(String name, int most) throws IOException {
    if (size(name) > most) {
      throw AtollException.invalid("%s: %s has more than %d bytes", archive, name, most);
    }
    try (InputStream stream = open(name)) {
      return stream.readAllBytes();
    }
  }

  @Override
  public void close() throws IOException {
    if (temporary) {
      Files.deleteIfExists(archive);
    }
  }
}
