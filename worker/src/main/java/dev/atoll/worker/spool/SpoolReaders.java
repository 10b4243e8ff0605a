package dev.atoll.worker.spool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who reads a spool, and which bytes nobody waits for any more. Guarded by the spool's lock.
 *
 * <p>Of a spool that may be cut, the bytes ahead of a reader are held for it while it goes on, and
 * for as long as the patience once it has stopped or gone: the client's next call goes on from
 * there.
 */
final class SpoolReaders {
  private final Optional<Duration> patience;
  private final Set<SpoolReader> open = new HashSet<>();
  private final List<Gone> gone = new ArrayList<>();

  private record Gone(long position, long since) {}

  SpoolReaders(Optional<Duration> patience) {
    this.patience = patience;
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  void add(SpoolReader reader) {
    open.add(reader);
    gone.removeIf(left -> left.position() >= reader.position());
  }

  void remove(SpoolReader reader) {
    gone.removeIf(left -> isOver(left.since()));
    if (open.remove(reader) && patience.isPresent()) {
      gone.add(new Gone(reader.position(), System.nanoTime()));
    }
  }

  /** Below this offset nobody waits for a byte. */
  long passed() {
    if (patience.isEmpty()) {
      return open.stream().mapToLong(SpoolReader::position).min().orElse(0);
    }
    gone.removeIf(left -> isOver(left.since()));
    long left = gone.stream().mapToLong(Gone::position).min().orElse(Long.MAX_VALUE);
    return open.stream()
        .filter(reader -> reader.isWaiting() || !isOver(reader.lastMove()))
        .mapToLong(SpoolReader::position)
        .reduce(left, Math::min);
  }

  private boolean isOver(long since) {
    return patience.isPresent() && System.nanoTime() - since >= patience.get().toNanos();
  }
}
