package dev.atoll.doctor.attack;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What sandboxes try to reach on the host: a TCP service on all of its addresses, which closes what
 * it accepts, and a name server on a loopback address, whose names lead to private addresses. It is
 * the only one that the server's forwarder asks, so no name leaves the machine.
 */
final class HostServices implements AutoCloseable {
  private static final int HEADER = 12;

  private final ServerSocket service;
  private final DatagramSocket names;

  private HostServices(ServerSocket service, DatagramSocket names) {
    this.service = service;
    this.names = names;
  }

  static HostServices open() throws IOException {
    DatagramSocket names = nameSocket();
    HostServices services = new HostServices(new ServerSocket(0), names);
    Thread.ofPlatform().daemon().name("doctor-service").start(services::serve);
    Thread.ofPlatform().daemon().name("doctor-names").start(services::answer);
    return services;
  }

  private static DatagramSocket nameSocket() throws IOException {
    IOException last = new IOException("no loopback address has a free port 53");
    for (int i = 1; i < 50; i++) {
      try {
        return new DatagramSocket(new InetSocketAddress("127.53.7." + i, 53));
      } catch (IOException taken) {
        last = taken;
      }
    }
    throw last;
  }

  int port() {
    return service.getLocalPort();
  }

  String nameServer() {
    return names.getLocalAddress().getHostAddress();
  }

  /** The host's own IPv4 addresses but loopback's; those of bridges for cells are among them. */
  static List<String> addresses() throws IOException {
    List<String> addresses = new ArrayList<>();
    for (NetworkInterface link : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      for (InetAddress address : Collections.list(link.getInetAddresses())) {
        if (address instanceof Inet4Address && !address.isLoopbackAddress()) {
          addresses.add(address.getHostAddress());
        }
      }
    }
    return addresses;
  }

  private void serve() {
    while (!service.isClosed()) {
      try (Socket client = service.accept()) {
        client.shutdownOutput();
      } catch (IOException closed) {
        continue;
      }
    }
  }

  private void answer() {
    byte[] buffer = new byte[512];
    while (!names.isClosed()) {
      try {
        DatagramPacket query = new DatagramPacket(buffer, buffer.length);
        names.receive(query);
        byte[] answer = answer(Arrays.copyOf(buffer, query.getLength()));
        names.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
      } catch (IOException | RuntimeException malformed) {
        continue;
      }
    }
  }

  /** An A record for names of {@code test}, whose first label says which; else NXDOMAIN. */
  private byte[] answer(byte[] query) throws IOException {
    int labels = HEADER;
    String first = "";
    while (query[labels] != 0) {
      if (first.isEmpty()) {
        first = new String(query, labels + 1, query[labels], StandardCharsets.US_ASCII);
      }
      labels += query[labels] + 1;
    }
    int end = labels + 5;
    boolean asksForAddress = query[labels + 2] == 1;
    String address =
        switch (first) {
          case "loopback" -> "127.0.0.1";
          case "metadata" -> "169.254.169.254";
          case "host", "rebind" -> addresses().stream().findFirst().orElse("127.0.0.1");
          default -> "";
        };
    boolean known = !address.isEmpty();
    ByteBuffer answer = ByteBuffer.allocate(end + 16);
    answer.put(query, 0, 2).putShort((short) (known ? 0x8580 : 0x8583)).putShort((short) 1);
    answer.putShort((short) (known && asksForAddress ? 1 : 0)).putInt(0);
    answer.put(query, HEADER, end - HEADER);
    if (known && asksForAddress) {
      answer.putShort((short) 0xc00c).putShort((short) 1).putShort((short) 1).putInt(1);
      answer.putShort((short) 4).put(InetAddress.getByName(address).getAddress());
    }
    return Arrays.copyOf(answer.array(), answer.position());
  }

  @Override
  public void close() throws IOException {
    service.close();
    names.close();
  }
}
