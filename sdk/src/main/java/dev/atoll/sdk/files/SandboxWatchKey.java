package dev.atoll.sdk.files;

import dev.atoll.sdk.files.FileOperations.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.Watchable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A folder that is watched. The program in the sandbox doesn't say from when on it watches, so the
 * folder is listed before it starts and once more a little later: what has changed without an event
 * gets one then. Thread-safe.
 */
final class SandboxWatchKey implements WatchKey {
  private static final int MOST_EVENTS = 512;
  private static final Duration SETTLING = Duration.ofMillis(500);

  private final ReentrantLock lock = new ReentrantLock();
  private final SandboxWatchService service;
  private final FileOperations operations;
  private final SandboxPath folder;
  private final String path;
  private final Set<WatchEvent.Kind<?>> kinds;
  private final FileOperations.Watch watch;
  // Names that had an event, until the second listing.
  private final Set<String> told = new HashSet<>();
  private boolean settled;
  private List<Happened> events = new ArrayList<>();
  private boolean signalled;
  private volatile boolean valid = true;

  private record Happened(WatchEvent.Kind<?> kind, @Nullable Path context, int count) {
    WatchEvent<?> event() {
      return new WatchEvent<@Nullable Object>() {
        @Override
        @SuppressWarnings("unchecked") // a kind is a name with the type of its context
        public Kind<@Nullable Object> kind() {
          return (Kind<@Nullable Object>) kind;
        }

        @Override
        public int count() {
          return count;
        }

        @Override
        public @Nullable Object context() {
          return context;
        }
      };
    }
  }

  private SandboxWatchKey(
      SandboxWatchService service,
      FileOperations operations,
      SandboxPath folder,
      Set<WatchEvent.Kind<?>> kinds)
      throws IOException {
    this.service = service;
    this.operations = operations;
    this.folder = folder;
    this.path = folder.toAbsolutePath().toString();
    this.kinds = kinds;
    this.watch = operations.watch(path, names(kinds));
  }

  static SandboxWatchKey begin(
      SandboxWatchService service,
      FileOperations operations,
      SandboxPath folder,
      Set<WatchEvent.Kind<?>> kinds)
      throws IOException {
    List<FileEntry> before = operations.list(folder.toAbsolutePath().toString());
    SandboxWatchKey key = new SandboxWatchKey(service, operations, folder, kinds);
    Thread.ofVirtual().name("watch-" + folder).start(key::follow);
    Thread.ofVirtual().name("watch-begin-" + folder).start(() -> key.compareWith(before));
    return key;
  }

  /** The program's names for what is to be told. */
  private static List<String> names(Set<WatchEvent.Kind<?>> kinds) {
    Set<String> names = new HashSet<>(Set.of("Remove", "Unknown"));
    if (kinds.contains(StandardWatchEventKinds.ENTRY_CREATE)) {
      names.addAll(Set.of("Create", "Rename", "RenameTo"));
    }
    if (kinds.contains(StandardWatchEventKinds.ENTRY_DELETE)) {
      names.addAll(Set.of("Rename", "RenameFrom"));
    }
    if (kinds.contains(StandardWatchEventKinds.ENTRY_MODIFY)) {
      names.add("Modify");
    }
    return List.copyOf(names);
  }

  private void follow() {
    try {
      while (valid) {
        Optional<Event> event = watch.next();
        if (event.isEmpty()) {
          break;
        }
        take(event.get());
      }
    } catch (IOException | RuntimeException ended) {
      // The sandbox, its connection or the program has ended: the key says so by being invalid.
    } finally {
      end();
    }
  }

