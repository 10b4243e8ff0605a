package dev.atoll.images.layers;

import dev.atoll.errors.AtollException;
import dev.atoll.images.tar.Decompression;
import dev.atoll.images.tar.TarEntry;
import dev.atoll.images.tar.TarEntry.Type;
import dev.atoll.images.tar.TarReader;
import dev.atoll.images.tar.TarWriter;
import dev.atoll.linux.DirectoryDescriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Whatever bytes a layer is: nothing outside of its folder is made, changed, linked or removed. */
public final class LayerFuzz {
  private static final LayerLimits LIMITS = new LayerLimits(1 << 20, 100);
  private static final int BLOCK = 512;

  private LayerFuzz() {}

  /** Files, links of both kinds, whiteouts, attributes, and names that climb. */
  public static List<byte[]> seeds() throws IOException {
    return List.of(
        archive(
            entry(Type.DIRECTORY, "a/", ""),
            entry(Type.FILE, "a/b", ""),
            entry(Type.HARD_LINK, "a/c", "a/b"),
            entry(Type.FIFO, "a/d", "")),
        archive(
            entry(Type.SYMLINK, "a", "../outside"),
            entry(Type.FILE, "a/b", ""),
            entry(Type.HARD_LINK, "c", "a")),
        archive(
            entry(Type.FILE, "a/.wh.b", ""),
            entry(Type.FILE, "a/.wh..wh..opq", ""),
            entry(Type.FILE, "a", "")),
        archive(entry(Type.FILE, "../outside", ""), entry(Type.FILE, "n".repeat(150), "")));
  }

  private static TarEntry entry(Type type, String name, String link) {
    Map<String, byte[]> attributes =
        type == Type.FILE ? Map.of("user.x", new byte[] {1}) : Map.of();
    int size = type == Type.FILE ? 4 : 0;
    return new TarEntry(type, name, link, 0644, 0, 0, size, 1, 0, attributes, List.of());
  }

  private static byte[] archive(TarEntry... entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TarWriter writer = new TarWriter(bytes);
    for (TarEntry entry : entries) {
      writer.begin(entry);
      writer.write("text".getBytes(StandardCharsets.US_ASCII), 0, (int) entry.size());
    }
    writer.finish();
    return bytes.toByteArray();
  }

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    Path layer = Files.createDirectory(Place.TOP.resolve("layer"));
    byte[] archive = withCheckSums(input.clone());
    try (DirectoryDescriptor root = DirectoryDescriptor.open(layer);
        LayerWriter writer = new LayerWriter(root, LIMITS);
        InputStream content = Decompression.of(new ByteArrayInputStream(archive))) {
      writer.write(new TarReader(content));
    } catch (AtollException | IOException refused) {
      // What else comes out is a finding.
    } finally {
      try (DirectoryDescriptor top = DirectoryDescriptor.open(Place.TOP)) {
        TreeDeletion.delete(top, "layer");
      }
    }
    if (!Place.BEFORE.equals(Place.outside())) {
      throw new IllegalStateException("a layer reached out of its folder: " + Place.outside());
    }
  }

  /** Else the fuzzer would have to guess a sum for whatever it changes. */
  private static byte[] withCheckSums(byte[] archive) {
    for (int start = 0; start + BLOCK <= archive.length; start += BLOCK) {
      if (archive[start + 257] == 'u' && archive[start + 258] == 's') {
        int sum = 8 * ' ';
        for (int i = 0; i < BLOCK; i++) {
          sum += i >= 148 && i < 156 ? 0 : archive[start + i] & 0xff;
        }
        byte[] text = "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, archive, start + 148, text.length);
      }
    }
    return archive;
  }

  /** Only in the fuzzer's JVM: the test that asks for seeds must leave no folder. */
  private static final class Place {
    private static final Path TOP = top();
    private static final Path OUTSIDE = TOP.resolve("outside");
    private static final String BEFORE = outside();

    private static Path top() {
      try {
        Path top = Files.createTempDirectory("atoll-fuzz-");
        Files.writeString(top.resolve("outside"), "untouched");
        return top;
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private static String outside() {
      try (Stream<Path> files = Files.list(TOP)) {
        return files.sorted().toList()
            + Files.readString(OUTSIDE)
            + Files.readAttributes(OUTSIDE, "unix:nlink,mode,uid,gid,lastModifiedTime");
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
