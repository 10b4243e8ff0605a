package dev.atoll.server;

import dev.atoll.errors.AtollException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the door is. */
final class ListenAddress {
  private static final Pattern SHAPE =
      Pattern.compile("(\\[[0-9a-fA-F:]+]|[0-9a-zA-Z.-]+):(\\d{1,5})");

  private ListenAddress() {}

  /**
   * Reads {@code host:port}. Port 0 takes a free one.
   *
   * @param everywhere whether other addresses than loopback ones pass
   */
  static InetSocketAddress parse(String text, boolean everywhere) {
    Matcher match = SHAPE.matcher(text);
    if (!match.matches() || Integer.parseInt(match.group(2)) > 65535) {
      throw Units.wrong("listen", text, "host:port, such as 127.0.0.1:7070");
    }
    InetAddress address;
    try {
      address = InetAddress.getByName(match.group(1));
    } catch (UnknownHostException e) {
      throw Units.wrong("listen", text, "an address of this host, such as 127.0.0.1:7070");
    }
    if (!everywhere && !address.isLoopbackAddress()) {
      throw notLoopback(text);
    }
    return new InetSocketAddress(address, Integer.parseInt(match.group(2)));
  }

  /** INVALID_ARGUMENT for another address than a loopback one, unless those are allowed. */
  static void check(InetSocketAddress address, boolean everywhere) {
    if (address.isUnresolved() || !(everywhere || address.getAddress().isLoopbackAddress())) {
      throw notLoopback(address.toString());
    }
  }

  private static AtollException notLoopback(String text) {
    return AtollException.invalid(
        "listen '%s' is no loopback address, and without TLS everybody on the way could read tokens"
            + " and secrets: set certificate and key (docs/door.md), or listen on 127.0.0.1",
        text);
  }
}
