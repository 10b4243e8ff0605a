package dev.atoll.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The machine that was measured, for whoever reads the results later. */
final class Machine {
  private Machine() {}

  static Map<String, String> describe() throws IOException {
    Map<String, String> machine = new LinkedHashMap<>();
    machine.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    machine.put("kernel", Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
    machine.put("memory", line("/proc/meminfo", "MemTotal"));
    machine.put("cpu", line("/proc/cpuinfo", "model name"));
    machine.put("java", System.getProperty("java.vm.version"));
    return machine;
  }

  /** How busy the machine is: the averages of 1, 5 and 15 minutes (proc_loadavg(5)). */
  static String load() throws IOException {
    return Files.readString(Path.of("/proc/loadavg")).strip();
  }

  private static String line(String file, String key) throws IOException {
    return Files.readAllLines(Path.of(file)).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }
}
