package dev.atoll.cells.cgroup;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Version 2: one hierarchy; only groups without children hold processes. */
final class VersionTwoGroups implements ControlGroups {
  static final List<String> CONTROLLERS = List.of("memory", "cpu", "pids");

  private static final String DELEGATED = "cgroup.subtree_control";

  private final Path folder;

  private VersionTwoGroups(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes the instance's group directly below the hierarchy's root, also where a service manager
   * has put the server itself elsewhere: a unit's group ends with the unit, or is emptied when it
   * is stopped, and sandboxes outlive their server. A service manager leaves groups alone that it
   * has not made, and can't take their controllers away while groups below them use these.
   */
  static VersionTwoGroups open(String instanceName, Path hierarchy) throws IOException {
    List<String> missing = new ArrayList<>(CONTROLLERS);
    missing.removeAll(words(hierarchy, "cgroup.controllers"));
    if (!missing.isEmpty()) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "the host's control groups (cgroup version 2) lack "
              + String.join(", ", missing)
              + ": boot without cgroup_disable=, and mount none of them in version 1");
    }
    Path folder = hierarchy.resolve(instanceName);
    Files.createDirectories(folder);
    delegate(hierarchy);
    delegate(folder);
    return new VersionTwoGroups(folder);
  }

  /** Lets the groups below a group have limits. */
  private static void delegate(Path group) throws IOException {
    List<String> missing = new ArrayList<>(CONTROLLERS);
    missing.removeAll(words(group, DELEGATED));
    try {
      for (String controller : missing) {
        GroupFiles.write(group, DELEGATED, "+" + controller);
      }
    } catch (IOException e) {
      // Only the real root may have processes and groups with limits.
      if (Files.exists(group.resolve("cgroup.type"))
          && !GroupFiles.readProcesses(group).isEmpty()) {
        throw new AtollException(
            ErrorCode.FAILED_PRECONDITION,
            "the control group %s has processes of its own, so groups below it can't have limits"
                    .formatted(group)
                + " (in a container?): run the server on the machine itself",
            e);
      }
      throw e;
    }
  }

  private static List<String> words(Path group, String file) throws IOException {
    return List.of(Files.readString(group.resolve(file)).strip().split(" "));
  }

  @Override
  public ControlGroup create(String name) throws IOException {
    Files.createDirectory(folder.resolve(name));
    return group(name);
  }

  @Override
  public List<ControlGroup> list() throws IOException {
    return GroupFiles.readChildren(folder).stream().map(this::group).toList();
  }

  @Override
  public void remove() throws IOException {
    Files.deleteIfExists(folder);
  }

  @Override
  public ControlGroup group(String name) {
    return new VersionTwoGroup("/" + folder.getFileName() + "/" + name, folder.resolve(name));
  }
}
