package dev.atoll.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Memory outside of the heap through which bytes go to and from files. For one thread. */
public final class TransferBuffer implements AutoCloseable {
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment memory;

  /** Allocates a buffer of this many bytes. */
  public TransferBuffer(int capacity) {
    this.memory = arena.allocate(capacity);
  }

  /** Copies bytes to the begin. */
  public void put(byte[] bytes, int offset, int length) {
    MemorySegment.copy(bytes, offset, memory, ValueLayout.JAVA_BYTE, 0, length);
  }

  /** Copies bytes from the begin. */
  public void get(byte[] bytes, int offset, int length) {
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, bytes, offset, length);
  }

  int capacity() {
    return (int) memory.byteSize();
  }

  long address() {
    return memory.address();
  }

  @Override
  public void close() {
    arena.close();
  }
}
