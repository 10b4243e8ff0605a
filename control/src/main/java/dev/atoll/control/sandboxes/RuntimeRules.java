package dev.atoll.control.sandboxes;

import dev.atoll.control.apps.Names;
import dev.atoll.errors.AtollException;
import dev.atoll.protocol.modal.Sandbox;
import dev.atoll.protocol.worker.WorkerDescription;
import java.util.Arrays;
import java.util.List;

/**
 * Which runtime a definition may ask for: the server's own, since it is how sandboxes are isolated.
 */
final class RuntimeRules {
  private static final String GVISOR = "gvisor";
  private static final List<String> GVISOR_NAMES = List.of(GVISOR, "runsc");

  private RuntimeRules() {}

  /** Refuses another runtime than the worker's; INVALID_ARGUMENT. */
  static void check(Sandbox definition, WorkerDescription worker) {
    boolean gvisor = worker.getTier().equals(GVISOR);
    List<String> names = gvisor ? GVISOR_NAMES : List.of(worker.getTier());
    String asked = definition.getRuntime();
    if (!asked.isEmpty() && !names.contains(asked)) {
      throw AtollException.invalid(
          "definition.runtime '%s' is not this server's, which is %s: leave it out, or ask a server"
              + " of that tier",
          Names.shortened(asked), worker.getTier());
    }
    if (!definition.getRunscRuntimeVersion().isEmpty() && !gvisor) {
      throw AtollException.invalid(
          "definition.runsc_runtime_version '%s' names a version of gVisor, but this server runs"
              + " %s",
          Names.shortened(definition.getRunscRuntimeVersion()), worker.getRuntime());
    }
  }

  /** Whether it names a version of the runtime that isn't the worker's. */
  static boolean asksForAnotherVersion(Sandbox definition, WorkerDescription worker) {
    String asked = definition.getRunscRuntimeVersion();
    return !asked.isEmpty() && !Arrays.asList(worker.getRuntime().split(" ")).contains(asked);
  }
}
