package dev.atoll.images.registry;

/** Addresses of this host itself. */
final class Loopback {
  private Loopback() {}

  /** Whether {@code host[:port]} can only mean this host; no name is looked up. */
  static boolean is(String hostAndPort) {
    String host =
        hostAndPort.startsWith("[")
            ? hostAndPort.replaceAll("^\\[(.*)].*$", "$1")
            : hostAndPort.replaceAll(":[0-9]+$", "");
    return host.equals("localhost")
        || host.equals("::1")
        || host.matches("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");
  }
}
