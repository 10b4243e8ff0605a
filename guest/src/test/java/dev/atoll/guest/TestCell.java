package dev.atoll.guest;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A real agent as PID 1 of real namespaces or of a gVisor sandbox, with the host's /usr as its
 * image.
 */
abstract class TestCell implements AutoCloseable {
  final Path base;
  final ServerSocketChannel listener;

  TestCell() throws IOException {
    base = Files.createTempDirectory("atoll-guest");
    for (String folder :
        List.of("bin", "agent", "dock", "p", "proc", "dev", "sys", "old", "tools")) {
      Files.createDirectories(base.resolve("root").resolve(folder));
    }
    Files.writeString(base.resolve("root/tools/tool"), "the worker's\n");
    for (String folder :
        List.of("__modal", "usr", "proc", "dev", "sys", "tmp", "etc", "root", "data")) {
      Files.createDirectories(base.resolve("image").resolve(folder));
    }
    for (String link : List.of("bin", "sbin", "lib", "lib64")) {
      Files.createSymbolicLink(base.resolve("image").resolve(link), Path.of("usr", link));
    }
    Files.writeString(base.resolve("image/etc/hosts"), "the image's\n");
    Files.createDirectories(base.resolve("agent"));
    Files.createDirectories(base.resolve("dock"));
    GuestPrograms.AGENT.writeTo(base.resolve("root/bin/agent"));
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(base.resolve("agent/agent.sock")));
  }

  /** Mounts the image and two volumes in the dock, as a worker does before it claims. */
  abstract void fillDock() throws Exception;

  /** Waits for the agent to dial. */
  Worker accept() throws IOException {
    return new Worker(listener.accept());
  }

  static String run(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(new java.io.File("/dev/null"))
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + ": " + output);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return output;
  }

  /** Removes the folder once nothing is mounted below it. */
  void removeFolder() throws IOException {
    listener.close();
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      if (line.contains(base.toString())) {
        throw new IllegalStateException("still mounted: " + line);
      }
    }
    run("rm", "-r", "--one-file-system", base.toString());
  }
}
