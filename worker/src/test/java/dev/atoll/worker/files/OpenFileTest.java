package dev.atoll.worker.files;

import static dev.atoll.worker.files.ScriptedProcess.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atoll.cells.CellEnd;
import dev.atoll.cells.ExecEnd;
import dev.atoll.cells.ExecStartException;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.modal.SystemErrorCode;
import dev.atoll.protocol.modal.SystemErrorMessage;
import dev.atoll.worker.process.TaskProcess;
import dev.atoll.worker.spool.SpoolFolder;
import dev.atoll.worker.spool.SpoolReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class OpenFileTest {
  private static final byte[] NOTHING = {};
  private static final byte[] FINE = answer(0, NOTHING);
  private static final long PATIENCE_MILLIS = 20_000;

  @TempDir Path directory;
  private final AtomicInteger gone = new AtomicInteger();
  private final CompletableFuture<ScriptedProcess> process = new CompletableFuture<>();
  private Outcomes outcomes;
  private OpenFile file;

  @BeforeEach
  void open() {
    SpoolFolder folder = new SpoolFolder(directory, 1 << 20);
    outcomes = new Outcomes(folder.withLimit(200 << 20), "ta-1");
    file =
        new OpenFile(
            "'/tmp/x'",
            new TaskProcess(folder, "file"),
            listener -> {
              ScriptedProcess started = new ScriptedProcess(listener);
              started.says(FINE);
              process.complete(started);
              return started;
            },
            gone::incrementAndGet);
    Operation opening = outcomes.add();
    file.open(opening);
    assertThat(outcome(opening)).isEqualTo(new Outcome.Done());
  }

  @AfterEach
  void end() {
    process.join().close();
  }

  @Test
  void aReadGivesAllPieces() throws IOException {
    process.join().answers(join(answer(-1, bytes("one ")), answer(0, bytes("two"))));
    Operation read = run((access, operation) -> access.read(Long.MAX_VALUE, operation));
    assertThat(outcome(read)).isEqualTo(new Outcome.Done());
    assertThat(output(read)).isEqualTo("one two");
  }

  @Test
  void aLineEndsBehindItsLineEndAndThePositionGoesBack() throws IOException {
    process.join().answers(answer(0, bytes("first\nsecond")), answer(0, new byte[8]));
    Operation line = run(FileAccess::readLine);
    assertThat(output(line)).isEqualTo("first\n");
    byte[] seek = process.join().requests().getLast();
    assertThat(ByteBuffer.wrap(seek).order(ByteOrder.LITTLE_ENDIAN).getLong(8))
        .isEqualTo(-"second".length());
  }

  @Test
  void aLongLineTakesManyPieces() throws IOException {
    byte[] piece = new byte[4 << 10];
    Arrays.fill(piece, (byte) 'x');
    process.join().answers(answer(0, piece), answer(0, bytes("end")), FINE);
    assertThat(output(run(FileAccess::readLine))).hasSize(piece.length + 3).endsWith("xend");
  }

  @Test
  void moreThanTheLimitIsRefusedAndThePositionGoesBack() {
    byte[] piece = new byte[Conversation.PIECE_BYTES];
    byte[][] pieces = new byte[101][];
    Arrays.fill(pieces, 0, 100, answer(-1, piece));
    pieces[100] = answer(0, new byte[1]);
    process.join().answers(join(pieces), answer(0, new byte[8]));
    Operation read = run((access, operation) -> access.read(Long.MAX_VALUE, operation));
    assertThat(error(read).getErrorCode()).isEqualTo(SystemErrorCode.SYSTEM_ERROR_CODE_FBIG);
    assertThat(error(read).getErrorMessage()).contains("'/tmp/x'", "104857600");
    assertThat(process.join().requests()).hasSize(2);
    assertThat(stillServes()).isTrue();
  }

  @Test
  void anErrnoIsToldAgainAndAgainAndTheFileStaysOpen() {
    process.join().answers(answer(28, NOTHING));
    Operation write = run((access, _) -> access.write(ByteBuffer.wrap(bytes("x"))));
    for (int i = 0; i < 11; i++) {
      assertThat(error(write).getErrorCode()).isEqualTo(SystemErrorCode.SYSTEM_ERROR_CODE_NOSPC);
    }
    assertThat(stillServes()).isTrue();
  }

  static Stream<byte[]> lies() {
    byte[] large = answer(0, NOTHING);
    ByteBuffer.wrap(large).order(ByteOrder.LITTLE_ENDIAN).putInt(0, (1 << 20) + 1);
    byte[] negative = answer(0, NOTHING);
    ByteBuffer.wrap(negative).order(ByteOrder.LITTLE_ENDIAN).putInt(0, -1);
    return Stream.of(
        large,
        negative,
        answer(-2, NOTHING),
        answer(5_000, NOTHING),
        answer(-1, NOTHING),
        answer(0, new byte[11]));
  }

  @ParameterizedTest
  @MethodSource("lies")
  void anAnswerThatBreaksTheProtocolEndsTheFile(byte[] lie) {
    process.join().answers(lie);
    Operation read = run((access, operation) -> access.read(10, operation));
    assertThat(error(read).getErrorCode()).isEqualTo(SystemErrorCode.SYSTEM_ERROR_CODE_IO);
    assertThat(stillServes()).isFalse();
    assertThat(process.join().isDropped()).isTrue();
    assertThat(gone).hasValueGreaterThan(0);
  }

  @Test
  void aKilledProcessEndsTheFileAndItsTurns() {
    Operation read = run((access, operation) -> access.read(10, operation));
    Operation waiting = run((access, operation) -> access.read(10, operation));
    process.join().ends(new ExecEnd.Signalled(9, false, false));
    assertThat(error(read).getErrorCode()).isEqualTo(SystemErrorCode.SYSTEM_ERROR_CODE_IO);
    assertThat(error(waiting).getErrorMessage()).contains("not open");
  }

  @Test
  void theEndOfTheSandboxIsNoErrorOfTheFile() {
    Operation read = run((access, operation) -> access.read(10, operation));
    process.join().ends(new ExecEnd.CellEnded(new CellEnd.Destroyed()));
    assertThatThrownBy(() -> outcome(read))
        .isInstanceOfSatisfying(
            AtollException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
  }

  @Test
  void closingLetsGoOfTheProcessAndItsFiles() throws IOException {
    process.join().answers(FINE);
    Operation closing = outcomes.add();
    file.close(closing);
    assertThat(outcome(closing)).isEqualTo(new Outcome.Done());
    assertThat(process.join().isDropped()).isTrue();
    assertThat(gone).hasValue(1);
    assertThat(stillServes()).isFalse();
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void whatCannotStartSaysWhy() {
    OpenFile refused =
        new OpenFile(
            "'x'",
            new TaskProcess(new SpoolFolder(directory, 1 << 20), "other"),
            _ -> {
              throw new ExecStartException("cwd", 2, "no folder");
            },
            gone::incrementAndGet);
    Operation opening = outcomes.add();
    refused.open(opening);
    assertThat(error(opening).getErrorCode()).isEqualTo(SystemErrorCode.SYSTEM_ERROR_CODE_NOENT);
    assertThat(gone).hasValue(1);
  }

  private Operation run(OpenFile.Work work) {
    Operation operation = outcomes.add();
    file.run(operation, work);
    return operation;
  }

  private boolean stillServes() {
    process.join().answers(FINE);
    return outcome(run((access, _) -> access.flush())) instanceof Outcome.Done;
  }

  private static Outcome outcome(Operation operation) {
    try {
      Optional<Outcome> outcome = operation.await(PATIENCE_MILLIS);
      return outcome.orElseThrow();
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  private static SystemErrorMessage error(Operation operation) {
    assertThat(outcome(operation)).isInstanceOf(Outcome.Failed.class);
    return ((Outcome.Failed) outcome(operation)).error();
  }

  private static String output(Operation operation) throws IOException {
    assertThat(outcome(operation)).isEqualTo(new Outcome.Done());
    StringBuilder text = new StringBuilder();
    try (SpoolReader reader = operation.open()) {
      Optional<byte[]> bytes = reader.next(1 << 20);
      while (bytes.isPresent()) {
        text.append(new String(bytes.get(), StandardCharsets.UTF_8));
        bytes = reader.next(1 << 20);
      }
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
    return text.toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] join(byte[]... parts) {
    ByteBuffer all = ByteBuffer.allocate(Stream.of(parts).mapToInt(part -> part.length).sum());
    Stream.of(parts).forEach(all::put);
    return all.array();
  }
}
