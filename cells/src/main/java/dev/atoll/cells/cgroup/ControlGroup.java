package dev.atoll.cells.cgroup;

import dev.atoll.cells.Limits;
import dev.atoll.cells.ResourceUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The group of one cell, or of something else that an instance runs. Thread-safe. */
public interface ControlGroup {
  /** The files to which a process writes its number to enter the group: one for each hierarchy. */
  List<Path> entrances();

  /** The group's name among those of its instance. */
  default String name() {
    return path().substring(path().lastIndexOf('/') + 1);
  }

  /** The group's path below each hierarchy's root, such as {@code /atoll-0a1b2c3d/c1}. */
  String path();

  /**
   * Sets the limits.
   *
   * @throws IOException when the kernel refuses, or less memory than is in use would be left
   */
  void limit(Limits limits) throws IOException;

  /** Has every other group of the instance go first from now on, or no longer. */
  void giveWay(boolean yields) throws IOException;

  /** What the group has used so far. */
  ResourceUsage usage() throws IOException;

  /** How often the kernel has killed a process of the group for its memory limit. */
  long outOfMemoryKills() throws IOException;

  /**
   * Stops every process of the group where it is (the freezer), unnoticed by them, and returns when
   * all stand still.
   *
   * @throws IOException when that takes longer than a few seconds; the group is then thawed
   */
  void freeze() throws IOException, InterruptedException;

  /** Lets a frozen group go on; without effect on one that isn't frozen, or is gone. */
  void thaw() throws IOException;

  /**
   * Kills every process of the group at once, those that are born meanwhile among them; frozen ones
   * too. Returns before they are gone.
   *
   * @return whether the kernel can do that: version 2 since Linux 5.14
   */
  boolean kill() throws IOException;

  /** The processes in the group now. */
  List<Integer> processes() throws IOException;

  /** Removes the group, which must be empty; without effect when it is gone. */
  void remove() throws IOException;
}
