package dev.atoll.worker.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads along what an HTTP/2 client sends, and ends a connection with a request for another host.
 * Browsers may send requests for all hosts of a certificate over one connection (RFC 9113, section
 * 9.1.1): below a domain that would give one sandbox what is meant for another. The browser then
 * asks again over a connection of that host's own. What is not HTTP/2 is passed on unread.
 */
final class SameHost extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(SameHost.class);
  private static final int PREFACE = 24;
  private static final int FRAME_HEAD = 9;
  private static final int HEADERS = 1;
  private static final int CONTINUATION = 9;
  private static final int END_HEADERS = 0x4;
  private static final int PADDED = 0x8;
  private static final int PRIORITY = 0x20;
  private static final int PRIORITY_LENGTH = 5;
  // Servers seldom ask for more than the 4 KiB that they get without asking (section 6.5.2).
  private static final int LARGEST_TABLE = 64 << 10;
  private static final int LARGEST_BLOCK = 64 << 10;
  private static final int FIRST_LETTER = 'P';

  private final String host;
  private final DefaultHttp2HeadersDecoder decoder =
      new DefaultHttp2HeadersDecoder(false, LARGEST_BLOCK);
  private final ByteBuf head = Unpooled.buffer(FRAME_HEAD, FRAME_HEAD);
  private final ByteBuf block = Unpooled.buffer(256, LARGEST_BLOCK);
  private int toSkip = PREFACE;
  private int toCollect;
  private boolean begun;
  private boolean blind;
  private boolean ended;

  /**
   * For the connections to one host.
   *
   * @param host its name, in lower case
   */
  SameHost(String host) {
    this.host = host;
    try {
      decoder.configuration().maxHeaderTableSize(LARGEST_TABLE);
    } catch (Http2Exception impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (ended || !isForHost(bytes.duplicate())) {
      ended = true;
      bytes.release();
      context.close();
      return;
    }
    context.fireChannelRead(bytes);
  }

  private boolean isForHost(ByteBuf bytes) {
    if (!begun && bytes.isReadable()) {
      begun = true;
      blind = bytes.getByte(bytes.readerIndex()) != FIRST_LETTER;
    }
    try {
      while (!blind && bytes.isReadable()) {
        take(bytes);
      }
      return true;
    } catch (Http2Exception | IndexOutOfBoundsException refused) {
      log.debug("a connection to {} ends: {}", host, refused.getMessage());
      return false;
    }
  }

  private void take(ByteBuf bytes) throws Http2Exception {
    if (toSkip > 0) {
      int count = Math.min(toSkip, bytes.readableBytes());
      bytes.skipBytes(count);
      toSkip -= count;
    } else if (head.isWritable()) {
      head.writeBytes(bytes, Math.min(head.writableBytes(), bytes.readableBytes()));
      if (!head.isWritable()) {
        begin();
      }
    } else {
      int count = Math.min(toCollect, bytes.readableBytes());
      block.writeBytes(bytes, count);
      toCollect -= count;
      if (toCollect == 0) {
        complete();
      }
    }
  }

  private void begin() throws Http2Exception {
    int length = head.getUnsignedMedium(0);
    int type = head.getByte(3);
    if (type != HEADERS && type != CONTINUATION) {
      toSkip = length;
      head.clear();
      return;
    }
    toCollect = length;
    if (length == 0) {
      complete();
    }
  }

  /** A frame with headers is here whole; its block may go on in further frames. */
  private void complete() throws Http2Exception {
    int flags = head.getByte(4);
    if (head.getByte(3) == HEADERS) {
      int padding = (flags & PADDED) != 0 ? block.readUnsignedByte() : 0;
      block.skipBytes((flags & PRIORITY) != 0 ? PRIORITY_LENGTH : 0);
      block.writerIndex(block.writerIndex() - padding);
    }
    head.clear();
    if ((flags & END_HEADERS) != 0) {
      check(decoder.decodeHeaders(0, block));
      block.clear();
    }
  }

  /** Trailers name no host. */
  private void check(Http2Headers headers) throws Http2Exception {
    Optional<CharSequence> wanted =
        Optional.ofNullable(headers.authority()).or(() -> Optional.ofNullable(headers.get("host")));
    if (wanted.isPresent() && !hostOf(wanted.get()).equals(host)) {
      throw Http2Exception.connectionError(
          Http2Error.PROTOCOL_ERROR, "it has a request for another host");
    }
  }

  private static String hostOf(CharSequence authority) {
    return authority.toString().toLowerCase(Locale.ROOT).replaceFirst("\\.?(:\\d*)?$", "");
  }
}
