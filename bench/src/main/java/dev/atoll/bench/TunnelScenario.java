package dev.atoll.bench;

import dev.atoll.sdk.Sandbox;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An unencrypted tunnel beside the sandbox's own address, to which only this host has a way. */
final class TunnelScenario implements Scenario {
  private static final int PORT = 8000;
  private static final long BIG = 1L << 30;
  private static final int CONNECTIONS = 32;
  private static final int SECONDS = 2;
  private static final int WARM_UP = 3;
  private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");

  private final String tier;
  private final int samples;

  TunnelScenario(String tier, int samples) {
    this.tier = tier;
    this.samples = samples;
  }

  @Override
  public Result run(Path directory) throws IOException, InterruptedException {
    Path root = BusyboxRoot.make(Files.createDirectories(directory.resolve("root")));
    compileServer(directory.resolve("web.c"), root.resolve("bin/web"));
    try (ServerProcess server = ServerProcess.start(tier, List.of(), directory.resolve("server"));
        AtollSide atoll = AtollSide.connect(server, root);
        Sandbox sandbox =
            atoll.sandbox(options -> options.command("/bin/web").unencryptedPorts(PORT))) {
      if (sandbox.stdout().read() != 'u') {
        throw new IOException("the web server in the sandbox did not start");
      }
      InetSocketAddress tunnel =
          Objects.requireNonNull(sandbox.tunnels().get(PORT)).unencrypted().orElseThrow();
      InetSocketAddress direct = InetSocketAddress.createUnresolved(address(sandbox), PORT);
      List<Comparison> comparisons =
          List.of(
              compare("HTTP keep-alive requests", "/s", tunnel, direct, TunnelScenario::requests),
              compare("1 GiB download", "MB/s", tunnel, direct, TunnelScenario::download));
      sandbox.terminate();
      return new Result(tier, comparisons, OptionalDouble.empty());
    }
  }

  private static void compileServer(Path source, Path program)
      throws IOException, InterruptedException {
    try (InputStream text =
        Objects.requireNonNull(TunnelScenario.class.getResourceAsStream("web.c"))) {
      Files.copy(text, source, StandardCopyOption.REPLACE_EXISTING);
    }
    output("musl-gcc", "-O2", "-static", "-pthread", "-o", program.toString(), source.toString());
  }

  private static String address(Sandbox sandbox) throws IOException {
    return AtollSide.shell(sandbox, "ip -o -4 addr | sed -n 's,.*inet \\(10[0-9.]*\\).*,\\1,p'")
        .strip();
  }

  private Comparison compare(
      String what,
      String unit,
      InetSocketAddress tunnel,
      InetSocketAddress direct,
      ToDoubleFunction<InetSocketAddress> measure) {
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    for (int i = -WARM_UP; i < samples; i++) {
      double our = measure.applyAsDouble(tunnel);
      double their = measure.applyAsDouble(direct);
      if (i >= 0) {
        ours.add(our);
        theirs.add(their);
      }
    }
    String name = what + ", " + tier;
    return new Comparison(
        name,
        new Samples(name + ", tunnel", unit, ours),
        Optional.of(new Samples(name + ", direct", unit, theirs)));
  }

  /** Requests each second, with wrk(1). */
  private static double requests(InetSocketAddress server) {
    String url = "http://%s:%d/".formatted(server.getHostString(), server.getPort());
    try {
      String said = output("wrk", "-t1", "-c" + CONNECTIONS, "-d" + SECONDS + "s", url);
      Matcher rate = RATE.matcher(said);
      if (!rate.find() || said.contains("Socket errors") || said.contains("Non-2xx")) {
        throw new IOException("wrk says: " + said);
      }
      return Double.parseDouble(rate.group(1));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  private static double download(InetSocketAddress server) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 18);
    long start = System.nanoTime();
    try (SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(server.getHostString(), server.getPort()))) {
      channel.write(
          ByteBuffer.wrap(
              "GET /big HTTP/1.1\r\nHost: bench\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
      long bytes = 0;
      while (bytes < BIG) {
        buffer.clear();
        int count = channel.read(buffer);
        if (count < 0) {
          throw new IOException("the download ended after " + bytes + " bytes");
        }
        bytes += count;
      }
      return bytes / 1e6 / ((System.nanoTime() - start) / 1e9);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static String output(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed: " + said);
    }
    return said;
  }
}
