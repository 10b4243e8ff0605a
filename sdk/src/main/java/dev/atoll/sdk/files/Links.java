package dev.atoll.sdk.files;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Follows symbolic links, as path_resolution(7) has it. */
final class Links {
  private static final int MOST = 40;

  private final FileOperations operations;

  Links(FileOperations operations) {
    this.operations = operations;
  }

  /** What the link at the path, which is absolute, leads to in the end. */
  FileEntry follow(String path, FileEntry link) throws IOException {
    String at = path;
    FileEntry entry = link;
    for (int hops = 0; entry.linkTarget().isPresent(); hops++) {
      if (hops == MOST) {
        throw tooMany(path);
      }
      String target = entry.linkTarget().get();
      at = target.startsWith("/") ? target : at.substring(0, at.lastIndexOf('/') + 1) + target;
      entry = operations.stat(at);
    }
    return entry;
  }

  /** The absolute path of the same file without links and dots. */
  String realPath(String path) throws IOException {
    Deque<String> todo = new ArrayDeque<>(names(path));
    Deque<String> done = new ArrayDeque<>();
    int hops = 0;
    while (!todo.isEmpty()) {
      String name = todo.removeFirst();
      if (name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        done.pollLast();
        continue;
      }
      done.addLast(name);
      FileEntry entry = operations.stat("/" + String.join("/", done));
      if (entry.linkTarget().isEmpty()) {
        continue;
      }
      if (hops++ == MOST) {
        throw tooMany(path);
      }
      String target = entry.linkTarget().get();
      done.removeLast();
      if (target.startsWith("/")) {
        done.clear();
      }
      names(target).reversed().forEach(todo::addFirst);
    }
    return "/" + String.join("/", done);
  }

  private static List<String> names(String path) {
    return List.of(path.split("/")).stream().filter(name -> !name.isEmpty()).toList();
  }

  private static FileSystemException tooMany(String path) {
    return new FileSystemException(path, null, "too many levels of symbolic links");
  }
}
