package dev.atoll.control.sandboxes;

import dev.atoll.control.apps.Names;
import dev.atoll.protocol.modal.Sandbox;
import dev.atoll.protocol.worker.WorkerDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a definition asks for that changes nothing here, and that a client may expect to be taken
 * all the same: hints to a scheduler, and experimental options, whose unknown names a server of
 * this protocol must not refuse. What would change the meaning of a create is refused instead, by
 * {@link UnservedFeatures} and {@link RuntimeRules}.
 */
final class WithoutEffect {
  private static final int MOST_OPTIONS = 20;

  /** Options that this server knows: they are refused unless they ask for nothing. */
  private static final Set<String> KNOWN_OPTIONS =
      Set.of(UnservedFeatures.ENABLE_DOCKER, UnservedFeatures.PROXY_TRAFFIC);

  private WithoutEffect() {}

  /** A phrase for each such thing; they may go into a log. */
  static List<String> of(Sandbox definition, WorkerDescription worker) {
    List<String> things = new ArrayList<>();
    add(things, definition.getRuntimeDebug(), "runtime_debug");
    add(things, definition.hasSnapshotVersion(), "snapshot_version");
    add(things, definition.getPreloadPathPrefixesCount() > 0, "preload_path_prefixes");
    if (!definition.getWorkerId().isEmpty()) {
      things.add("worker_id " + shown(definition.getWorkerId()));
    }
    if (!definition.getRestoreInstanceType().isEmpty()) {
      things.add("_restore_instance_type " + shown(definition.getRestoreInstanceType()));
    }
    if (RuntimeRules.asksForAnotherVersion(definition, worker)) {
      things.add(
          "runsc_runtime_version %s (this server runs %s)"
              .formatted(shown(definition.getRunscRuntimeVersion()), worker.getRuntime()));
    }
    var placement = definition.getSchedulerPlacement();
    add(things, placement.hasZone(), "scheduler_placement._zone");
    add(things, placement.hasLifecycle(), "scheduler_placement._lifecycle");
    add(things, placement.getInstanceTypesCount() > 0, "scheduler_placement._instance_types");
    addOptions(things, definition);
    definition
        .getUnknownFields()
        .asMap()
        .keySet()
        .forEach(number -> things.add("field %d, unknown to this version".formatted(number)));
    return things;
  }

  private static void addOptions(List<String> things, Sandbox definition) {
    Set<String> names = new TreeSet<>(definition.getExperimentalOptionsMap().keySet());
    names.addAll(definition.getExperimentalOptionsV2Map().keySet());
    names.removeAll(KNOWN_OPTIONS);
    names.stream()
        .limit(MOST_OPTIONS)
        .forEach(name -> things.add("experimental option " + shown(name)));
    add(
        things,
        names.size() > MOST_OPTIONS,
        "%d more experimental options".formatted(names.size() - MOST_OPTIONS));
  }

  private static void add(List<String> things, boolean present, String what) {
    if (present) {
      things.add(what);
    }
  }

  /** A client's word must not look like a line of the log's. */
  private static String shown(String word) {
    return "'" + Names.shortened(word).replaceAll("\\p{Cntrl}", "?") + "'";
  }
}
