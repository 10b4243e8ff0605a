package dev.atoll.cells.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Version 1: the controllers may live in hierarchies of their own, so a group is several folders.
 */
final class VersionOneGroups implements ControlGroups {
  static final List<String> CONTROLLERS = List.of("memory", "cpu", "cpuacct", "pids", "freezer");

  private final String instanceName;
  private final Map<String, Path> controllers;

  /** Every hierarchy, as runc makes groups in those that Atoll doesn't need, too. */
  private final List<Path> hierarchies;

  private VersionOneGroups(
      String instanceName, Map<String, Path> controllers, List<Path> hierarchies) {
    this.instanceName = instanceName;
    this.controllers = controllers;
    this.hierarchies = hierarchies;
  }

  static VersionOneGroups open(
      String instanceName, Map<String, Path> controllers, List<Path> hierarchies)
      throws IOException {
    VersionOneGroups groups = new VersionOneGroups(instanceName, controllers, hierarchies);
    for (String controller : CONTROLLERS) {
      Files.createDirectories(groups.folder(controller));
    }
    return groups;
  }

  @Override
  public ControlGroup create(String name) throws IOException {
    for (Path folder : used(name)) {
      Files.createDirectory(folder);
    }
    return group(name);
  }

  @Override
  public List<ControlGroup> list() throws IOException {
    Set<String> names = new LinkedHashSet<>();
    for (Path hierarchy : hierarchies) {
      names.addAll(GroupFiles.readChildren(hierarchy.resolve(instanceName)));
    }
    return names.stream().map(this::group).toList();
  }

  @Override
  public void remove() throws IOException {
    removeAll(hierarchies.stream().map(path -> path.resolve(instanceName)).toList());
  }

  static void removeAll(List<Path> folders) throws IOException {
    for (Path folder : folders) {
      Files.deleteIfExists(folder);
    }
  }

  @Override
  public ControlGroup group(String name) {
    return new VersionOneGroup(
        "/" + instanceName + "/" + name,
        folder("memory").resolve(name),
        folder("cpu").resolve(name),
        folder("cpuacct").resolve(name),
        folder("pids").resolve(name),
        folder("freezer").resolve(name),
        hierarchies.stream().map(path -> path.resolve(instanceName).resolve(name)).toList());
  }

  /** The folders of a group, once each: cpu and cpuacct are often one hierarchy. */
  private Set<Path> used(String name) {
    Set<Path> folders = new LinkedHashSet<>();
    for (String controller : CONTROLLERS) {
      folders.add(folder(controller).resolve(name));
    }
    return folders;
  }

  private Path folder(String controller) {
    Path hierarchy = controllers.get(controller);
    if (hierarchy == null) {
      throw new IllegalStateException("no hierarchy has the controller " + controller);
    }
    return hierarchy.resolve(instanceName);
  }
}
