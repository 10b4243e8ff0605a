package dev.atoll.sdk.files;

import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A file's attributes, to be read and set: the JDK's views {@code basic} and {@code posix}. */
final class Attributes implements PosixFileAttributeView {
  static final Set<String> VIEWS = Set.of("basic", "owner", "posix");

  private static final List<String> OF_POSIX = List.of("permissions", "owner", "group");

  private final SandboxFileSystemProvider provider;
  private final Utilities utilities;
  private final SandboxPath path;
  private final boolean follow;

  Attributes(
      SandboxFileSystemProvider provider, Utilities utilities, SandboxPath path, boolean follow) {
    this.provider = provider;
    this.utilities = utilities;
    this.path = path;
    this.follow = follow;
  }

  @Override
  public String name() {
    return "posix";
  }

  @Override
  public EntryAttributes readAttributes() throws IOException {
    return provider.attributes(path, follow);
  }

  @Override
  public UserPrincipal getOwner() throws IOException {
    return readAttributes().owner();
  }

  /** Sets the time of the last change, to the second; the other times are not known here. */
  @Override
  public void setTimes(
      @Nullable FileTime lastModified, @Nullable FileTime lastAccess, @Nullable FileTime creation)
      throws IOException {
    if (lastModified != null) {
      String seconds = "@" + Math.floorDiv(lastModified.to(TimeUnit.MILLISECONDS), 1000L);
      change(ofLink("touch", "-c", "-d", seconds));
    }
  }

  @Override
  public void setPermissions(Set<PosixFilePermission> permissions) throws IOException {
    if (!follow && readAttributes().isSymbolicLink()) {
      throw new UnsupportedOperationException("A symbolic link has no permissions of its own");
    }
    int mode = permissions.stream().mapToInt(EntryAttributes::bit).sum();
    change(List.of("chmod", "%04o".formatted(mode)));
  }

  @Override
  public void setOwner(UserPrincipal owner) throws IOException {
    change(ofLink("chown", owner.getName()));
  }

  @Override
  public void setGroup(GroupPrincipal group) throws IOException {
    change(ofLink("chgrp", group.getName()));
  }

  /** A command that, if links aren't to be followed, is about the link itself. */
  private List<String> ofLink(String program, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program));
    if (!follow) {
      command.add("-h");
    }
    command.addAll(List.of(arguments));
    return command;
  }

  private void change(List<String> command) throws IOException {
    // The programs fail of themselves where there is no file, except for touch.
    var _ = readAttributes();
    provider.changed();
    List<String> words = new ArrayList<>(command);
    words.add(provider.absolute(path));
    utilities.run(path, words.toArray(String[]::new));
  }

  /** Attributes by their names, as in {@code posix:owner,size} or {@code *}. */
  Map<String, Object> read(String names) throws IOException {
    int colon = names.indexOf(':');
    String view = colon < 0 ? "basic" : names.substring(0, colon);
    Map<String, Object> all = all(view);
    Map<String, Object> some = new LinkedHashMap<>();
    for (String name : names.substring(colon + 1).split(",")) {
      if (name.equals("*")) {
        some.putAll(all);
      } else {
        Object value = all.get(name);
        if (value == null) {
          throw new IllegalArgumentException(
              "the view '%s' has no attribute '%s'".formatted(view, name));
        }
        some.put(name, value);
      }
    }
    return some;
  }

  private Map<String, Object> all(String view) throws IOException {
    if (!VIEWS.contains(view)) {
      throw new UnsupportedOperationException("There is no view '" + view + "': " + VIEWS);
    }
    EntryAttributes read = readAttributes();
    Map<String, Object> all = new HashMap<>();
    if (!view.equals("owner")) {
      all.put("size", read.size());
      all.put("lastModifiedTime", read.lastModifiedTime());
      all.put("lastAccessTime", read.lastAccessTime());
      all.put("creationTime", read.creationTime());
      all.put("isDirectory", read.isDirectory());
      all.put("isRegularFile", read.isRegularFile());
      all.put("isSymbolicLink", read.isSymbolicLink());
      all.put("isOther", read.isOther());
    }
    if (!view.equals("basic")) {
      all.put("owner", read.owner());
    }
    if (view.equals("posix")) {
      all.put("group", read.group());
      all.put("permissions", read.permissions());
    }
    return all;
  }

  /** Sets an attribute by its name, such as {@code posix:permissions}. */
  void set(String name, @Nullable Object value) throws IOException {
    String plain = name.substring(name.indexOf(':') + 1);
    if (plain.equals("permissions") && value instanceof Set<?> permissions) {
      Set<PosixFilePermission> checked = new HashSet<>();
      permissions.forEach(permission -> checked.add((PosixFilePermission) permission));
      setPermissions(checked);
    } else if (plain.equals("owner") && value instanceof UserPrincipal owner) {
      setOwner(owner);
    } else if (plain.equals("group") && value instanceof GroupPrincipal group) {
      setGroup(group);
    } else if (plain.equals("lastModifiedTime") && value instanceof FileTime time) {
      setTimes(time, null, null);
    } else {
      throw new IllegalArgumentException(
          "'%s' can't be set to %s; of the basic view lastModifiedTime can, of posix %s"
              .formatted(name, value, OF_POSIX));
    }
  }
}
