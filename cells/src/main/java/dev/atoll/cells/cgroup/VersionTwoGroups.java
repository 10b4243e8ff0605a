package dev.atoll.cells.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Version 2: one hierarchy; only groups without children hold processes. */
final class VersionTwoGroups implements ControlGroups {
  static final List<String> CONTROLLERS = List.of("memory", "cpu", "pids");

  private final Path folder;

  private VersionTwoGroups(Path folder) {
    this.folder = folder;
  }

  static VersionTwoGroups open(String instanceName, Path hierarchy) throws IOException {
    Path folder = hierarchy.resolve(instanceName);
    Files.createDirectories(folder);
    for (String controller : CONTROLLERS) {
      GroupFiles.write(hierarchy, "cgroup.subtree_control", "+" + controller);
      GroupFiles.write(folder, "cgroup.subtree_control", "+" + controller);
    }
    return new VersionTwoGroups(folder);
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
