package dev.atoll.doctor.attack;

import dev.atoll.doctor.attack.Probe.Trial;
import dev.atoll.sdk.Sandbox;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a sandbox must not reach, and whom it must not pretend to be. */
final class NetworkProbes {
  private static final String GROUP = "network";
  private static final Pattern ADDRESS = Pattern.compile("inet (10\\.[0-9.]+)");
  private static final Pattern NAME_SERVER = Pattern.compile("nameserver (\\S+)");
  private static final String WEB = "80";
  private static final String ON_HOST = "on the host itself";

  private NetworkProbes() {}

  static List<Probe> all() {
    List<Probe> probes = new ArrayList<>();
    probe(probes, "metadata-ipv4", scene -> unserved(scene, "169.254.169.254"));
    probe(probes, "metadata-ipv6", scene -> unserved(scene, "fd00:ec2::254"));
    probe(probes, "metadata-containers", scene -> unserved(scene, "169.254.170.2"));
    probe(
        probes,
        "private-addresses",
        scene ->
            unserved(
                scene, "10.255.255.254", "172.31.255.254", "192.168.255.254", "100.127.255.254"));
    probe(probes, "host-loopback", NetworkProbes::hostLoopback);
    probe(probes, "host-addresses", NetworkProbes::hostAddresses);
    probe(probes, "host-forwarder", NetworkProbes::hostForwarder);
    probe(probes, "server-port", NetworkProbes::serverPort);
    probe(probes, "tunnel-of-another", NetworkProbes::tunnelOfAnother);
    probe(probes, "neighbour-tcp", NetworkProbes::neighbourTcp);
    probe(probes, "neighbour-udp", NetworkProbes::neighbourUdp);
    probe(probes, "neighbour-ping", NetworkProbes::neighbourPing);
    probe(probes, "neighbour-sniffing", NetworkProbes::sniffing);
    probe(probes, "spoofed-source", NetworkProbes::spoofedSource);
    probe(probes, "address-claim", NetworkProbes::addressClaim);
    probe(probes, "router-advertisement", NetworkProbes::routerAdvertisement);
    probe(probes, "dhcp", NetworkProbes::dhcp);
    probe(probes, "network-address", scene -> configuration(scene, "network-address"));
    probe(probes, "network-mode", scene -> configuration(scene, "network-mode"));
    probe(probes, "network-route", scene -> configuration(scene, "network-route"));
    probe(probes, "name-rebinding", NetworkProbes::nameRebinding);
    probe(probes, "network-blocked", NetworkProbes::blocked);
    return probes;
  }

  private static void probe(List<Probe> probes, String id, Trial trial) {
    probes.add(new Probe(id, GROUP, trial));
  }

  /**
   * Addresses that nobody has here; the control gives the first to a namespace of its own. Silence
   * is no refusal: then it is not known what stopped the attempt.
   */
  private static Trial.Result unserved(Scene scene, String... addresses) throws Exception {
    List<String> words = new ArrayList<>(List.of("unrefused", WEB));
    words.addAll(List.of(addresses));
    return new Trial.Result(
        scene.attacker().attack(words),
        ProgramProbes.control(scene.program(), "connect", addresses[0], WEB, "serve"));
  }

  private static Trial.Result hostLoopback(Scene scene) throws Exception {
    String port = Integer.toString(scene.services().port());
    return new Trial.Result(
        anyOf(scene, List.of("127.0.0.1", "127.1.2.3", "::1"), port),
        onHost(scene, "connect", "127.0.0.1", port));
  }

  private static Trial.Result hostAddresses(Scene scene) throws Exception {
    String port = Integer.toString(scene.services().port());
    List<String> addresses = HostServices.addresses();
    return new Trial.Result(
        anyOf(scene, addresses, port), onHost(scene, anyWords(addresses, port)));
  }

  private static Trial.Result hostForwarder(Scene scene) throws Exception {
    String port = Integer.toString(scene.services().port());
    String forwarder = nameServer(scene);
    return new Trial.Result(
        scene.attacker().attack("connect", forwarder, port),
        onHost(scene, "connect", forwarder, port));
  }

