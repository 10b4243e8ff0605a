package dev.atoll.cells.runtime;

import dev.atoll.linux.IdMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * gVisor: {@code runsc} with the platform systrap. Killing its two processes and removing three
 * files takes milliseconds; {@code runsc delete} would poll for a second.
 *
 * @param binary the program
 */
public record GvisorRuntime(Path binary) implements CellRuntime {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Threads of the kernel in user space, the file server, and the stubs of an idle cell. */
  private static final int OWN_PROCESSES = 256;

  @Override
  public IdMapping idMapping() {
    return IdMapping.IDENTITY;
  }

  @Override
  public byte[] seccomp() {
    return new byte[0];
  }

  @Override
  public byte[] config(BootPlan plan) {
    return OciConfig.json(
        plan,
        List.of("--mask-init"),
        Map.of("namespaces", OciConfig.namespaces("pid", "ipc", "uts", "mount", "network")));
  }

  @Override
  public String script(BootPlan plan) {
    List<String> create =
        runsc(
            plan, "create", "--pid-file=" + plan.pidFile(), "--bundle=" + plan.bundle(), plan.id());
    // runsc refuses a network namespace in which it finds a certain file of /proc/sys/net, taking
    // it
    // for the host's; newer kernels show that file everywhere. It is hidden from this one command.
    List<String> start =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "--propagation",
                "slave",
                "sh",
                "-c",
                "mount -t tmpfs -o ro,size=4k none /proc/sys/net && exec \"$@\"",
                "sh"));
    start.addAll(runsc(plan, "start", plan.id()));
    return new BootScript()
        .logTo(plan.log())
        .enter(plan.group())
        .run(create)
        .network(plan.slot(), plan.pidFile())
        .become(start)
        .build();
  }

  @Override
  public List<Integer> processes(BootPlan plan) throws IOException {
    int sandbox = Integer.parseInt(Files.readString(plan.pidFile()).strip());
    Path state = plan.runtimeState().resolve(stateFiles(plan.id()).getFirst());
    JsonNode gofer = JSON.readTree(Files.readAllBytes(state)).path("goferPid");
    return gofer.isInt() && gofer.asInt() > 1 ? List.of(sandbox, gofer.asInt()) : List.of(sandbox);
  }

  /**
   * The kernel in user space keeps FIFOs in memory, and holds a descriptor of each folder that has
   * one, as of those that were used lately. So this takes as long as a thousand links take to read,
   * whatever the image's size.
   */
  @Override
  public List<String> foldersOfUnseenFifos(BootPlan plan, Path dockEntry) throws IOException {
    return OpenFolders.below(processes(plan), "/dock/" + dockEntry.getFileName());
  }

  /** The kernel in user space wakes every 400 us in releases before June 2026: 2 % of a core. */
  @Override
  public boolean hasOwnKernel() {
    return true;
  }

  @Override
  public boolean blankCellsTick() {
    return true;
  }

  @Override
  public int ownProcesses() {
    return OWN_PROCESSES;
  }

  @Override
  public List<Path> stateFiles(String id) {
    return List.of(
        Path.of(id + "_sandbox:" + id + ".state"),
        Path.of(id + "_sandbox:" + id + ".lock"),
        Path.of("runsc-" + id + ".sock"));
  }

  private List<String> runsc(BootPlan plan, String... command) {
    List<String> words =
        new ArrayList<>(
            List.of(
                binary.toString(),
                "--root=" + plan.runtimeState(),
                "--log=" + plan.runtimeLog(),
                "--ignore-cgroups",
                "--network=sandbox",
                "--net-raw=true",
                "--platform=systrap",
                "--overlay2=none",
                "--file-access-mounts=exclusive",
                "--host-uds=open"));
    words.addAll(List.of(command));
    return words;
  }
}
