package dev.atoll.cells.seccomp;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The functions of libseccomp that Atoll needs (seccomp_init(3), seccomp_rule_add(3)). */
final class SeccompLibrary {
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  /** struct scmp_arg_cmp. */
  static final StructLayout COMPARISON =
      MemoryLayout.structLayout(
          INT.withName("arg"),
          INT.withName("op"),
          ValueLayout.JAVA_LONG.withName("a"),
          ValueLayout.JAVA_LONG.withName("b"));

  private final MethodHandle initialise;
  private final MethodHandle release;
  private final MethodHandle addArchitecture;
  private final MethodHandle resolveName;
  private final MethodHandle addRule;
  private final MethodHandle export;

  SeccompLibrary(Arena arena) {
    SymbolLookup library;
    try {
      library = SymbolLookup.libraryLookup("libseccomp.so.2", arena);
    } catch (IllegalArgumentException e) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "the library libseccomp.so.2 is missing: install the package libseccomp2",
          e);
    }
    initialise = bind(library, "seccomp_init", FunctionDescriptor.of(POINTER, INT));
    release = bind(library, "seccomp_release", FunctionDescriptor.ofVoid(POINTER));
    addArchitecture = bind(library, "seccomp_arch_add", FunctionDescriptor.of(INT, POINTER, INT));
    resolveName =
        bind(library, "seccomp_syscall_resolve_name", FunctionDescriptor.of(INT, POINTER));
    addRule =
        bind(
            library,
            "seccomp_rule_add_array",
            FunctionDescriptor.of(INT, POINTER, INT, INT, INT, POINTER));
    export = bind(library, "seccomp_export_bpf", FunctionDescriptor.of(INT, POINTER, INT));
  }

  MemorySegment initialise(int defaultAction) {
    return (MemorySegment) call(() -> (MemorySegment) initialise.invokeExact(defaultAction));
  }

  void release(MemorySegment context) {
    call(
        () -> {
          release.invokeExact(context);
          return 0;
        });
  }

  int addArchitecture(MemorySegment context, int token) {
    return (int) call(() -> (int) addArchitecture.invokeExact(context, token));
  }

  int resolveName(Arena arena, String name) {
    MemorySegment text = arena.allocateFrom(name);
    return (int) call(() -> (int) resolveName.invokeExact(text));
  }

  int addRule(
      MemorySegment context, int action, int systemCall, int count, MemorySegment comparisons) {
    return (int)
        call(() -> (int) addRule.invokeExact(context, action, systemCall, count, comparisons));
  }

  int export(MemorySegment context, int descriptor) {
    return (int) call(() -> (int) export.invokeExact(context, descriptor));
  }

  private static MethodHandle bind(
      SymbolLookup library, String name, FunctionDescriptor descriptor) {
    return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), descriptor);
  }

  private interface NativeCall {
    Object run() throws Throwable;
  }

  private static Object call(NativeCall call) {
    try {
      return call.run();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