  private static Trial.Result serverPort(Scene scene) throws Exception {
    String port = Integer.toString(scene.serverUrl().getPort());
    List<String> addresses = new ArrayList<>(HostServices.addresses());
    addresses.add("127.0.0.1");
    return new Trial.Result(
        anyOf(scene, addresses, port), onHost(scene, "connect", "127.0.0.1", port));
  }

  private static Trial.Result tunnelOfAnother(Scene scene) throws Exception {
    InetSocketAddress tunnel =
        scene.neighbour().sandbox().tunnel(Scene.NEIGHBOUR_PORT).unencrypted().orElseThrow();
    String port = Integer.toString(tunnel.getPort());
    List<String> addresses = new ArrayList<>(HostServices.addresses());
    addresses.add("127.0.0.1");
    return new Trial.Result(
        anyOf(scene, addresses, port), onHost(scene, "connect", "127.0.0.1", port));
  }

  private static Outcome anyOf(Scene scene, List<String> addresses, String port) throws Exception {
    return scene.attacker().attack(List.of(anyWords(addresses, port)));
  }

  private static String[] anyWords(List<String> addresses, String port) {
    List<String> words = new ArrayList<>(List.of("connect-any", port));
    words.addAll(addresses);
    return words.toArray(String[]::new);
  }

  private static Trial.Result neighbourTcp(Scene scene) throws Exception {
    String port = Integer.toString(Scene.NEIGHBOUR_PORT);
    String address = address(scene.neighbour());
    return new Trial.Result(
        scene.attacker().attack("connect", address, port), onHost(scene, "connect", address, port));
  }

  private static Trial.Result neighbourUdp(Scene scene) throws Exception {
    Ear echo = Ear.of(scene.neighbour(), "echo-datagrams", "9090", "10000");
    String address = address(scene.neighbour());
    Trial.Result result =
        new Trial.Result(
            scene.attacker().attack("datagram", address, "9090"),
            onHost(scene, "datagram", address, "9090"));
    echo.process().destroyForcibly();
    return result;
  }

  private static Trial.Result neighbourPing(Scene scene) throws Exception {
    String address = address(scene.neighbour());
    return new Trial.Result(
        scene.attacker().attack("ping", address), onHost(scene, "ping", address));
  }

  private static Trial.Result sniffing(Scene scene) throws Exception {
    String address = address(scene.neighbour());
    Ear ear = Ear.of(scene.attacker(), "sniff", address, "10000");
    mustBeAnswered(scene, scene.neighbour());
    // Who hears not even itself is deaf.
    mustBeAnswered(scene, scene.attacker());
    Outcome heard = ear.heard();
    if (heard.reason().startsWith("none of 0 ")) {
      throw new IOException("the ear was deaf");
    }
    return new Trial.Result(heard, Control.of(ON_HOST, sniffedOnHost(scene, address)));
  }

  /** What the sandbox has sent before has arrived then, too. */
  private static void mustBeAnswered(Scene scene, Box box) throws Exception {
    Outcome asked = asks(scene, box, "7001");
    if (!asked.succeeded()) {
      throw new IOException("the name server does not answer: " + asked.reason());
    }
  }

