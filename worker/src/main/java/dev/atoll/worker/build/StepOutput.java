package dev.atoll.worker.build;

import dev.atoll.images.Progress;
import dev.atoll.worker.spool.Spool;
import dev.atoll.worker.spool.SpoolReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Passes a step's output on as text, as it comes, and remembers how it ended. What is no UTF-8 is
 * replaced. Of one thread.
 */
final class StepOutput {
  private static final int CHUNK_BYTES = 64 << 10;
  private static final int LAST_CHARACTERS = 4_000;
  private static final int LAST_LINES = 20;

  private final Progress progress;
  private final StringBuilder last = new StringBuilder();
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);

  /** The beginning of a character whose rest has not come yet. */
  private ByteBuffer rest = ByteBuffer.allocate(0);

  StepOutput(Progress progress) {
    this.progress = progress;
  }

  /** Passes everything on; blocks until the stream is over. */
  void passOn(Spool spool) throws IOException, InterruptedException {
    try (SpoolReader reader = spool.open(0)) {
      for (Optional<byte[]> bytes = reader.next(CHUNK_BYTES);
          bytes.isPresent();
          bytes = reader.next(CHUNK_BYTES)) {
        take(decode(bytes.get(), false));
      }
    }
    take(decode(new byte[0], true));
    if (!last.isEmpty() && last.charAt(last.length() - 1) != '\n') {
      progress.log("\n");
    }
  }

  /** The last lines; empty when there was no output. */
  String lastLines() {
    String text = last.toString().stripTrailing();
    int start = text.length();
    for (int lines = 0; lines < LAST_LINES && start >= 0; lines++) {
      start = text.lastIndexOf('\n', start - 1);
    }
    return text.substring(start + 1);
  }

  private void take(String text) {
    progress.log(text);
    last.append(text);
    if (last.length() > LAST_CHARACTERS) {
      last.delete(0, last.length() - LAST_CHARACTERS);
    }
  }

  private String decode(byte[] bytes, boolean end) {
    ByteBuffer input = ByteBuffer.allocate(rest.remaining() + bytes.length);
    input.put(rest).put(bytes).flip();
    CharBuffer text = CharBuffer.allocate(input.remaining() + 1);
    decoder.decode(input, text, end);
    if (end) {
      decoder.flush(text);
    }
    rest = input;
    return text.flip().toString();
  }
}
