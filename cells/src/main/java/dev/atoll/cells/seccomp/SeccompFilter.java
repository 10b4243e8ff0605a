package dev.atoll.cells.seccomp;

import dev.atoll.linux.Errno;
import dev.atoll.linux.MemoryFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Compiles the filter of user processes, equal in effect to the default profile of Docker for its
 * default capabilities: what isn't listed answers EPERM; clone3(2) answers ENOSYS, so that the C
 * library falls back to clone(2), whose flags a filter can see; namespaces can't be made or
 * entered.
 */
public final class SeccompFilter {
  private static final String ALLOWED = "allowed-system-calls.txt";

  private static final int ALLOW = 0x7fff0000;
  private static final int ERRNO = 0x00050000;
  private static final int NOT_EQUAL = 1;
  private static final int EQUAL = 4;
  private static final int MASKED_EQUAL = 7;

  private static final int ARCHITECTURE_X86 = 0x40000003;
  private static final int ARCHITECTURE_X32 = 0x4000003e;
  private static final int ARCHITECTURE_ARM = 0x40000028;

  /** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET (clone(2)). */
  private static final long NAMESPACE_FLAGS = 0x7e020000L;

  /** Linux, 32-bit Linux, and the two with UNAME26 (personality(2)), and the question itself. */
  private static final List<Long> PERSONALITIES =
      List.of(0x0L, 0x8L, 0x20000L, 0x20008L, 0xffffffffL);

  private static final long AF_VSOCK = 40;

  private SeccompFilter() {}

  /**
   * Compiles the filter for this machine's architecture.
   *
   * @return an array of struct sock_filter, as prctl(2) takes it
   */
  public static byte[] compile() {
    try (Arena arena = Arena.ofConfined()) {
      SeccompLibrary library = new SeccompLibrary(arena);
      MemorySegment context = library.initialise(ERRNO | Errno.EPERM);
      try {
        return new Compilation(library, context, arena).run();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        library.release(context);
      }
    }
  }

  /** Rules for calls of 32-bit programs of the same machine are made along with the native ones. */
  private record Compilation(SeccompLibrary library, MemorySegment context, Arena arena) {
    byte[] run() throws IOException {
      if (System.getProperty("os.arch").equals("aarch64")) {
        check(library.addArchitecture(context, ARCHITECTURE_ARM));
      } else {
        check(library.addArchitecture(context, ARCHITECTURE_X86));
        check(library.addArchitecture(context, ARCHITECTURE_X32));
      }
      for (String name : readNames()) {
        add(ALLOW, name);
      }
      for (long personality : PERSONALITIES) {
        add(ALLOW, "personality", 0, EQUAL, personality, 0);
      }
      add(ALLOW, "socket", 0, NOT_EQUAL, AF_VSOCK, 0);
      add(ALLOW, "clone", 0, MASKED_EQUAL, NAMESPACE_FLAGS, 0);
      add(ERRNO | Errno.ENOSYS, "clone3");
      try (MemoryFile file = MemoryFile.create("seccomp")) {
        check(library.export(context, file.descriptor()));
        return file.readAll();
      }
    }

    private void add(int action, String name, long... comparison) {
      int number = library.resolveName(arena, name);
      if (number == -1) {
        // Newer than the installed libseccomp: it stays refused.
        return;
      }
      if (comparison.length == 0) {
        check(library.addRule(context, action, number, 0, MemorySegment.NULL));
        return;
      }
      MemorySegment argument = arena.allocate(SeccompLibrary.COMPARISON);
      argument.set(ValueLayout.JAVA_INT, 0, (int) comparison[0]);
      argument.set(ValueLayout.JAVA_INT, 4, (int) comparison[1]);
      argument.set(ValueLayout.JAVA_LONG, 8, comparison[2]);
      argument.set(ValueLayout.JAVA_LONG, 16, comparison[3]);
      check(library.addRule(context, action, number, 1, argument));
    }

    private static void check(int result) {
      if (result != 0 && result != -Errno.EEXIST) {
        throw new IllegalStateException("libseccomp: " + Errno.describe(-result));
      }
    }

    private static List<String> readNames() throws IOException {
      try (InputStream resource = SeccompFilter.class.getResourceAsStream(ALLOWED)) {
        if (resource == null) {
          throw new IllegalStateException("the resource " + ALLOWED + " is missing");
        }
        return new String(resource.readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .flatMap(line -> List.of(line.split("\\s+")).stream())
            .toList();
      }
    }
  }
}
