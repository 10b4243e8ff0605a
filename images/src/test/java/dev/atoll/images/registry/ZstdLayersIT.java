package dev.atoll.images.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Image;
import dev.atoll.images.ImageStore;
import dev.atoll.images.ImageStoreConfig;
import dev.atoll.images.Progress;
import dev.atoll.images.RegistryReference;
import dev.atoll.images.layers.LayerLimits;
import dev.atoll.images.store.ImageStores;
import dev.atoll.images.tar.TarBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers of the type tar+zstd (OCI image spec, media types). Needs root, to unpack them. */
class ZstdLayersIT {
  private static final byte[] TAR = new TarBuilder().file("hello", "world").bytes();

  @TempDir Path temporary;
  private ImageStore store;
  private LyingRegistry registry;

  @BeforeEach
  void open() throws Exception {
    store =
        ImageStores.open(
            ImageStoreConfig.of(temporary.resolve("store"))
                .withCache(temporary.resolve("cache"))
                .withLimits(new LayerLimits(1 << 20, 1000)));
    registry = new LyingRegistry();
  }

  @AfterEach
  void close() {
    registry.close();
    store.close();
    assertThat(temporary.resolve("store/trash")).isEmptyDirectory();
  }

  @Test
  void oneFrameIsALayer() throws Exception {
    assertThat(pull(TAR, Zstd.compress(TAR)).sizeBytes()).isEqualTo(5);
  }

  /** As tools write that begin with an index of the layer. */
  @Test
  void framesToSkipAndSeveralFramesAreOneLayer() throws Exception {
    byte[] skipped =
        ByteBuffer.allocate(12)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(0x184D2A53)
            .putInt(4)
            .putInt(7)
            .array();
    ByteArrayOutputStream layer = new ByteArrayOutputStream();
    layer.writeBytes(skipped);
    layer.writeBytes(Zstd.compress(Arrays.copyOf(TAR, 700)));
    layer.writeBytes(skipped);
    layer.writeBytes(Zstd.compress(Arrays.copyOfRange(TAR, 700, TAR.length)));
    assertThat(pull(TAR, layer.toByteArray()).sizeBytes()).isEqualTo(5);
  }

  @Test
  void aWindowThatTakesTooMuchMemoryIsRefused() throws Exception {
    byte[] large = windowed(27);
    assertThat(large[5]).as("window descriptor of 128 MiB").isEqualTo((byte) ((27 - 10) << 3));
    byte[] tooLarge = large.clone();
    tooLarge[5] = (byte) ((28 - 10) << 3);
    refused(TAR, tooLarge, ErrorCode.INVALID_ARGUMENT, "memory");
    assertThat(pull(TAR, large).sizeBytes()).isEqualTo(5);
  }

  @Test
  void compressedDataWithoutEndIsCutOff() {
    byte[] zeros = new byte[32 << 20];
    refused(zeros, Zstd.compress(zeros), ErrorCode.RESOURCE_EXHAUSTED, "when unpacked");
    byte[] files =
        new TarBuilder()
            .entry('0', "x", "", 900_000, "\0".repeat(900_000), 0)
            .entry('0', "y", "", 900_000, "\0".repeat(900_000), 0)
            .bytes();
    refused(files, Zstd.compress(files), ErrorCode.RESOURCE_EXHAUSTED, "more than 1048576 bytes");
  }

  @Test
  void damagedDataIsRefusedInWords() {
    byte[] whole = Zstd.compress(TAR);
    for (int length : new int[] {5, whole.length / 2, whole.length - 1}) {
      refused(
          TAR, Arrays.copyOf(whole, length), ErrorCode.INVALID_ARGUMENT, "archive can't be read");
    }
    byte[] flipped = whole.clone();
    flipped[6] ^= (byte) 0xff;
    refused(TAR, flipped, ErrorCode.INVALID_ARGUMENT, "archive can't be read");
  }

  @Test
  void otherContentThanTheConfigSaysIsRefused() {
    byte[] other = new TarBuilder().file("hello", "evil!").bytes();
    refused(
        TAR, Zstd.compress(other), ErrorCode.FAILED_PRECONDITION, "but the image's config says");
  }

  private static byte[] windowed(int log) throws IOException {
    ByteArrayOutputStream result = new ByteArrayOutputStream();
    try (ZstdOutputStream zstd = new ZstdOutputStream(result)) {
      zstd.setLong(log);
      zstd.write(TAR);
      zstd.flush();
    }
    return result.toByteArray();
  }

  private Image pull(byte[] tar, byte[] layer) throws Exception {
    TestImage.compressed("zstd", tar, layer).serve(registry);
    return store.pull(
        RegistryReference.parse(registry.host() + "/team/app:1"),
        Optional.empty(),
        Progress.silent());
  }

  private void refused(byte[] tar, byte[] layer, ErrorCode code, String words) {
    assertThatThrownBy(() -> pull(tar, layer))
        .isInstanceOfSatisfying(AtollException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(words);
  }
}
