package dev.atoll.cells.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The OCI runtime configuration (OCI runtime-spec 1.0) that both tiers start from. */
final class OciConfig {
  /**
   * When the host itself runs out of memory sandboxes go before its own programs, whatever score
   * the server has got from a service manager (proc_pid_oom_score_adj(5)).
   */
  private static final int FIRST_TO_GO = 500;

  /**
   * What the agent holds. Users get {@link Capabilities#OF_USERS}; the rest is for mounting, the
   * users' PID namespace, and taking another identity.
   */
  private static final List<String> AGENT_CAPABILITIES =
      List.of(
          "CAP_AUDIT_WRITE",
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_FOWNER",
          "CAP_FSETID",
          "CAP_KILL",
          "CAP_MKNOD",
          "CAP_NET_BIND_SERVICE",
          "CAP_NET_RAW",
          "CAP_SETFCAP",
          "CAP_SETGID",
          "CAP_SETPCAP",
          "CAP_SETUID",
          "CAP_SYS_ADMIN",
          "CAP_SYS_CHROOT");

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private OciConfig() {}

  /**
   * The configuration as JSON.
   *
   * @param arguments of the agent
   * @param linux the {@code linux} part
   */
  static byte[] json(BootPlan plan, List<String> arguments, Map<String, ?> linux) {
    List<String> command = new ArrayList<>(List.of("/bin/agent"));
    command.addAll(arguments);
    Map<String, Object> process = new LinkedHashMap<>();
    process.put("terminal", false);
    process.put("user", Map.of("uid", 0, "gid", 0));
    process.put("args", command);
    process.put("env", List.of("PATH=/bin"));
    process.put("cwd", "/");
    process.put(
        "capabilities",
        Map.of(
            "bounding", AGENT_CAPABILITIES,
            "effective", AGENT_CAPABILITIES,
            "permitted", AGENT_CAPABILITIES));
    process.put("oomScoreAdj", FIRST_TO_GO);
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("ociVersion", "1.0.2");
    config.put("process", process);
    config.put("root", Map.of("path", plan.root().toString(), "readonly", true));
    config.put("hostname", "cell");
    config.put("mounts", mounts(plan));
    config.put("linux", linux);
    return JSON.writeValueAsBytes(config);
  }

  static List<Map<String, String>> namespaces(String... types) {
    return List.of(types).stream().map(type -> Map.of("type", type)).toList();
  }

  private static List<Map<String, ?>> mounts(BootPlan plan) {
    return List.of(
        mount("/proc", "proc", "proc", "nosuid", "noexec", "nodev"),
        mount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
        mount(
            "/dev/pts",
            "devpts",
            "devpts",
            "nosuid",
            "noexec",
            "newinstance",
            "ptmxmode=0666",
            "mode=0620",
            "gid=5"),
        mount("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777"),
        mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"),
        // Mounts that the worker makes in the dock appear inside, and never the other way round.
        mount("/dock", "bind", plan.dock().toString(), "rbind", "rslave"),
        mount("/agent", "bind", plan.agent().toString(), "rbind", "rprivate"));
  }

  private static Map<String, ?> mount(
      String destination, String type, String source, String... options) {
    return Map.of(
        "destination", destination, "type", type, "source", source, "options", List.of(options));
  }
}
