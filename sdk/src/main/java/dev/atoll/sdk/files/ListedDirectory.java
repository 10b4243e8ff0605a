package dev.atoll.sdk.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** A folder that has been listed; the filter is asked as it is gone through. */
final class ListedDirectory implements DirectoryStream<Path> {
  private final Iterator<Path> entries;
  private final DirectoryStream.Filter<? super Path> filter;
  private boolean taken;
  private volatile boolean closed;

  ListedDirectory(List<Path> entries, DirectoryStream.Filter<? super Path> filter) {
    this.entries = entries.iterator();
    this.filter = filter;
  }

  @Override
  public Iterator<Path> iterator() {
    if (closed || taken) {
      throw new IllegalStateException("A directory stream is gone through once, before its close");
    }
    taken = true;
    return new Iterator<>() {
      private @Nullable Path next;

      @Override
      public boolean hasNext() {
        while (next == null && !closed && entries.hasNext()) {
          Path candidate = entries.next();
          try {
            next = filter.accept(candidate) ? candidate : null;
          } catch (IOException e) {
            throw new DirectoryIteratorException(e);
          }
        }
        return next != null;
      }

      @Override
      public Path next() {
        if (!hasNext() || next == null) {
          throw new NoSuchElementException();
        }
        Path found = next;
        next = null;
        return found;
      }
    };
  }

  @Override
  public void close() {
    closed = true;
  }
}
