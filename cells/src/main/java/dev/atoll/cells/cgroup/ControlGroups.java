package dev.atoll.cells.cgroup;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.linux.MountInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An instance's share of the host's control groups. Thread-safe. */
public interface ControlGroups {
  /** Makes a group with a fresh name below the instance's. */
  ControlGroup create(String name) throws IOException;

  /** The group of a name below the instance's, whether it exists or not. */
  ControlGroup group(String name);

  /** Every group below the instance's that exists now, whoever made it. */
  List<ControlGroup> list() throws IOException;

  /** Removes the instance's own group; every group below it must be gone. */
  void remove() throws IOException;

  /**
   * Finds the host's hierarchies and makes the instance's group in them.
   *
   * @param instanceName the group's name
   * @throws AtollException FAILED_PRECONDITION when the host lacks a controller, or doesn't let
   *     this process use it
   */
  static ControlGroups open(String instanceName) throws IOException {
    Map<String, Path> controllers = new LinkedHashMap<>();
    Set<Path> hierarchies = new LinkedHashSet<>();
    Optional<Path> unified = Optional.empty();
    for (MountInfo mount : MountInfo.readAll()) {
      if (mount.type().equals("cgroup")) {
        hierarchies.add(mount.mountPoint());
        for (String option : mount.superOptions().split(",", -1)) {
          controllers.putIfAbsent(option, mount.mountPoint());
        }
      } else if (mount.type().equals("cgroup2") && unified.isEmpty()) {
        unified = Optional.of(mount.mountPoint());
      }
    }
    if (controllers.keySet().containsAll(VersionOneGroups.CONTROLLERS)) {
      unified.ifPresent(hierarchies::add);
      return VersionOneGroups.open(instanceName, controllers, List.copyOf(hierarchies));
    }
    if (unified.isPresent()
        && VersionTwoGroups.CONTROLLERS.stream().noneMatch(controllers::containsKey)) {
      return VersionTwoGroups.open(instanceName, unified.get());
    }
    List<String> missing = new ArrayList<>(VersionOneGroups.CONTROLLERS);
    missing.removeAll(controllers.keySet());
    throw new AtollException(
        ErrorCode.FAILED_PRECONDITION,
        "the host's control groups (cgroup version 1) lack "
            + String.join(", ", missing)
            + ": mount these controllers, or boot with systemd.unified_cgroup_hierarchy=1 for version 2");
  }
}
