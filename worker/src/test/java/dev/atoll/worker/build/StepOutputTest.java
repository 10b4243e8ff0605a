package dev.atoll.worker.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atoll.images.Progress;
import dev.atoll.worker.spool.Spool;
import dev.atoll.worker.spool.SpoolFolder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepOutputTest {
  @TempDir Path folder;
  private final StringBuilder heard = new StringBuilder();
  private final StepOutput output =
      new StepOutput(
          new Progress() {
            @Override
            public void step(String line) {}

            @Override
            public void log(String text) {
              heard.append(text);
            }
          });

  @Test
  void charactersStayWholeAcrossChunks() throws Exception {
    String text = "aä漢🐍".repeat(50_000) + "\n";
    pass(text.getBytes(StandardCharsets.UTF_8));
    assertThat(heard.toString()).isEqualTo(text);
  }

  @Test
  void whatIsNoTextIsReplacedAndAnOpenLineIsEnded() throws Exception {
    pass(new byte[] {'a', (byte) 0xff, 'b', (byte) 0xe6, (byte) 0xbc});
    assertThat(heard.toString()).isEqualTo("a\ufffdb\ufffd\n");
  }

  @Test
  void theLastTwentyLinesAreRemembered() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= 1000; i++) {
      lines.append("line ").append(i).append('\n');
    }
    pass(lines.toString().getBytes(StandardCharsets.UTF_8));
    assertThat(output.lastLines().lines()).hasSize(20).first().isEqualTo("line 981");
    assertThat(output.lastLines()).endsWith("line 1000");
  }

  @Test
  void oneEndlessLineIsCut() throws Exception {
    pass("x".repeat(100_000).getBytes(StandardCharsets.UTF_8));
    assertThat(output.lastLines()).hasSize(4_000);
  }

  @Test
  void noOutputHasNoLastLines() throws Exception {
    pass(new byte[0]);
    assertThat(output.lastLines()).isEmpty();
    assertThat(heard).isEmpty();
  }

  private void pass(byte[] bytes) throws Exception {
    Spool spool = new SpoolFolder(folder.resolve("spools"), 1 << 20).spool("s", () -> {});
    spool.append(ByteBuffer.wrap(bytes));
    spool.end();
    output.passOn(spool);
    spool.discard();
  }
}
