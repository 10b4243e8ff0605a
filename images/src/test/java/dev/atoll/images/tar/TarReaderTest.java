package dev.atoll.images.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.images.tar.TarEntry.Region;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarReaderTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "pax", "ustar"})
  void readsWhatGnuTarWrites(String format) throws Exception {
    String deep = "d".repeat(format.equals("ustar") ? 50 : 200) + "/" + "e".repeat(90);
    Files.createDirectories(folder.resolve("in/" + deep).getParent());
    Files.writeString(folder.resolve("in/" + deep), "deep");
    Files.createSymbolicLink(folder.resolve("in/link"), Path.of("t".repeat(90)));
    Files.writeString(folder.resolve("in/one"), "x");
    Files.createLink(folder.resolve("in/same"), folder.resolve("in/one"));
    run("mkfifo", folder + "/in/fifo");
    List<TarEntry> entries = read(tar("--format=" + format));
    assertThat(entries).extracting(TarEntry::name).contains("./" + deep, "./link", "./fifo");
    assertThat(entry(entries, "./link").linkName()).isEqualTo("t".repeat(90));
    assertThat(entry(entries, "./fifo").type()).isEqualTo(TarEntry.Type.FIFO);
    assertThat(entries).anyMatch(e -> e.type() == TarEntry.Type.HARD_LINK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--format=gnu", "--sparse-version=0.1", "--sparse-version=1.0"})
  void findsTheHolesOfSparseFiles(String option) throws Exception {
    Files.createDirectory(folder.resolve("in"));
    run("truncate", "-s", "100M", folder + "/in/sparse");
    run(
        "sh",
        "-c",
        "printf abc | dd of=%s/in/sparse bs=1M seek=50 conv=notrunc status=none".formatted(folder));
    TarEntry sparse =
        entry(
            read(
                option.startsWith("--format")
                    ? tar(option, "--sparse")
                    : tar("--format=pax", "--sparse", option)),
            "./sparse");
    assertThat(sparse.size()).isEqualTo(100 << 20);
    assertThat(sparse.regions()).contains(new Region(50 << 20, 4096));
    assertThat(sparse.regions().stream().mapToLong(Region::length).sum()).isLessThan(1 << 20);
  }

  @Test
  void refusesTheSparseFormatThatCannotBeTold() throws Exception {
    Files.createDirectory(folder.resolve("in"));
    run("truncate", "-s", "1M", folder + "/in/sparse");
    byte[] archive = tar("--format=pax", "--sparse", "--sparse-version=0.0");
    assertThatThrownBy(() -> read(archive)).hasMessageContaining("PAX format 0.0");
  }

  @Test
  void attributeValuesStayBytes() throws Exception {
    String binary = "\1\0\0\2\u0080\n=\u00ff";
    byte[] archive =
        new TarBuilder()
            .pax("SCHILY.xattr.security.capability", binary, "mtime", "-1.5", "path", "n\u00e9")
            .file("x", "")
            .bytes();
    TarEntry entry = read(archive).getFirst();
    assertThat(entry.attributes().get("security.capability"))
        .isEqualTo(binary.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    assertThat(entry.name()).isEqualTo("n\u00e9");
    assertThat(entry.seconds()).isEqualTo(-2);
    assertThat(entry.nanoseconds()).isEqualTo(500_000_000);
  }

  @Test
  void refusesBrokenArchives() {
    refused(new TarBuilder().pax("size", "-5").file("x", ""), "negative size");
    refused(new TarBuilder().entry('0', "x", "", -5, "", 0), "negative size");
    refused(new TarBuilder().entry('x', "x", "", 1L << 40, "", 0), "at most 1048576");
    refused(new TarBuilder().entry('L', "x", "", 1L << 20, "", 0), "ends in the middle");
    refused(new TarBuilder().entry('9', "x", "", 0, "", 0), "unknown type");
    refused(new TarBuilder().pax("uid", "99999999999").file("x", ""), "the uid 99999999999");
    refused(new TarBuilder().pax("mtime", "1e999999999").file("x", ""), "'mtime' holds no time");
    refused(new TarBuilder().pax("path", "a\0b").file("x", ""), "NUL");
    refused(new TarBuilder().pax("GNU.sparse.map", "5,5,1,1").file("x", "abcdef"), "out of order");
    refused(
        new TarBuilder()
            .pax("GNU.sparse.map", "0,9", "GNU.sparse.size", "9223372036854775807")
            .file("x", "abc"),
        "does not fit");
    refused(new TarBuilder().raw("no header".getBytes()), "no tar archive");
    refused(new TarBuilder().entry('x', "x", "", 9, "99 path=a", 0).file("x", ""), "wrong length");
  }

  @Test
  void noisyArchivesEndInAnErrorAndNothingElse() throws Exception {
    byte[] good =
        new TarBuilder().pax("path", "long").file("a", "content").symlink("b", "c").bytes();
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = good.clone();
      for (int j = 0; j < 1 + random.nextInt(4); j++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      byte[] cut = Arrays.copyOf(bad, random.nextInt(bad.length + 1));
      try {
        read(cut);
      } catch (TarFormatException | EOFException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
  }

  @Test
  void gzipMembersInARowAreOneStreamHoweverSlowly() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String part : List.of("one", "two")) {
      try (OutputStream gzip = new GZIPOutputStream(bytes)) {
        gzip.write(part.getBytes());
      }
    }
    InputStream slow =
        new ByteArrayInputStream(bytes.toByteArray()) {
          @Override
          public synchronized int read(byte[] into, int offset, int length) {
            return super.read(into, offset, Math.min(1, length));
          }

          @Override
          public synchronized int available() {
            return 0;
          }
        };
    assertThat(Decompression.of(slow).readAllBytes()).isEqualTo("onetwo".getBytes());
  }

  private static void refused(TarBuilder archive, String rule) {
    assertThatThrownBy(() -> read(archive.bytes()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(rule);
  }

  private byte[] tar(String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("tar", "-C", folder + "/in", "-cf"));
    command.add(folder.resolve("x.tar").toString());
    command.addAll(List.of(options));
    command.add(".");
    run(command.toArray(String[]::new));
    return Files.readAllBytes(folder.resolve("x.tar"));
  }

  private static List<TarEntry> read(byte[] archive) throws IOException {
    TarReader reader = new TarReader(new ByteArrayInputStream(archive));
    List<TarEntry> entries = new ArrayList<>();
    for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      entries.add(entry.get());
    }
    return entries;
  }

  private static TarEntry entry(List<TarEntry> entries, String name) {
    return entries.stream().filter(e -> e.name().equals(name)).findFirst().orElseThrow();
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
