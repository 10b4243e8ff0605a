package dev.atoll.images.layers;

import dev.atoll.images.tar.TarEntry;
import dev.atoll.images.tar.TarEntry.Region;
import dev.atoll.images.tar.TarReader;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.OpenFile;
import dev.atoll.linux.TransferBuffer;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/** Writes the content of regular files. For one thread. */
final class FileContents implements AutoCloseable {
  private static final int BUFFER = 256 * 1024;

  private static final byte[] ZEROS = new byte[BUFFER];

  private final byte[] bytes = new byte[BUFFER];
  private final TransferBuffer transfer = new TransferBuffer(BUFFER);

  void write(
      TarReader archive, TarEntry entry, DirectoryDescriptor folder, String name, LayerTally tally)
      throws IOException {
    tally.bytes(entry.size());
    try (OpenFile file = folder.createFile(name, 0600)) {
      if (entry.regions().isEmpty()) {
        region(archive, file, new Region(0, entry.size()));
        // Its end may be a run of zeros.
        file.setSize(entry.size());
      } else {
        for (Region region : entry.regions()) {
          region(archive, file, region);
        }
        file.setSize(entry.size());
      }
      NodeAttributes.apply(file, entry);
    }
  }

  private void region(TarReader archive, OpenFile file, Region region) throws IOException {
    for (long done = 0; done < region.length(); ) {
      int wanted = (int) Math.min(BUFFER, region.length() - done);
      int filled = 0;
      while (filled < wanted) {
        int read = archive.read(bytes, filled, wanted - filled);
        if (read < 0) {
          throw new EOFException("the archive ends in the middle of an entry");
        }
        filled += read;
      }
      // A hole reads as zeros, and archives that say nothing of holes are full of such runs.
      if (!Arrays.equals(bytes, 0, filled, ZEROS, 0, filled)) {
        transfer.put(bytes, 0, filled);
        file.write(transfer, filled, region.offset() + done);
      }
      done += filled;
    }
  }

  @Override
  public void close() {
    transfer.close();
  }
}
