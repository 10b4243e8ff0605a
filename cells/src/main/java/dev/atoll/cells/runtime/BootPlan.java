package dev.atoll.cells.runtime;

import dev.atoll.cells.cgroup.ControlGroup;
import dev.atoll.cells.network.Slot;
import java.nio.file.Path;

/**
 * What a boot needs to know.
 *
 * @param id the cell's name, a word of letters, digits and dashes
 * @param root the folder that blank cells share as their root
 * @param folder the cell's own folder, with {@code dock}, {@code agent} and {@code bundle} in it
 * @param runtimeState the runtime's own state folder
 * @param group the cell's control group
 * @param bootGroup the control group of the boot's own processes
 * @param slot the cell's network
 */
public record BootPlan(
    String id,
    Path root,
    Path folder,
    Path runtimeState,
    ControlGroup group,
    ControlGroup bootGroup,
    Slot slot) {

  /** Appears in the cell as /dock. */
  public Path dock() {
    return folder.resolve("dock");
  }

  /** Appears in the cell as /agent; holds the socket. */
  public Path agent() {
    return folder.resolve("agent");
  }

  /** Holds config.json and what the boot writes. */
  public Path bundle() {
    return folder.resolve("bundle");
  }

  /** Where the runtime writes the number of the cell's first process. */
  public Path pidFile() {
    return bundle().resolve("pid");
  }

  /** Where the script's programs complain. */
  public Path log() {
    return bundle().resolve("boot.log");
  }

  /** Where the runtime complains. */
  public Path runtimeLog() {
    return bundle().resolve("runtime.log");
  }
}
