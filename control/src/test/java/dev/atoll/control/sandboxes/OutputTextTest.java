package dev.atoll.control.sandboxes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OutputTextTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void piecesAreCutBetweenCharacters() {
    byte[] all = bytes("a漢🐍z");
    OutputText text = new OutputText(0);
    StringBuilder read = new StringBuilder();
    for (int at = 0; at < all.length; at++) {
      read.append(text.push(at, Arrays.copyOfRange(all, at, at + 1)));
      assertThat(read.toString().getBytes(StandardCharsets.UTF_8).length).isEqualTo(text.end());
    }
    assertThat(read + text.finish()).isEqualTo("a漢🐍z");
  }

  @Test
  void aReaderFromTheBeginningIsToldWhatIsNotThere() {
    OutputText text = new OutputText(0);
    assertThat(text.push(4096, bytes("kept\n")))
        .isEqualTo("[4096 bytes of output were dropped]\nkept\n");
    assertThat(text.push(4101, bytes("more"))).isEqualTo("more");
    assertThat(text.end()).isEqualTo(4105);
  }

  @Test
  void theLineStandsForItselfAndEveryByteIsCounted() {
    byte[] snake = bytes("🐍");
    OutputText text = new OutputText(10);
    assertThat(text.push(10, bytes("abc"))).isEqualTo("abc");
    assertThat(text.push(13, Arrays.copyOf(snake, 2))).isEmpty();
    // The kept part begins within a character, too.
    byte[] kept = new byte[2 + 3];
    System.arraycopy(snake, 2, kept, 0, 2);
    System.arraycopy(bytes("xyz"), 0, kept, 2, 3);
    assertThat(text.push(100, kept)).isEqualTo("\uFFFD\n[87 bytes of output were dropped]\nxyz");
    assertThat(text.end()).isEqualTo(105);
  }

  @Test
  void aCharacterThatIsCutOffAtTheEndIsShownAsSuch() {
    OutputText text = new OutputText(0);
    assertThat(text.push(0, new byte[] {'a', (byte) 0xf0, (byte) 0x9f})).isEqualTo("a");
    assertThat(text.finish()).isEqualTo("\uFFFD");
    assertThat(text.end()).isEqualTo(3);
  }
}
