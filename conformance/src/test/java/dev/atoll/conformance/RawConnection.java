package dev.atoll.conformance;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** A TCP connection to a server's door, by somebody who follows no library's manners. */
final class RawConnection implements AutoCloseable {
  private static final int SETTINGS_FRAME = 4;

  /** RFC 9113, section 6.5.2. */
  static final int MAX_CONCURRENT_STREAMS = 3;

  /** RFC 9113, section 6.5.2. */
  static final int MAX_HEADER_LIST_SIZE = 6;

  private final Socket socket = new Socket();

  /** Connects from another of this machine's loopback addresses. */
  static RawConnection from(String source, URI server) throws IOException {
    RawConnection connection = new RawConnection();
    connection.socket.bind(new InetSocketAddress(InetAddress.ofLiteral(source), 0));
    connection.socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), 5_000);
    return connection;
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Begins HTTP/2 without TLS, and gives the server's settings. */
  Map<Integer, Long> settings() throws IOException {
    send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    send(new byte[] {0, 0, 0, SETTINGS_FRAME, 0, 0, 0, 0, 0});
    socket.setSoTimeout(5_000);
    DataInputStream in = new DataInputStream(socket.getInputStream());
    int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
    if (in.readUnsignedByte() != SETTINGS_FRAME) {
      throw new IOException("the server begins with another frame than SETTINGS");
    }
    in.skipNBytes(5);
    Map<Integer, Long> settings = new HashMap<>();
    for (int i = 0; i < length; i += 6) {
      settings.put(in.readUnsignedShort(), Integer.toUnsignedLong(in.readInt()));
    }
    return settings;
  }

  /** Whether the server hangs up within the time, whatever it says before. */
  boolean isHungUpOn(int millis) throws IOException {
    socket.setSoTimeout(Math.max(1, millis));
    try {
      socket.getInputStream().skipNBytes(Long.MAX_VALUE);
      return true;
    } catch (EOFException | SocketException ended) {
      return true;
    } catch (SocketTimeoutException open) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
