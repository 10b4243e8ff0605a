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

  /** Reads {@code host:port}; only loopback addresses pass. Port 0 takes a free one. */
  static InetSocketAddress parse(String text) {
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
    if (!address.isLoopbackAddress()) {
      throw notLoopback(text);
    }
    return new InetSocketAddress(address, Integer.parseInt(match.group(2)));
  }

  /** The address, if it is a loopback one. */
  static InetSocketAddress checked(InetSocketAddress address) {
    if (address.isUnresolved() || !address.getAddress().isLoopbackAddress()) {
      throw notLoopback(address.toString());
    }
    return address;
  }

  private static AtollException notLoopback(String text) {
    return AtollException.invalid(
        "listen '%s' is no loopback address: without TLS this server is for its own host only;"
            + " listen on 127.0.0.1 and reach it from elsewhere through a tunnel of yours",
        text);
  }
}
