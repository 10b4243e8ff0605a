package dev.atoll.images.registry;

import dev.atoll.errors.AtollException;
import dev.atoll.images.Progress;
import dev.atoll.images.oci.BlobSource;
import dev.atoll.images.oci.Descriptor;
import dev.atoll.images.oci.TransferException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A repository that is asked of mirrors first. A mirror that fails once, or that gives other bytes
 * than a digest says, is not asked again; the registry itself has the last word.
 */
final class MirroredRepository implements BlobSource {
  private final List<Repository> mirrors;
  private final Repository origin;
  private final Progress progress;
  private final Set<Repository> given = ConcurrentHashMap.newKeySet();
  private final Set<Repository> failed = ConcurrentHashMap.newKeySet();

  MirroredRepository(List<Repository> mirrors, Repository origin, Progress progress) {
    this.mirrors = List.copyOf(mirrors);
    this.origin = origin;
    this.progress = progress;
  }

  private interface Question<T> {
    T ask(Repository repository) throws IOException, InterruptedException;
  }

  @Override
  public Document root() throws IOException, InterruptedException {
    return first(Repository::root);
  }

  @Override
  public byte[] manifest(Descriptor descriptor) throws IOException, InterruptedException {
    return first(repository -> repository.manifest(descriptor));
  }

  @Override
  public InputStream open(Descriptor descriptor) throws IOException, InterruptedException {
    return first(
        repository -> {
          InputStream blob = repository.open(descriptor);
          return repository == origin ? blob : new Doubted(blob, repository);
        });
  }

  /** Of all that have given something: a layer may come from another one than the manifest. */
  @Override
  public Optional<String> guard() {
    return given.stream().map(Repository::guard).flatMap(Optional::stream).findFirst();
  }

  @Override
  public int attempts() {
    return mirrors.size() + TransferException.ATTEMPTS;
  }

  private <T> T first(Question<T> question) throws IOException, InterruptedException {
    List<String> reasons = new ArrayList<>();
    for (Repository mirror : mirrors) {
      if (failed.contains(mirror)) {
        continue;
      }
      try {
        T answer = question.ask(mirror);
        given.add(mirror);
        return answer;
      } catch (AtollException | IOException e) {
        reasons.add(fail(mirror, e));
      }
    }
    try {
      T answer = question.ask(origin);
      given.add(origin);
      return answer;
    } catch (AtollException e) {
      throw reasons.isEmpty()
          ? e
          : new AtollException(
              e.code(), e.getMessage() + "; before it: " + String.join("; ", reasons), e);
    }
  }

  private String fail(Repository mirror, Exception failure) {
    String reason = "mirror " + mirror.host() + ": " + failure.getMessage();
    if (failed.add(mirror)) {
      progress.step(reason);
    }
    return reason;
  }

  /** A mirror's blob: whatever is wrong with it, another source may have the right one. */
  private final class Doubted extends FilterInputStream {
    private final Repository mirror;

    Doubted(InputStream blob, Repository mirror) {
      super(blob);
      this.mirror = mirror;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        return super.read(bytes, offset, length);
      } catch (AtollException | IOException e) {
        throw new TransferException(fail(mirror, e), e);
      }
    }

    @Override
    public long skip(long count) throws IOException {
      return readNBytes((int) Math.min(count, 65_536)).length;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
