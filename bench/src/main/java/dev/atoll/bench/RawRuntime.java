package dev.atoll.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The peer: {@code runsc} or {@code runc} driven by their own command line, as a script would, with
 * a network namespace and cgroup limits like those that Atoll gives a sandbox. Everything it makes
 * is named after this process and removed by {@link #close()}.
 */
final class RawRuntime implements AutoCloseable {
  private static final int MEMORY_BYTES = 1 << 30;
  private static final int STOPS_AT_A_TIME = 8;

  private final String name;
  private final Path binary;
  private final Path directory;
  private final Path rootFilesystem;
  private final Set<String> running = ConcurrentHashMap.newKeySet();
  private final AtomicInteger counter = new AtomicInteger();

  /**
   * @param name {@code runsc} or {@code runc}
   * @param binary the runtime's program
   * @param directory an empty folder for state and bundles
   * @param rootFilesystem a root with {@code /bin/sh}, {@code /bin/true} and {@code /bin/sleep}
   */
  RawRuntime(String name, Path binary, Path directory, Path rootFilesystem) {
    this.name = name;
    this.binary = binary;
    this.directory = directory;
    this.rootFilesystem = rootFilesystem;
  }

  /**
   * Creates and starts a container with network and limits, and runs {@code echo} in it by exec.
   */
  double createToFirstOutputMillis() throws IOException, InterruptedException {
    long start = System.nanoTime();
    String id = startAndEcho();
    double millis = (System.nanoTime() - start) / 1e6;
    stop(id);
    return millis;
  }

  /** The same, of a container that goes on. Thread-safe. */
  String startAndEcho() throws IOException, InterruptedException {
    String id = start();
    String output = run(command("exec", id, "/bin/echo", "hello"));
    if (!output.strip().equals("hello")) {
      throw new IOException(name + " exec printed: " + output);
    }
    return id;
  }

  /** Starts a container that sleeps. */
  String start() throws IOException, InterruptedException {
    int number = counter.getAndIncrement();
    String id = "bench%d-%d".formatted(ProcessHandle.current().pid(), number);
    running.add(id);
    makeNetwork(id, number);
    Path bundle = Files.createDirectories(directory.resolve(id));
    Files.writeString(bundle.resolve("config.json"), config(id));
    run(command("create", "--bundle", bundle.toString(), id));
    if (name.equals("runsc")) {
      // Kernels since 6.x show /proc/sys/net/core in every namespace; runsc takes that for the
      // host's.
      List<String> hidden =
          new ArrayList<>(List.of("unshare", "-m", "--propagation", "slave", "sh", "-c"));
      hidden.add("mount -t tmpfs -o ro none /proc/sys/net && exec \"$@\"");
      hidden.add("sh");
      hidden.addAll(command("start", id));
      run(hidden);
    } else {
      run(command("start", id));
    }
    return id;
  }

  double execTrueMillis(String id) throws IOException, InterruptedException {
    long start = System.nanoTime();
    run(command("exec", id, "/bin/true"));
    return (System.nanoTime() - start) / 1e6;
  }

  /** Bytes per second of a long stdout through the runtime's own exec, in MB/s. */
  double stdoutMegabytesPerSecond(String id, long megabytes)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(
                command("exec", id, "/bin/dd", "if=/dev/zero", "bs=1M", "count=" + megabytes))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long bytes = 0;
    byte[] buffer = new byte[1 << 16];
    for (int n; (n = process.getInputStream().read(buffer)) >= 0; ) {
      bytes += n;
    }
    process.waitFor();
    double seconds = (System.nanoTime() - start) / 1e9;
    if (bytes != megabytes << 20) {
      throw new IOException(name + " exec carried " + bytes + " bytes");
    }
    return bytes / 1e6 / seconds;
  }

  void stop(String id) throws IOException, InterruptedException {
    run(command("kill", id, "KILL"));
    run(command("delete", "--force", id));
    run(List.of("ip", "netns", "del", id));
    running.remove(id);
  }

  /** Stops what still runs, a few at a time: deleting is mostly waiting. */
  void stopAll() throws IOException, InterruptedException {
    List<Future<?>> stops = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(STOPS_AT_A_TIME)) {
      for (String id : List.copyOf(running)) {
        stops.add(
            threads.submit(
                () -> {
                  stop(id);
                  return null;
                }));
      }
      for (Future<?> stop : stops) {
        stop.get();
      }
    } catch (ExecutionException failure) {
      throw new IOException("a container of the raw runtime stays", failure.getCause());
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    stopAll();
  }

  private void makeNetwork(String id, int number) throws IOException, InterruptedException {
    int slot = number % 16384;
    String net = "198.18.%d.%d".formatted(slot >> 6, (slot & 63) << 2);
    String prefix = net.substring(0, net.lastIndexOf('.') + 1);
    int last = Integer.parseInt(net.substring(net.lastIndexOf('.') + 1));
    String link = "bn%d-%d".formatted(ProcessHandle.current().pid() % 100_000, number);
    String script =
        """
        set -e
        ip netns add %1$s
        ip link add %2$s type veth peer name eth0 netns %1$s
        ip addr add %3$s%4$d/30 dev %2$s
        ip link set %2$s up
        ip -n %1$s addr add %3$s%5$d/30 dev eth0
        ip -n %1$s link set lo up
        ip -n %1$s link set eth0 up
        ip -n %1$s route add default via %3$s%4$d
        """
            .formatted(id, link, prefix, last + 1, last + 2);
    run(List.of("sh", "-c", script));
  }

  private List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(List.of(binary.toString()));
    command.add("--root=" + directory.resolve("state"));
    if (name.equals("runsc")) {
      command.addAll(List.of("--platform=systrap", "--network=sandbox", "--overlay2=none"));
    }
    command.addAll(List.of(arguments));
    return command;
  }

  private String run(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(directory, "run", ".log");
    // A file, not a pipe: containers keep the runtime's descriptors open and a pipe would never
    // end.
    Process process =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", command) + ": no end after 60 s");
    }
    String text = Files.readString(output, StandardCharsets.UTF_8);
    Files.delete(output);
    if (process.exitValue() != 0) {
      throw new IOException(
          String.join(" ", command) + ": exit code " + process.exitValue() + "\n" + text);
    }
    return text;
  }

  private String config(String id) {
    return """
        {"ociVersion": "1.0.2",
         "process": {"terminal": false, "user": {"uid": 0, "gid": 0}, "cwd": "/",
           "args": ["/bin/sleep", "1000"], "env": ["PATH=/bin"],
           "capabilities": {"bounding": [], "effective": [], "permitted": []}},
         "root": {"path": "%s", "readonly": false},
         "hostname": "bench",
         "mounts": [
           {"destination": "/proc", "type": "proc", "source": "proc"},
           {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
           {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs"}],
         "linux": {"cgroupsPath": "/%s",
           "resources": {"memory": {"limit": %d}, "cpu": {"quota": 200000, "period": 100000, "shares": 1024},
             "pids": {"limit": 4096}},
           "namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"},
             {"type": "network", "path": "/run/netns/%s"}]}}
        """
        .formatted(rootFilesystem, id, MEMORY_BYTES, id);
  }
}
