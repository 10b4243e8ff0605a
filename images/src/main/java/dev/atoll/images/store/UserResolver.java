package dev.atoll.images.store;

import dev.atoll.errors.AtollException;
import dev.atoll.images.ImageUser;
import dev.atoll.linux.DirectoryDescriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Resolves a USER value, {@code user[:group]}, each a name or a number, in an image's own passwd(5)
 * and group(5). A name is looked for first; a number need not be listed.
 */
final class UserResolver {
  private static final int MOST_BYTES = 8 << 20;
  private static final int ROOT = 0;

  private final List<String[]> passwd;
  private final List<String[]> group;

  private UserResolver(DirectoryDescriptor root) throws IOException {
    passwd = table(root, "etc/passwd", 7);
    group = table(root, "etc/group", 4);
  }

  /** Resolves it; empty is root. */
  static ImageUser resolve(DirectoryDescriptor root, String user) throws IOException {
    String[] parts = user.split(":", 2);
    if (user.indexOf('\0') >= 0 || user.length() > 256) {
      throw AtollException.invalid("the user is no user[:group] of at most 256 characters");
    }
    return new UserResolver(root)
        .resolve(
            parts[0].isEmpty() ? "0" : parts[0],
            parts.length == 2 && !parts[1].isEmpty() ? Optional.of(parts[1]) : Optional.empty());
  }

  private ImageUser resolve(String user, Optional<String> groupName) {
    Optional<String[]> line = find(passwd, user);
    OptionalInt number = number(user);
    if (line.isEmpty() && number.isEmpty()) {
      throw AtollException.invalid(
          "unknown user '%s': the image's /etc/passwd has no such name", user);
    }
    int uid = line.isPresent() ? id(line.get(), 2) : number.getAsInt();
    String name = line.map(fields -> fields[0]).orElse(user);
    String home =
        line.map(fields -> fields[5]).filter(folder -> folder.startsWith("/")).orElse("/");
    if (groupName.isPresent()) {
      return new ImageUser(name, uid, groupId(groupName.get()), List.of(), home);
    }
    int gid = line.isPresent() ? id(line.get(), 3) : ROOT;
    return new ImageUser(name, uid, gid, supplementary(name, gid), home);
  }

  private int groupId(String name) {
    Optional<String[]> line = find(group, name);
    if (line.isPresent()) {
      return id(line.get(), 2);
    }
    return number(name)
        .orElseThrow(
            () ->
                AtollException.invalid(
                    "unknown group '%s': the image's /etc/group has no such name", name));
  }

  private List<Integer> supplementary(String name, int primary) {
    List<Integer> groups = new ArrayList<>();
    for (String[] fields : group) {
      int gid = id(fields, 2);
      if (gid != primary && List.of(fields[3].split(",")).contains(name) && !groups.contains(gid)) {
        groups.add(gid);
      }
    }
    return groups;
  }

  /** By name, else by number. */
  private static Optional<String[]> find(List<String[]> table, String key) {
    for (String[] fields : table) {
      if (fields[0].equals(key)) {
        return Optional.of(fields);
      }
    }
    OptionalInt number = number(key);
    return number.isEmpty()
        ? Optional.empty()
        : table.stream().filter(fields -> id(fields, 2) == number.getAsInt()).findFirst();
  }

  private static int id(String[] fields, int index) {
    return number(fields[index]).orElseThrow();
  }

  private static OptionalInt number(String text) {
    return text.matches("[0-9]{1,9}|1[0-9]{9}|20[0-9]{8}")
        ? OptionalInt.of(Integer.parseInt(text))
        : OptionalInt.empty();
  }

  /** The well-formed lines of a table. */
  private static List<String[]> table(DirectoryDescriptor root, String path, int columns)
      throws IOException {
    List<String[]> table = new ArrayList<>();
    String text = ImageFiles.readText(root, path, MOST_BYTES).orElse("");
    for (String line : text.split("\n")) {
      String[] fields = line.split(":", -1);
      boolean numbers =
          fields.length == columns
              && number(fields[2]).isPresent()
              && (columns == 4 || number(fields[3]).isPresent());
      if (numbers && !fields[0].isEmpty()) {
        table.add(fields);
      }
    }
    return table;
  }
}