  private void take(Event event) {
    if (event.type().equals("Unknown")) {
      add(StandardWatchEventKinds.OVERFLOW, null);
      return;
    }
    if (event.paths().equals(List.of(path))) {
      if (event.type().equals("Remove")) {
        valid = false;
      }
      return;
    }
    for (int i = 0; i < event.paths().size(); i++) {
      String changed = event.paths().get(i);
      String name = changed.substring(changed.lastIndexOf('/') + 1);
      switch (event.type()) {
        case "Create", "RenameTo" -> add(StandardWatchEventKinds.ENTRY_CREATE, name);
        case "Remove", "RenameFrom" -> add(StandardWatchEventKinds.ENTRY_DELETE, name);
        case "Modify" -> add(StandardWatchEventKinds.ENTRY_MODIFY, name);
        case "Rename" ->
            add(
                i == 0
                    ? StandardWatchEventKinds.ENTRY_DELETE
                    : StandardWatchEventKinds.ENTRY_CREATE,
                name);
        default -> {}
      }
    }
  }

  private void compareWith(List<FileEntry> before) {
    Map<String, FileEntry> gone = new HashMap<>();
    before.forEach(entry -> gone.put(entry.name(), entry));
    try {
      Thread.sleep(SETTLING);
      if (!valid) {
        return;
      }
      for (FileEntry now : operations.list(path)) {
        FileEntry old = gone.remove(now.name());
        if (old == null) {
          addIfUntold(StandardWatchEventKinds.ENTRY_CREATE, now.name());
        } else if (!old.equals(now)) {
          addIfUntold(StandardWatchEventKinds.ENTRY_MODIFY, now.name());
        }
      }
      gone.keySet().forEach(name -> addIfUntold(StandardWatchEventKinds.ENTRY_DELETE, name));
    } catch (IOException | InterruptedException | RuntimeException ended) {
      // The folder has gone: whoever follows its events finds out.
    } finally {
      lock.lock();
      settled = true;
      told.clear();
      lock.unlock();
    }
  }

  private void addIfUntold(WatchEvent.Kind<Path> kind, String name) {
    lock.lock();
    try {
      if (!told.contains(name)) {
        add(kind, name);
      }
    } finally {
      lock.unlock();
    }
  }

  private void add(WatchEvent.Kind<?> kind, @Nullable String name) {
    lock.lock();
    try {
      if (name != null) {
        if (!settled) {
          told.add(name);
        }
        if (!kinds.contains(kind)) {
          return;
        }
      }
      Path context = name == null ? null : SandboxPath.parse(folder.getFileSystem(), name);
      Happened last = events.isEmpty() ? null : events.getLast();
      if (last != null && last.kind == kind && Objects.equals(last.context, context)) {
        events.set(events.size() - 1, new Happened(kind, context, last.count + 1));
      } else if (events.size() < MOST_EVENTS) {
        events.add(new Happened(kind, context, 1));
      } else {
        events = new ArrayList<>(List.of(new Happened(StandardWatchEventKinds.OVERFLOW, null, 1)));
      }
      signal();
    } finally {
      lock.unlock();
    }
  }

  private void signal() {
    if (!signalled) {
      signalled = true;
      service.signal(this);
    }
  }

  /** The folder has gone, or the watch of it has ended: whoever waits is told. */
  private void end() {
    lock.lock();
    try {
      valid = false;
      signal();
    } finally {
      lock.unlock();
    }
    watch.close();
  }

  @Override
  public boolean isValid() {
    return valid;
  }

  @Override
  public List<WatchEvent<?>> pollEvents() {
    lock.lock();
    try {
      List<WatchEvent<?>> taken = new ArrayList<>();
      events.forEach(happened -> taken.add(happened.event()));
      events = new ArrayList<>();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean reset() {
    lock.lock();
    try {
      if (valid && signalled) {
        signalled = false;
        if (!events.isEmpty()) {
          signal();
        }
      }
      return valid;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void cancel() {
    lock.lock();
    try {
      valid = false;
      signalled = true;
    } finally {
      lock.unlock();
    }
    watch.close();
  }

  @Override
  public Watchable watchable() {
    return folder;
  }
}
