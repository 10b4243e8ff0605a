package dev.atoll.cells.host;

import dev.atoll.cells.Tier;
import dev.atoll.cells.cgroup.ControlGroup;
import dev.atoll.cells.cgroup.ControlGroups;
import dev.atoll.cells.network.HeldSlot;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The claimed cells of a dead predecessor that a new host goes on with.
 *
 * @param records by the cells' ids
 */
record Survivors(Map<String, CellRecord> records) {
  private static final System.Logger LOG = System.getLogger(Survivors.class.getName());

  Survivors {
    records = Map.copyOf(records);
  }

  /**
   * Those of the wanted cells that were claimed. Of one whose processes have ended the control
   * group is still there, and tells whether it ran out of memory.
   */
  static Survivors find(MountBase base, ControlGroups groups, Set<String> wanted)
      throws IOException {
    Map<String, CellRecord> records = new HashMap<>();
    for (ControlGroup group : groups.list()) {
      if (wanted.contains(group.name())) {
        try {
          CellRecord.read(base.cells().resolve(group.name()))
              .ifPresent(record -> records.put(group.name(), record));
        } catch (IOException | RuntimeException broken) {
          LOG.log(
              System.Logger.Level.ERROR,
              "cell " + group.name() + " can't be taken back: its record is broken",
              broken);
        }
      }
    }
    return new Survivors(records);
  }

  /**
   * Refuses to go on with cells of another tier: they would have to be ended.
   *
   * @throws AtollException FAILED_PRECONDITION when such a cell runs
   */
  void requireTier(Tier tier, ControlGroups groups) throws IOException {
    for (Map.Entry<String, CellRecord> survivor : records.entrySet()) {
      Tier other = survivor.getValue().tier();
      if (other != tier && !groups.group(survivor.getKey()).processes().isEmpty()) {
        throw new AtollException(
            ErrorCode.FAILED_PRECONDITION,
            ("sandboxes of the tier '%s' still run on this data folder, and the tier is '%s' now:"
                    + " start the server with their tier and end them ('atoll drain'), then change"
                    + " it")
                .formatted(other.label(), tier.label()));
      }
    }
  }

  boolean isEmpty() {
    return records.isEmpty();
  }

  /** Whether a control group is of one of them. */
  boolean own(ControlGroup group) {
    return records.containsKey(group.name());
  }

  List<HeldSlot> slots() {
    return records.values().stream()
        .map(record -> new HeldSlot(record.slot(), record.network(), record.departure()))
        .toList();
  }
}
