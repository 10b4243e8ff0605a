package dev.atoll.images.store;

import dev.atoll.errors.AtollException;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.LinuxException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Finds what a source of COPY names; wildcards as in Go's filepath.Match. */
final class SourcePaths {
  private static final int MOST_FOUND = 10_000;

  private SourcePaths() {}

  /** Raw paths relative to the image's root, sorted; empty when nothing matches. */
  static List<String> expand(DirectoryDescriptor root, String source) throws LinuxException {
    List<String> found = List.of(".");
    for (String name : ImageFolders.names(source)) {
      List<String> next = new ArrayList<>();
      for (String folder : found) {
        step(root, folder, name, next);
      }
      if (next.size() > MOST_FOUND) {
        throw AtollException.invalid("COPY: '%s' matches more than %d files", source, MOST_FOUND);
      }
      found = next;
    }
    return found;
  }

  private static void step(DirectoryDescriptor root, String folder, String name, List<String> found)
      throws LinuxException {
    try (DirectoryDescriptor opened = root.directory(folder, Resolve.IN_ROOT)) {
      if (!isPattern(name)) {
        if (opened.find(name).isPresent()) {
          found.add(folder + "/" + name);
        }
        return;
      }
      Pattern pattern = compile(name);
      opened.names().stream()
          .filter(each -> pattern.matcher(each).matches())
          .sorted()
          .forEach(each -> found.add(folder + "/" + each));
    } catch (LinuxException e) {
      if (!ImageFiles.isAbsence(e)) {
        throw e;
      }
    }
  }

  private static boolean isPattern(String name) {
    return name.chars().anyMatch(c -> "*?[\\".indexOf(c) >= 0);
  }

  private static Pattern compile(String name) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      switch (c) {
        case '*' -> regex.append(".*");
        case '?' -> regex.append('.');
        case '\\' -> {
          if (++i < name.length()) {
            regex.append(Pattern.quote(name.substring(i, i + 1)));
          }
        }
        case '[' -> {
          int end = name.indexOf(']', i + 2);
          if (end < 0) {
            throw AtollException.invalid("COPY: the pattern '%s' has an open '['", name);
          }
          boolean not = name.charAt(i + 1) == '^';
          String set = name.substring(i + (not ? 2 : 1), end);
          regex.append(not ? "[^" : "[").append(set.replaceAll("([\\[\\]&^\\\\])", "\\\\$1"));
          regex.append(']');
          i = end;
        }
        default -> regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
