package dev.atoll.worker.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Whatever a client of a tunnel sends as HTTP/2: it passes unchanged, or the connection ends. */
public final class SameHostFuzz {
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final String ANOTHER = "example.net";

  private SameHostFuzz() {}

  /** Settings, a request, one in padded pieces, one for another host. */
  public static List<byte[]> seeds() {
    return List.of(
        HexFormat.of()
            .parseHex("000000040000000000" + "00000a010500000001" + "82840106612e6261" + "0000"),
        HexFormat.of()
            .parseHex(
                "00000a012800000001" + "02000000000082840000" + "00000309040000000102" + "4101"),
        HexFormat.of().parseHex("00000f010400000001" + "8284" + "410b" + hex(ANOTHER)),
        HexFormat.of().parseHex("000009010400000001" + "82844105" + hex("a.org")));
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Called by the fuzzer. The first byte says where what follows is cut in two. */
  public static void fuzzerTestOneInput(byte[] input) {
    byte[] preface = PREFACE.getBytes(StandardCharsets.US_ASCII);
    byte[] all = Arrays.copyOf(preface, preface.length + input.length);
    System.arraycopy(input, 0, all, preface.length, input.length);
    int cut = input.length == 0 ? 0 : (input[0] & 0xff) % all.length;
    boolean whole = passes(all);
    if (whole != passes(Arrays.copyOf(all, cut), Arrays.copyOfRange(all, cut, all.length))) {
      throw new IllegalStateException("where the bytes are cut decides whether they pass");
    }
  }

  private static boolean passes(byte[]... pieces) {
    EmbeddedChannel channel = new EmbeddedChannel(new SameHost("a.org"));
    try {
      for (byte[] piece : pieces) {
        channel.writeInbound(Unpooled.wrappedBuffer(piece));
        channel.checkException();
        ByteBuf passed = channel.readInbound();
        if (passed == null) {
          return channel.isOpen() && piece.length == 0;
        }
        if (!passed.equals(Unpooled.wrappedBuffer(piece))) {
          throw new IllegalStateException("bytes changed on their way");
        }
        passed.release();
      }
      return true;
    } finally {
      channel.finishAndReleaseAll();
    }
  }
}
