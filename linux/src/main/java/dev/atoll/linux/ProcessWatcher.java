package dev.atoll.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells when processes end, through one platform thread that waits on their descriptors (epoll(7)),
 * whoever their parent is. A process that is a child of this one is reaped. Not for processes that
 * {@link ProcessBuilder} has started: the JDK waits for those itself. Thread-safe.
 */
public final class ProcessWatcher implements AutoCloseable {
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLL_CTL_DEL = 2;
  private static final int EPOLLIN = 1;
  private static final long EPOLL_CLOEXEC = 0x80000;
  private static final long EFD_CLOEXEC = 0x80000;
  private static final int MOST_EVENTS = 64;
  private static final long WAKE = 0;

  /** struct epoll_event is packed on x86-64 only. */
  private static final int DATA_OFFSET = System.getProperty("os.arch").equals("aarch64") ? 8 : 4;

  private static final int EVENT_SIZE = DATA_OFFSET + 8;
  private static final ValueLayout.OfLong DATA =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.nativeOrder());

  private final Descriptor poll;
  private final Descriptor wake;
  private final Thread thread;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicLong nextKey = new AtomicLong(WAKE);
  private final Map<Long, Watch> watches = new ConcurrentHashMap<>();

  private record Watch(ProcessDescriptor process, CompletableFuture<Integer> ended) {}

  private ProcessWatcher(Descriptor poll, Descriptor wake) {
    this.poll = poll;
    this.wake = wake;
    this.thread = Thread.ofPlatform().daemon().name("process-watcher").unstarted(this::run);
  }

  /** Starts the thread. */
  public static ProcessWatcher start() throws LinuxException {
    Descriptor poll =
        Descriptor.own(SystemCall.call(SystemCallNumber.EPOLL_CREATE1, "", EPOLL_CLOEXEC));
    Descriptor wake =
        Descriptor.own(SystemCall.call(SystemCallNumber.EVENTFD2, "", 0, EFD_CLOEXEC));
    ProcessWatcher watcher = new ProcessWatcher(poll, wake);
    watcher.control(EPOLL_CTL_ADD, wake.number(), WAKE);
    watcher.thread.start();
    return watcher;
  }

  /**
   * A future that completes when the process has ended: with its wait status (waitpid(2)), or with
   * -1 when it was not a child of this process and nobody knows. It completes on the watcher's
   * thread: what follows it must not block. The descriptor must stay open until then.
   */
  public CompletableFuture<Integer> watch(ProcessDescriptor process) throws LinuxException {
    long key = nextKey.incrementAndGet();
    CompletableFuture<Integer> ended = new CompletableFuture<>();
    watches.put(key, new Watch(process, ended));
    try {
      control(EPOLL_CTL_ADD, process.descriptor(), key);
    } catch (LinuxException e) {
      watches.remove(key);
      throw e;
    }
    return ended;
  }

  /** Ends the thread. Futures that are still open never complete. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1L);
      SystemCall.raw(SystemCallNumber.WRITE, wake.number(), one.address(), 8);
    }
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    poll.close();
    wake.close();
  }

  private void run() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment events = arena.allocate((long) EVENT_SIZE * MOST_EVENTS, 8);
      while (!closed.get()) {
        long count =
            SystemCall.raw(
                SystemCallNumber.EPOLL_PWAIT,
                poll.number(),
                events.address(),
                MOST_EVENTS,
                -1,
                0,
                8);
        for (long i = 0; i < count; i++) {
          ended(events.get(DATA, i * EVENT_SIZE + DATA_OFFSET));
        }
      }
    }
  }

  private void ended(long key) {
    Watch watch = watches.remove(key);
    if (watch == null) {
      return;
    }
    SystemCall.raw(
        SystemCallNumber.EPOLL_CTL, poll.number(), EPOLL_CTL_DEL, watch.process().descriptor(), 0);
    watch.ended().complete(watch.process().reap().orElse(-1));
  }

  private void control(int operation, int descriptor, long key) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment event = arena.allocate(EVENT_SIZE, 8);
      event.set(ValueLayout.JAVA_INT, 0, EPOLLIN);
      event.set(DATA, DATA_OFFSET, key);
      SystemCall.call(
          SystemCallNumber.EPOLL_CTL,
          Integer.toString(descriptor),
          poll.number(),
          operation,
          descriptor,
          event.address());
    }
  }
}
