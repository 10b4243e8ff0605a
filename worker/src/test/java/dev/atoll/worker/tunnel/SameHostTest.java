package dev.atoll.worker.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** HTTP/2 as browsers speak it (RFC 9113), byte by byte. */
class SameHostTest {
  private static final String HOST = "name.example.org";
  private static final int HEADERS = 1;
  private static final int END_HEADERS = 4;

  private EmbeddedChannel channel;

  @BeforeEach
  void open() throws Exception {
    channel = new EmbeddedChannel(new SameHost(HOST));
    passes(bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    passes(frame(4, 0, new byte[0])); // SETTINGS
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void requestsForTheHostPass() {
    passes(frame(HEADERS, END_HEADERS, request(HOST)));
    passes(frame(0, 1, new byte[1000])); // DATA
    passes(frame(HEADERS, END_HEADERS, request(HOST.toUpperCase(Locale.ROOT) + ":443")));
    // An authority out of the table that the first request has filled, and trailers.
    passes(frame(HEADERS, END_HEADERS, (byte) 0x82, (byte) 0xbf));
    passes(frame(HEADERS, END_HEADERS, (byte) 0x00, (byte) 1, (byte) 'x', (byte) 1, (byte) 'y'));
  }

  @Test
  void aRequestForAnotherHostEndsTheConnection() {
    passes(frame(HEADERS, END_HEADERS, request(HOST)));
    ends(frame(HEADERS, END_HEADERS, request("other.example.org")));
  }

  @Test
  void theHeaderHostCounts() {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(new byte[] {(byte) 0x82, (byte) 0x84, 0x0f, 23}); // host: index 38
    literal(block, "other.example.org");
    ends(frame(HEADERS, END_HEADERS, block.toByteArray()));
  }

  @Test
  void bytesThatComeOneByOneAreReadTheSame() {
    for (byte next : frame(HEADERS, END_HEADERS, request(HOST))) {
      passes(new byte[] {next});
    }
    byte[] other = frame(HEADERS, END_HEADERS, request("other.example.org"));
    for (int i = 0; i < other.length - 1; i++) {
      passes(new byte[] {other[i]});
    }
    ends(new byte[] {other[other.length - 1]});
  }

  @Test
  void paddingPrioritiesAndContinuationsHideNothing() {
    byte[] block = request("other.example.org");
    ByteArrayOutputStream padded = new ByteArrayOutputStream();
    padded.write(3);
    padded.writeBytes(new byte[5]);
    padded.write(block, 0, 4);
    padded.writeBytes(new byte[3]);
    passes(frame(HEADERS, 0x8 | 0x20, padded.toByteArray()));
    byte[] rest = Arrays.copyOfRange(block, 4, block.length);
    ends(frame(9, END_HEADERS, rest));
  }

  @Test
  void whatCantBeReadEndsTheConnection() throws Exception {
    ends(frame(HEADERS, END_HEADERS, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff));
    open();
    ends(frame(HEADERS, END_HEADERS | 0x8, (byte) 200, (byte) 0x82)); // more padding than frame
    open();
    byte[] endless = frame(9, 0, new byte[16_000]);
    for (int i = 0; i < 4; i++) {
      passes(endless);
    }
    ends(endless);
  }

  @Test
  void whatIsNotHttp2Passes() throws Exception {
    channel = new EmbeddedChannel(new SameHost(HOST));
    passes(bytes("hello"));
    passes(frame(HEADERS, END_HEADERS, request("other.example.org")));
  }

  private void passes(byte[] bytes) {
    channel.writeInbound(Unpooled.wrappedBuffer(bytes));
    ByteBuf passed = channel.readInbound();
    assertThat(passed).isNotNull();
    byte[] seen = new byte[passed.readableBytes()];
    passed.readBytes(seen).release();
    assertThat(seen).isEqualTo(bytes);
    assertThat(channel.isOpen()).isTrue();
  }

  private void ends(byte[] bytes) {
    channel.writeInbound(Unpooled.wrappedBuffer(bytes));
    assertThat((Object) channel.readInbound()).isNull();
    assertThat(channel.isOpen()).isFalse();
  }

  /** GET https://AUTHORITY/ (RFC 7541, appendix A). */
  private static byte[] request(String authority) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(new byte[] {(byte) 0x82, (byte) 0x87, (byte) 0x84, 0x41});
    literal(block, authority);
    return block.toByteArray();
  }

  private static void literal(ByteArrayOutputStream block, String text) {
    block.write(text.length());
    block.writeBytes(bytes(text));
  }

  private static byte[] frame(int type, int flags, byte... payload) {
    ByteBuf frame = Unpooled.buffer(9 + payload.length);
    frame.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(1);
    return frame.writeBytes(payload).array();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