  /** The same on the host, which sends to the neighbour until that was heard. */
  private static Outcome sniffedOnHost(Scene scene, String address) throws Exception {
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<Outcome> heard =
          thread.submit(() -> scene.program().onHost(List.of("sniff", address, "3000")));
      while (!heard.isDone()) {
        var sent = scene.program().onHost(List.of("datagram", address, "9091"));
      }
      return heard.get();
    }
  }

  /** The forwarder's answer to a query with the neighbour's address must not reach it. */
  private static Trial.Result spoofedSource(Scene scene) throws Exception {
    String address = address(scene.neighbour());
    String server = nameServer(scene);
    Ear ear = Ear.of(scene.neighbour(), "await-datagram", "7002", "10000");
    Outcome sent = scene.attacker().attack("spoof", address, "7002", server);
    Outcome heard = ear.heard();
    Outcome own = neighbourAsks(scene, "7003");
    return new Trial.Result(
        heard.succeeded() ? heard : Outcome.refused((sent.succeeded() ? heard : sent).reason()),
        Control.of("with the neighbour's own query", own));
  }

  /** Whoever sends to the neighbour must still reach the neighbour. */
  private static Trial.Result addressClaim(Scene scene) throws Exception {
    String address = address(scene.neighbour());
    String port = Integer.toString(Scene.NEIGHBOUR_PORT);
    Outcome claim =
        scene
            .attacker()
            .attack("claim", address)
            .orElse(scene.attacker().attack("claim", nameServer(scene)));
    Outcome reached = scene.program().onHost(List.of("connect", address, port));
    Outcome names = neighbourAsks(scene, "7004");
    boolean held = reached.succeeded() && names.succeeded();
    return new Trial.Result(
        held
            ? Outcome.refused(
                claim.succeeded()
                    ? "the claim was sent and changed nothing: there is no shared link"
                    : claim.reason())
            : Outcome.succeeded("the neighbour is cut off: " + reached.reason()),
        Control.construction("on a link that both share, hosts believe such a claim (RFC 826)"));
  }

  /** Whether the neighbour gets an answer from the name server, if it asks a few times. */
  static Outcome neighbourAsks(Scene scene, String port) throws Exception {
    return asks(scene, scene.neighbour(), port);
  }

  private static Outcome asks(Scene scene, Box box, String port) throws Exception {
    Outcome outcome = Outcome.refused("it has not asked");
    for (int i = 0; i < 5 && !outcome.succeeded(); i++) {
      outcome = box.attack("await-datagram", port, "1500", nameServer(scene));
    }
    return outcome;
  }

  private static Trial.Result routerAdvertisement(Scene scene) throws Exception {
    Outcome sent = scene.attacker().attack("advertise");
    mustBeAnswered(scene, scene.attacker());
    String routes = read("/proc/net/ipv6_route");
    boolean taken =
        routes
            .lines()
            .anyMatch(
                line ->
                    line.startsWith("0".repeat(32) + " 00 ")
                        && line.contains("fe800000000000000000000000000066"));
    return new Trial.Result(
        taken
            ? Outcome.succeeded("the host took a router of the sandbox's")
            : Outcome.refused(
                sent.succeeded() ? "it was sent; the host has no such route" : sent.reason()),
        Control.construction("a host with accept_ra makes such a router its own (RFC 4861)"));
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException absent) {
      return "";
    }
  }

  private static Trial.Result dhcp(Scene scene) throws Exception {
    return new Trial.Result(
        scene.attacker().attack("datagram", "255.255.255.255", "67"),
        Control.construction("a DHCP server on a shared link answers such a broadcast"));
  }

  private static Trial.Result configuration(Scene scene, String id) throws Exception {
    return new Trial.Result(
        scene.attacker().attack(id), ProgramProbes.control(scene.program(), id));
  }

  /** A name is no way around what its address is refused for. */
  private static Trial.Result nameRebinding(Scene scene) throws Exception {
    String port = Integer.toString(scene.services().port());
    Outcome outcome = Outcome.refused("no name was tried");
    List<String> said = new ArrayList<>();
    for (String name : List.of("host.test", "loopback.test", "metadata.test")) {
      Outcome one = scene.attacker().attack("connect-name", name, port);
      said.add(one.reason());
      outcome = outcome.orElse(one);
    }
    return new Trial.Result(
        outcome.succeeded() ? outcome : Outcome.refused(String.join("; ", said)),
        onHost(scene, anyWords(HostServices.addresses(), port)));
  }

  private static Trial.Result blocked(Scene scene) throws Exception {
    String server = nameServer(scene);
    try (Sandbox sandbox = scene.sandbox(options -> options.blockNetwork(true))) {
      Box box = Box.of(sandbox);
      return new Trial.Result(
          box.attack("connect", server, "53")
              .orElse(box.attack("await-datagram", "7005", "500", server)),
          Control.of(
              "in a sandbox that is not blocked",
              scene.attacker().attack("connect", server, "53")));
    }
  }

  private static Control onHost(Scene scene, String... words) throws Exception {
    return Control.of(ON_HOST, scene.program().onHost(List.of(words)));
  }

  static String address(Box box) throws IOException, InterruptedException {
    return find(ADDRESS, box.shell("ip addr"));
  }

  static String nameServer(Scene scene) throws IOException, InterruptedException {
    return find(NAME_SERVER, scene.attacker().shell("cat /etc/resolv.conf"));
  }

  private static String find(Pattern pattern, String text) throws IOException {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IOException("no " + pattern + " in: " + text);
    }
    return matcher.group(1);
  }
}
