package dev.atoll.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Makes system calls by number (syscall(2)), which serves glibc and musl alike and needs no binding
 * for each function. Numbers differ between architectures: use {@link SystemCallNumber}.
 */
final class SystemCall {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle SYSCALL =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("syscall"),
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG),
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(1));

  private SystemCall() {}

  /** The outcome of a call: its value, or minus the errno, as the kernel itself returns it. */
  static long raw(SystemCallNumber number, long... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long result =
          (long)
              SYSCALL.invokeExact(
                  state,
                  (long) number.value(),
                  argument(arguments, 0),
                  argument(arguments, 1),
                  argument(arguments, 2),
                  argument(arguments, 3),
                  argument(arguments, 4),
                  argument(arguments, 5));
      return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Makes a call, repeating it while it answers EINTR, and throws when it fails. */
  static long call(SystemCallNumber number, String object, long... arguments)
      throws LinuxException {
    long result;
    do {
      result = raw(number, arguments);
    } while (result == -Errno.EINTR);
    check(number, object, result);
    return result;
  }

  /** Throws when the outcome of a raw call is an errno. */
  static void check(SystemCallNumber number, String object, long result) throws LinuxException {
    if (result < 0) {
      throw new LinuxException(number.name().toLowerCase(Locale.ROOT), object, (int) -result);
    }
  }

  /** A {@linkplain RawNames raw} string, NUL-terminated; it lives as long as the arena. */
  static long rawString(Arena arena, String raw) {
    if (raw.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a path or name holds a NUL byte");
    }
    return arena.allocateFrom(raw, StandardCharsets.ISO_8859_1).address();
  }

  /** Reads the NUL-terminated string at an offset, {@linkplain RawNames raw}. */
  static String readRawString(MemorySegment memory, long offset) {
    return memory.getString(offset, StandardCharsets.ISO_8859_1);
  }

  /** Bytes as a {@linkplain RawNames raw} string. */
  static String rawText(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** A NUL-terminated string for a call's argument; it lives as long as the arena. */
  static long string(Arena arena, String value) {
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a path or name holds a NUL byte");
    }
    return arena.allocateFrom(value).address();
  }

  private static long argument(long[] arguments, int index) {
    return index < arguments.length ? arguments[index] : 0L;
  }
}
