package dev.atoll.cells.host;

import dev.atoll.cells.CellException;
import dev.atoll.cells.Exec;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.ExecListener;
import dev.atoll.cells.ExecSpec;
import dev.atoll.cells.Identity;
import dev.atoll.cells.StdinProgress;
import dev.atoll.cells.agent.AgentLink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** One run of the agent's program that looks for FIFOs in folders. */
final class FifoSearch implements ExecListener {
  /** So many bytes of folders' names go into one frame, which takes 1 MiB. */
  private static final int RUN_BYTES = 512 << 10;

  /** What the program prints at most. */
  private static final int MOST_OUTPUT = 64 << 10;

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final CompletableFuture<byte[]> whole = new CompletableFuture<>();

  private FifoSearch() {}

  /** The paths of the FIFOs in those of the folders that have changed since then; all raw. */
  static List<String> in(List<String> folders, Instant since, AgentLink link)
      throws CellException, InterruptedException {
    List<String> found = new ArrayList<>();
    List<String> run = new ArrayList<>();
    int bytes = 0;
    for (String folder : folders) {
      if (bytes + folder.length() > RUN_BYTES) {
        found.addAll(run(run, since, link));
        run.clear();
        bytes = 0;
      }
      run.add(folder);
      bytes += folder.length() + 1;
    }
    if (!run.isEmpty()) {
      found.addAll(run(run, since, link));
    }
    return found;
  }

  private static List<String> run(List<String> folders, Instant since, AgentLink link)
      throws CellException, InterruptedException {
    FifoSearch search = new FifoSearch();
    Exec exec =
        link.exec(
                new ExecSpec(
                    new ExecSpec.Program.FindFifos(since, folders),
                    List.of(),
                    "/",
                    new Identity(0, 0, List.of()),
                    false,
                    new ExecSpec.Output.Pipes(true, ExecSpec.Stderr.DISCARD),
                    Optional.of(LIMIT)),
                search)
            .await();
    try {
      String names = new String(search.whole.get(), StandardCharsets.ISO_8859_1);
      return names.isEmpty() ? List.of() : List.of(names.split("\0"));
    } catch (ExecutionException failure) {
      throw new CellException("no FIFOs can be looked for: " + failure.getMessage(), failure);
    } finally {
      exec.drop();
    }
  }

  @Override
  public void output(Stream stream, long offset, ByteBuffer bytes) {
    if (output.size() + bytes.remaining() > MOST_OUTPUT) {
      whole.completeExceptionally(new CellException("the guest agent names more than it may"));
      return;
    }
    byte[] piece = new byte[bytes.remaining()];
    bytes.get(piece);
    output.writeBytes(piece);
  }

  @Override
  public void outputEnd(Stream stream, long offset) {
    if (stream == Stream.STDOUT) {
      whole.complete(output.toByteArray());
    }
  }

  @Override
  public void stdin(StdinProgress progress) {}

  @Override
  public void exited(ExecEnd end) {
    if (!end.equals(new ExecEnd.Exited(0))) {
      whole.completeExceptionally(new CellException("the search ended with " + end));
    }
  }
}
