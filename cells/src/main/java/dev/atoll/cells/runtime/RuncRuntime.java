package dev.atoll.cells.runtime;

import dev.atoll.linux.IdMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Kernel namespaces made by {@code runc}, a user namespace among them. The network namespace
 * belongs to the user namespace, so that root inside may bind low ports and see a /sys of its own.
 *
 * @param binary the program
 * @param seccomp the compiled filter of user processes
 */
@SuppressWarnings("ArrayRecordComponent") // Identity is all that anybody compares.
public record RuncRuntime(Path binary, byte[] seccomp) implements CellRuntime {
  private static final int OWN_PROCESSES = 4;

  @Override
  public IdMapping idMapping() {
    return new IdMapping(MAPPED_ROOT, MAPPED_IDS);
  }

  @Override
  public byte[] config(BootPlan plan) {
    List<Map<String, Integer>> mapping =
        List.of(Map.of("containerID", 0, "hostID", MAPPED_ROOT, "size", MAPPED_IDS));
    return OciConfig.json(
        plan,
        List.of("--mask"),
        Map.of(
            "cgroupsPath",
            plan.group().path(),
            "uidMappings",
            mapping,
            "gidMappings",
            mapping,
            "namespaces",
            OciConfig.namespaces("user", "pid", "ipc", "uts", "mount", "network", "cgroup")));
  }

  @Override
  public String script(BootPlan plan) {
    return new BootScript()
        .logTo(plan.log())
        .enter(plan.bootGroup())
        .run(
            runc(
                plan,
                "create",
                "--pid-file",
                plan.pidFile().toString(),
                "--bundle",
                plan.bundle().toString(),
                plan.id()))
        .network(plan.slot(), plan.pidFile())
        .become(runc(plan, "start", plan.id()))
        .build();
  }

  @Override
  public List<Integer> processes(BootPlan plan) throws IOException {
    return List.of(Integer.parseInt(Files.readString(plan.pidFile()).strip()));
  }

  @Override
  public List<String> foldersOfUnseenFifos(BootPlan plan, Path dockEntry) {
    return List.of();
  }

  @Override
  public boolean hasOwnKernel() {
    return false;
  }

  @Override
  public boolean blankCellsTick() {
    return false;
  }

  @Override
  public int ownProcesses() {
    return OWN_PROCESSES;
  }

  @Override
  public List<Path> stateFiles(String id) {
    return List.of(Path.of(id, "state.json"), Path.of(id, "exec.fifo"), Path.of(id));
  }

  private List<String> runc(BootPlan plan, String... command) {
    List<String> words =
        new ArrayList<>(
            List.of(
                binary.toString(),
                "--root",
                plan.runtimeState().toString(),
                "--log",
                plan.runtimeLog().toString()));
    words.addAll(List.of(command));
    return words;
  }
}
