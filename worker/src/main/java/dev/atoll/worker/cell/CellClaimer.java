package dev.atoll.worker.cell;

import dev.atoll.cells.Cell;
import dev.atoll.cells.CellEnd;
import dev.atoll.cells.CellException;
import dev.atoll.cells.Claim;
import dev.atoll.cells.RefusedException;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Image;
import dev.atoll.images.ImageStore;
import dev.atoll.images.ImageStore.TrustBundle;
import dev.atoll.images.RootFilesystem;
import dev.atoll.linux.IdMapping;
import dev.atoll.worker.calls.Native;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes claimed cells. Thread-safe. */
public final class CellClaimer {
  private static final Logger log = LoggerFactory.getLogger(CellClaimer.class);

  private final CellPool pool;
  private final IdMapping idMapping;
  private final ImageStore images;
  private final Native threads;

  /**
   * A claimer over a pool of cells and the images.
   *
   * @param idMapping of the pool's host
   */
  public CellClaimer(CellPool pool, IdMapping idMapping, ImageStore images, Native threads) {
    this.pool = pool;
    this.idMapping = idMapping;
    this.images = images;
    this.threads = threads;
  }

  /**
   * Takes a cell, waiting or booted now, and claims it for an image. A cell that died waiting,
   * unnoticed yet, costs the time of a boot, not the claim. Call it on a platform thread: it blocks
   * for milliseconds, or for a boot, in system calls.
   *
   * @throws AtollException INVALID_ARGUMENT when the memory limit is below what a cell needs
   * @throws IOException when this host can't; nothing of the cell is left
   * @throws InterruptedException when the thread is interrupted; nothing of the cell is left
   */
  public ClaimedCell claim(Image image, ClaimSettings settings)
      throws IOException, InterruptedException {
    try {
      return claim(image, settings, pool::take);
    } catch (StaleCellException dead) {
      log.info("another cell is booted: {}", dead.getMessage());
      return claim(image, settings, pool::boot);
    }
  }

  private ClaimedCell claim(Image image, ClaimSettings settings, CellSource cells)
      throws IOException, InterruptedException {
    Future<Prepared> preparing = threads.mounts().submit(() -> prepare(image, settings));
    CellPool.Taken taken;
    long start = System.nanoTime();
    try {
      taken = cells.take();
    } catch (IOException | InterruptedException | RuntimeException failure) {
      discard(preparing);
      throw failure;
    }
    try {
      return claim(taken, preparing, settings, micros(start, System.nanoTime()));
    } catch (IOException failure) {
      // It may have died, its folders with it; nothing of the user's has run in it.
      if (taken.pooled() && !(failure instanceof RefusedException)) {
        throw new StaleCellException(failure);
      }
      throw failure;
    }
  }

  private ClaimedCell claim(
      CellPool.Taken taken, Future<Prepared> preparing, ClaimSettings settings, long cellMicros)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    Prepared prepared;
    long networked;
    try {
      // While the root is being prepared: nothing of a user's runs before the claim.
      taken.cell().networkPolicy(settings.network());
      if (settings.sourceAddress().isPresent()) {
        taken.cell().sourceAddress(settings.sourceAddress().get());
      }
      networked = System.nanoTime();
      prepared = preparing.get();
    } catch (ExecutionException failure) {
      taken.cell().destroy();
      throw asIoException(failure);
    } catch (IOException | InterruptedException | RuntimeException failure) {
      taken.cell().destroy();
      discard(preparing);
      throw failure;
    }
    return join(taken, prepared, settings, cellMicros, micros(start, networked));
  }

  private ClaimedCell join(
      CellPool.Taken taken,
      Prepared prepared,
      ClaimSettings settings,
      long cellMicros,
      long networkMicros)
      throws IOException, InterruptedException {
    Cell cell = taken.cell();
    try {
      long start = System.nanoTime();
      Path root = cell.dockEntry();
      prepared.root().mountAt(root);
      long mounted = System.nanoTime();
      List<Claim.Mount> mounts = mountTrust(cell, prepared.trust());
      cell.limit(settings.limits());
      cell.claim(
          new Claim(
              root,
              settings.hostname(),
              NetworkFiles.of(cell, settings.hostname()),
              mounts,
              Optional.of(settings.lifetime())));
      long claimed = System.nanoTime();
      return new ClaimedCell(
          cell,
          prepared.root(),
          root,
          prepared.trust().map(TrustBundle::environment).orElse(Map.of()),
          new ClaimTimings(
              taken.pooled(),
              cellMicros,
              prepared.micros() + micros(start, mounted),
              networkMicros,
              micros(mounted, claimed)));
    } catch (IOException | InterruptedException | RuntimeException failure) {
      boolean tooLittle = needsMoreMemory(cell, settings.limits().memoryBytes());
      cell.destroy();
      close(prepared.root());
      if (failure instanceof CellException && tooLittle) {
        throw new AtollException(
            ErrorCode.INVALID_ARGUMENT,
            "the memory limit of %d MiB is too little: a sandbox needs more for itself; raise it"
                .formatted(settings.limits().memoryBytes() >> 20),
            failure);
      }
      if (failure instanceof RefusedException refusal) {
        Optional<AtollException> image = StartFailure.explain(refusal);
        if (image.isPresent()) {
          throw image.get();
        }
      }
      throw failure;
    }
  }

  /** Whether a blank cell has used more than the limit, or was killed for it. */
  private static boolean needsMoreMemory(Cell cell, long limit) {
    CellEnd end = cell.ended().getNow(new CellEnd.Destroyed());
    return end instanceof CellEnd.OutOfMemory || cell.usage().peakMemoryBytes() > limit;
  }

  private List<Claim.Mount> mountTrust(Cell cell, Optional<TrustBundle> trust) throws IOException {
    if (trust.isEmpty()) {
      return List.of();
    }
    Path folder = cell.dockEntry();
    images.mountTrust(trust.get(), folder);
    return List.of(
        new Claim.Mount(folder.resolve(trust.get().file()), trust.get().target(), true, true));
  }

  private Prepared prepare(Image image, ClaimSettings settings) throws IOException {
    long start = System.nanoTime();
    Optional<TrustBundle> trust = images.trustBundle(image);
    RootFilesystem root = images.rootFilesystem(image, idMapping, settings.diskLimit());
    return new Prepared(root, trust, micros(start, System.nanoTime()));
  }

  /** Waits for a preparation that nobody wants any more: its folder must not stay behind. */
  private static void discard(Future<Prepared> preparing) {
    boolean interrupted = Thread.interrupted();
    try {
      close(preparing.get().root());
    } catch (ExecutionException failure) {
      log.debug("the root file system could not be prepared either", failure);
    } catch (InterruptedException again) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(RootFilesystem root) {
    try {
      root.close();
    } catch (IOException left) {
      log.warn("a root file system could not be discarded; the next start removes it", left);
    }
  }

  private static IOException asIoException(ExecutionException failure) {
    return switch (failure.getCause()) {
      case IOException known -> known;
      case RuntimeException defect -> throw defect;
      case null, default -> new IOException(failure);
    };
  }

  private static long micros(long from, long to) {
    return TimeUnit.NANOSECONDS.toMicros(to - from);
  }

  @FunctionalInterface
  private interface CellSource {
    CellPool.Taken take() throws CellException, InterruptedException;
  }

  /** The waiting cell was no good. */
  private static final class StaleCellException extends IOException {
    private static final long serialVersionUID = 1L;

    StaleCellException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  private record Prepared(RootFilesystem root, Optional<TrustBundle> trust, long micros) {}
}
