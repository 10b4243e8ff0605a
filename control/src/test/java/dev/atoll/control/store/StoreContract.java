package dev.atoll.control.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.atoll.control.store.StdinPositionTable.Position;
import dev.atoll.protocol.modal.ImageGetOrCreateRequest;
import dev.atoll.protocol.worker.EndCause;
import dev.atoll.protocol.worker.TaskEnded;
import dev.atoll.protocol.worker.TaskSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the store does, whatever database holds it. Each test has an empty one. */
abstract class StoreContract {
  private static final String DIGEST = Rows.DIGEST;
  private static final long NEVER = Long.MAX_VALUE;

  private Database database;

  /** Opens the test's database; the same one when it is called again. */
  abstract Database open() throws IOException;

  @BeforeEach
  void openStore() throws IOException {
    database = open();
    write(
        handle -> {
          EnvironmentTable.insert(handle, new EnvironmentTable.Row("en-1", "main", true, 1));
          AppTable.insert(handle, new AppTable.Row("ap-1", "en-1", "app", 2));
        });
  }

  @AfterEach
  void closeStore() {
    database.close();
  }

  @Test
  void whatIsWrittenIsThereAfterTheNextOpening() throws IOException {
    write(handle -> SandboxTable.insert(handle, Rows.sandbox("1", Optional.of("name"), 10)));
    database.close();
    database = open();
    assertThat(database.<Optional<SandboxRow>>read(handle -> SandboxTable.byId(handle, "sb-1")))
        .contains(Rows.sandbox("1", Optional.of("name"), 10));
    assertThat(database.<Long>read(SandboxTable::lastCreatedAt)).isEqualTo(10);
  }

  @Test
  void aFailedWriteChangesNothingAndTheNextOneWorks() {
    assertThatThrownBy(
            () ->
                write(
                    handle -> {
                      AppTable.insert(handle, new AppTable.Row("ap-2", "en-1", "other", 3));
                      AppTable.insert(handle, new AppTable.Row("ap-3", "en-1", "app", 4));
                    }))
        .as("two apps of one name")
        .isInstanceOf(UnableToExecuteStatementException.class);
    assertThat(database.<Optional<AppTable.Row>>read(handle -> AppTable.byId(handle, "ap-2")))
        .isEmpty();
    assertThatThrownBy(
            () ->
                write(
                    handle ->
                        AppTable.insert(handle, new AppTable.Row("ap-2", "en-none", "other", 3))))
        .as("an app of no environment")
        .isInstanceOf(UnableToExecuteStatementException.class);
    write(handle -> AppTable.insert(handle, new AppTable.Row("ap-2", "en-1", "other", 3)));
    assertThat(
            database.<Optional<AppTable.Row>>read(
                handle -> AppTable.byName(handle, "en-1", "other")))
        .contains(new AppTable.Row("ap-2", "en-1", "other", 3));
  }

  @Test
  void writesComeOneAfterTheOther() {
    write(handle -> SandboxTable.insert(handle, Rows.sandbox("1", Optional.empty(), 10)));
    int writes = 40;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture.allOf(
              IntStream.range(0, writes)
                  .mapToObj(i -> CompletableFuture.runAsync(this::advanceStdin, threads))
                  .toArray(CompletableFuture[]::new))
          .join();
    }
    assertThat(database.<Position>read(handle -> StdinPositionTable.find(handle, "sb-1")))
        .isEqualTo(new Position(1 + writes, 10L * writes));
    write(handle -> StdinPositionTable.delete(handle, "sb-1"));
    assertThat(database.<Position>read(handle -> StdinPositionTable.find(handle, "sb-1")))
        .isEqualTo(StdinPositionTable.BEGIN);
  }

  private void advanceStdin() {
    write(
        handle -> {
          Position position = StdinPositionTable.find(handle, "sb-1");
          StdinPositionTable.put(
              handle, "sb-1", new Position(position.index() + 1, position.offset() + 10));
        });
  }

  @Test
  void environmentsAreFoundByNameAndSortedByTheirBytes() {
    write(
        handle -> {
          EnvironmentTable.insert(handle, new EnvironmentTable.Row("en-2", "b", false, 3));
          EnvironmentTable.insert(handle, new EnvironmentTable.Row("en-3", "C", false, 3));
          EnvironmentTable.rename(handle, "en-2", "a_ü");
        });
    assertThat(database.<Optional<EnvironmentTable.Row>>read(h -> EnvironmentTable.find(h, "")))
        .contains(new EnvironmentTable.Row("en-1", "main", true, 1));
    assertThat(database.<Optional<EnvironmentTable.Row>>read(h -> EnvironmentTable.find(h, "b")))
        .isEmpty();
    assertThat(database.<List<EnvironmentTable.Row>>read(EnvironmentTable::list))
        .extracting(EnvironmentTable.Row::name)
        .containsExactly("C", "a_ü", "main");
  }

  @Test
  void anEnvironmentGoesWithAllThatItHas() {
    write(
        handle -> {
          SandboxTable.insert(handle, Rows.sandbox("1", Optional.empty(), 10));
          SandboxTagTable.replace(handle, "sb-1", Map.of("k", "v"));
          PendingStartTable.insert(handle, "sb-1", TaskSpec.getDefaultInstance());
          SecretTable.insert(
              handle, new SecretTable.Row("st-1", "en-1", Optional.of("secret"), 5, 5));
          SecretTable.replaceEntries(handle, "st-1", Map.of("KEY", "value"));
          ProxyTable.insert(handle, new ProxyTable.Row("pr-1", "en-1", "proxy", "", 6));
        });
    assertThat(database.<Boolean>read(h -> EnvironmentTable.hasLiveSandbox(h, "en-1"))).isTrue();
    assertThat(database.<List<String>>read(h -> SandboxTable.outputKeptOf(h, "en-1")))
        .containsExactly("ta-1");
    assertThat(database.<List<ProxyTable.Row>>read(h -> ProxyTable.list(h, "en-1"))).hasSize(1);
    write(handle -> EnvironmentTable.delete(handle, "en-1"));
    assertThat(database.<Boolean>read(h -> EnvironmentTable.hasLiveSandbox(h, "en-1"))).isFalse();
    assertThat(database.<List<EnvironmentTable.Row>>read(EnvironmentTable::list)).isEmpty();
    assertThat(database.<Map<String, String>>read(h -> SandboxTagTable.tags(h, "sb-1"))).isEmpty();
    assertThat(database.<Map<String, String>>read(h -> SecretTable.entries(h, "st-1"))).isEmpty();
    assertThat(database.<Optional<TaskSpec>>read(h -> PendingStartTable.find(h, "sb-1"))).isEmpty();
    assertThat(database.<Optional<ProxyTable.Row>>read(h -> ProxyTable.byId(h, "pr-1"))).isEmpty();
  }

  @Test
  void aSandboxGoesThroughItsStates() {
    SandboxRow.Start start = new SandboxRow.Start(20, "runc", "runc 1", "{}");
    TaskEnded end =
        Rows.end("ta-1", 30.5).toBuilder()
            .setCause(EndCause.SIGNALLED)
            .setExitCode(137)
            .setSignal(9)
            .setMessage("it was\0 killed")
            .setPeakMemoryBytes(5L << 30)
            .setCpuMicros(7)
            .build();
    write(
        handle -> {
          SandboxTable.insert(handle, Rows.sandbox("1", Optional.of("name"), 10));
          SandboxTable.running(handle, "sb-1", start);
        });
    SandboxRow running =
        database.<Optional<SandboxRow>>read(h -> SandboxTable.byTask(h, "ta-1")).orElseThrow();
    assertThat(running.state()).isEqualTo(SandboxTable.State.RUNNING);
    assertThat(running.start()).contains(start);
    assertThat(running.end()).isEmpty();
    assertThat(database.<Boolean>read(h -> SandboxTable.imageInUse(h, "im-1"))).isTrue();
    write(
        handle -> {
          SandboxTable.ended(handle, end);
          SandboxTable.ended(handle, end.toBuilder().setExitCode(1).build());
          SandboxTable.running(handle, "sb-1", start);
        });
    SandboxRow ended =
        database.<Optional<SandboxRow>>read(h -> SandboxTable.byId(h, "sb-1")).orElseThrow();
    assertThat(ended.state()).isEqualTo(SandboxTable.State.ENDED);
    assertThat(ended.end()).contains(end.toBuilder().setMessage("it was\uFFFD killed").build());
    assertThat(database.<Boolean>read(h -> SandboxTable.imageInUse(h, "im-1"))).isFalse();
    assertThat(database.<List<String>>read(h -> SandboxTable.outputKeptSince(h, NEVER)))
        .containsExactly("ta-1");
    write(handle -> SandboxTable.outputForgotten(handle, "ta-1"));
    assertThat(database.<List<String>>read(h -> SandboxTable.outputKeptSince(h, NEVER))).isEmpty();
  }

  @Test
  void sandboxesThatEndedLongAgoAreForgottenWithTheirTags() {
    for (int i = 1; i <= 3; i++) {
      SandboxRow row = Rows.sandbox("" + i, Optional.empty(), i);
      write(handle -> SandboxTable.insert(handle, row));
      TaskEnded end = Rows.end(row.taskId(), i == 2 ? 200 : 100);
      write(handle -> SandboxTable.ended(handle, end));
    }
    write(handle -> SandboxTable.insert(handle, Rows.sandbox("4", Optional.empty(), 4)));
    write(handle -> SandboxTagTable.replace(handle, "sb-1", Map.of("k", "v")));
    write(handle -> SandboxTable.outputForgotten(handle, "ta-1"));
    write(handle -> SandboxTable.outputForgotten(handle, "ta-2"));
    long before = Clock.micros(150);
    assertThat(database.<Integer>write(h -> SandboxTable.deleteEndedBefore(h, before, 9))).isOne();
    assertThat(database.<Integer>write(h -> SandboxTable.deleteEndedBefore(h, before, 9))).isZero();
    assertThat(database.<Boolean>read(h -> SandboxTable.byId(h, "sb-1").isPresent())).isFalse();
    assertThat(database.<Map<String, String>>read(h -> SandboxTagTable.tags(h, "sb-1"))).isEmpty();
    for (String kept : List.of("sb-2", "sb-3", "sb-4")) {
      assertThat(database.<Boolean>read(h -> SandboxTable.byId(h, kept).isPresent())).isTrue();
    }
  }

  @Test
  void aNameIsFreeAgainWhenItsSandboxHasEnded() {
    write(handle -> SandboxTable.insert(handle, Rows.sandbox("1", Optional.of("name"), 10)));
    Consumer<Handle> second =
        handle -> SandboxTable.insert(handle, Rows.sandbox("2", Optional.of("name"), 11));
    assertThatThrownBy(() -> write(second)).isInstanceOf(UnableToExecuteStatementException.class);
    write(handle -> SandboxTable.ended(handle, Rows.end("ta-1", 12)));
    write(second);
    assertThat(
            database.<Optional<SandboxRow>>read(
                h -> SandboxTable.lastEndedByName(h, "ap-1", "name")))
        .map(SandboxRow::sandboxId)
        .contains("sb-1");
    assertThat(database.<List<SandboxRow>>read(SandboxTable::live))
        .extracting(SandboxRow::sandboxId)
        .containsExactly("sb-2");
  }

  @Test
  void listingsFilter() {
    write(
        handle -> {
          for (int i = 1; i <= 4; i++) {
            SandboxTable.insert(handle, Rows.sandbox("" + i, Optional.empty(), 10 + i));
          }
          SandboxTagTable.replace(handle, "sb-1", Map.of("k", "v", "l", "w"));
          SandboxTagTable.replace(handle, "sb-2", Map.of("k", "v", "l", "x"));
          SandboxTagTable.replace(handle, "sb-3", Map.of("k", "other"));
          SandboxTagTable.replace(handle, "sb-3", Map.of("k", "v"));
          SandboxTable.ended(
              handle, TaskEnded.newBuilder().setTaskId("ta-2").setCause(EndCause.EXITED).build());
        });
    Optional<String> any = Optional.empty();
    assertThat(list(any, Optional.empty(), false, Map.of()))
        .containsExactly("sb-4", "sb-3", "sb-1");
    assertThat(list(any, Optional.of(13L), true, Map.of())).containsExactly("sb-2", "sb-1");
    assertThat(list(Optional.of("en-1"), Optional.empty(), true, Map.of("k", "v")))
        .containsExactly("sb-3", "sb-2", "sb-1");
    assertThat(list(any, Optional.empty(), true, Map.of("k", "v", "l", "x")))
        .containsExactly("sb-2");
    assertThat(list(Optional.of("en-2"), Optional.empty(), true, Map.of())).isEmpty();
    assertThat(database.<Map<String, String>>read(h -> SandboxTagTable.tags(h, "sb-1")))
        .containsExactly(entry("k", "v"), entry("l", "w"));
  }

  /** The way that official clients list: each page begins before the last one's oldest entry. */
  @Test
  void thousandsAreListedOnceWhileOthersStartAndEnd() {
    int count = 2_500;
    List<String> steady = new ArrayList<>();
    write(
        handle -> {
          for (int i = 0; i < count; i++) {
            SandboxTable.insert(handle, Rows.sandbox("s" + i, Optional.empty(), 1_000 + 2L * i));
            SandboxTable.insert(handle, Rows.sandbox("e" + i, Optional.empty(), 1_001 + 2L * i));
            steady.addFirst("sb-s" + i);
          }
        });
    List<String> listed = new ArrayList<>();
    Optional<Long> before = Optional.empty();
    for (int page = 0; ; page++) {
      List<SandboxRow> rows = rows(Optional.empty(), before, false, Map.of());
      if (rows.isEmpty()) {
        break;
      }
      rows.forEach(row -> listed.add(row.sandboxId()));
      before = Optional.of(rows.getLast().createdAt());
      int now = page;
      write(
          handle -> {
            SandboxTable.insert(handle, Rows.sandbox("n" + now, Optional.empty(), 1_000_000 + now));
            for (int i = now; i < count; i += 40) {
              SandboxTable.ended(
                  handle,
                  TaskEnded.newBuilder().setTaskId("ta-e" + i).setCause(EndCause.EXITED).build());
            }
          });
    }
    assertThat(listed).doesNotHaveDuplicates().noneMatch(id -> id.startsWith("sb-n"));
    listed.removeIf(id -> id.startsWith("sb-e"));
    assertThat(listed).isEqualTo(steady);
  }

  private List<String> list(
      Optional<String> environment,
      Optional<Long> before,
      boolean includeEnded,
      Map<String, String> tags) {
    return rows(environment, before, includeEnded, tags).stream()
        .map(SandboxRow::sandboxId)
        .toList();
  }

  private List<SandboxRow> rows(
      Optional<String> environment,
      Optional<Long> before,
      boolean includeEnded,
      Map<String, String> tags) {
    SandboxTable.Filter filter =
        new SandboxTable.Filter(environment, Optional.of("ap-1"), before, includeEnded, tags);
    return database.read(handle -> SandboxTable.list(handle, filter));
  }

  @Test
  void secretsWithoutANameGoWhenNobodyUsesThem() {
    write(
        handle -> {
          SecretTable.insert(handle, new SecretTable.Row("st-1", "en-1", Optional.empty(), 1, 1));
          SecretTable.insert(handle, new SecretTable.Row("st-2", "en-1", Optional.empty(), 2, 2));
          SecretTable.insert(handle, new SecretTable.Row("st-3", "en-1", Optional.of("n"), 3, 1));
          SecretTable.replaceEntries(handle, "st-2", Map.of("A", "1"));
          SecretTable.replaceEntries(handle, "st-2", Map.of("B", "2\n", "a", "ü"));
          SecretTable.touch(handle, "st-2", 9);
        });
    assertThat(database.<Integer>write(handle -> SecretTable.deleteEphemeral(handle, 5)).intValue())
        .isEqualTo(1);
    assertThat(database.<Optional<SecretTable.Row>>read(h -> SecretTable.byId(h, "st-2")))
        .contains(new SecretTable.Row("st-2", "en-1", Optional.empty(), 2, 9));
    assertThat(database.<Map<String, String>>read(h -> SecretTable.entries(h, "st-2")))
        .containsExactly(entry("B", "2\n"), entry("a", "ü"));
    assertThat(database.<List<SecretTable.Row>>read(h -> SecretTable.named(h, "en-1", NEVER, 10)))
        .extracting(SecretTable.Row::secretId)
        .containsExactly("st-3");
    assertThat(database.<Boolean>write(handle -> SecretTable.delete(handle, "st-3"))).isTrue();
    assertThat(database.<Boolean>write(handle -> SecretTable.delete(handle, "st-3"))).isFalse();
  }

  @Test
  void aBuildEndsOnceAndItsLogStays() {
    ImageGetOrCreateRequest request =
        ImageGetOrCreateRequest.newBuilder().setAppId("ap-\0").build();
    write(
        handle -> {
          ImageTable.insert(
              handle, Rows.image("im-1", Optional.empty(), ImageTable.State.BUILDING));
          PendingBuildTable.insert(handle, "im-1", request);
          ImageTable.insert(
              handle, Rows.image("im-2", Optional.empty(), ImageTable.State.BUILDING));
        });
    assertThat(database.<List<PendingBuildTable.Row>>read(PendingBuildTable::all))
        .containsExactly(new PendingBuildTable.Row("im-1", request));
    assertThat(database.<Integer>write(h -> ImageTable.failForgotten(h, "forgotten")).intValue())
        .isEqualTo(1);
    write(
        handle -> {
          ImageTable.ready(handle, "im-1", DIGEST, new ImageTable.Log(7, "built\0\n"));
          ImageTable.failed(handle, "im-1", "too late", new ImageTable.Log(0, ""));
          PendingBuildTable.delete(handle, "im-1");
        });
    assertThat(database.<Optional<ImageTable.Row>>read(h -> ImageTable.byId(h, "im-1")))
        .contains(Rows.image("im-1", Optional.of(DIGEST), ImageTable.State.READY));
    assertThat(database.<ImageTable.Log>read(h -> ImageTable.buildLog(h, "im-1")))
        .as("no character is lost: positions count them")
        .isEqualTo(new ImageTable.Log(7, "built\uFFFD\n"));
    assertThat(database.<Optional<ImageTable.Row>>read(h -> ImageTable.byId(h, "im-2")))
        .map(row -> row.error().orElseThrow())
        .contains("forgotten");
    assertThat(database.<List<PendingBuildTable.Row>>read(PendingBuildTable::all)).isEmpty();
  }

  @Test
  void aDigestIsForgottenWhenItsLastImageGoes() {
    ImageTable.Row first = Rows.image("im-1", Optional.of(DIGEST), ImageTable.State.READY);
    ImageTable.Row second = Rows.image("im-2", Optional.of(DIGEST), ImageTable.State.READY);
    write(
        handle -> {
          ImageTable.insert(handle, first);
          ImageTable.insert(handle, second);
          ImageTagTable.put(handle, "tiny:1", "im-1", 1);
          ImageTagTable.put(handle, "tiny:1", "im-2", 2);
          ImageTable.define(handle, "definition", "im-1");
          ImageTable.define(handle, "definition", "im-2");
        });
    assertThat(database.<Optional<ImageTable.Row>>read(h -> ImageTable.taggedByDigest(h, DIGEST)))
        .contains(second);
    assertThat(
            database.<Optional<ImageTable.Row>>read(h -> ImageTable.byDefinition(h, "definition")))
        .contains(second);
    write(handle -> ImageTable.delete(handle, second));
    assertThat(database.<Optional<String>>read(h -> ImageTagTable.imageId(h, "tiny:1"))).isEmpty();
    assertThat(database.<List<String>>read(ImageTable::removedDigests)).isEmpty();
    write(handle -> ImageTable.delete(handle, first));
    write(handle -> ImageTable.delete(handle, first));
    assertThat(database.<List<String>>read(ImageTable::removedDigests)).containsExactly(DIGEST);
    write(handle -> ImageTable.insert(handle, first));
    assertThat(database.<List<String>>read(ImageTable::removedDigests)).isEmpty();
    List<String> present = List.of(DIGEST, "sha256:unnamed");
    assertThat(database.<Integer>write(h -> ImageTable.removeUnnamed(h, present)).intValue())
        .isOne();
    assertThat(database.<List<String>>read(ImageTable::removedDigests))
        .containsExactly("sha256:unnamed");
  }

  @Test
  void anImageExpiresUnlessItIsUsed() {
    write(
        handle -> {
          for (String id : List.of("im-1", "im-2", "im-3")) {
            ImageTable.insert(handle, Rows.image(id, Optional.of(DIGEST), ImageTable.State.READY));
          }
          ImageTable.expire(handle, "im-1", 1);
          ImageTable.expire(handle, "im-2", 1);
          ImageTable.renewFor(handle, "im-2", 3_600_000_000L);
          ImageTable.renew(handle, "im-1");
          ImageTable.renew(handle, "im-2");
          ImageTable.renew(handle, "im-3");
        });
    assertThat(database.<List<ImageTable.Row>>read(ImageTable::list))
        .extracting(ImageTable.Row::imageId)
        .containsExactlyInAnyOrder("im-2", "im-3");
    write(handle -> SandboxTable.insert(handle, Rows.sandbox("1", Optional.empty(), 10)));
    assertThat(database.<List<ImageTable.Row>>read(ImageTable::expired))
        .as("a sandbox runs on im-1")
        .isEmpty();
    write(handle -> SandboxTable.ended(handle, Rows.end("ta-1", 12)));
    assertThat(database.<List<ImageTable.Row>>read(ImageTable::expired))
        .extracting(ImageTable.Row::imageId)
        .containsExactly("im-1");
  }

  @Test
  void whatWasStartedIsKeptAsItWas() {
    TaskSpec task = TaskSpec.newBuilder().setTaskId("ta-1\0").addCommand("ü").build();
    write(
        handle -> {
          SandboxTable.insert(handle, Rows.sandbox("1", Optional.empty(), 10));
          PendingStartTable.insert(handle, "sb-1", task);
        });
    assertThat(database.<Optional<TaskSpec>>read(h -> PendingStartTable.find(h, "sb-1")))
        .contains(task);
    write(handle -> PendingStartTable.delete(handle, "sb-1"));
    assertThat(database.<Optional<TaskSpec>>read(h -> PendingStartTable.find(h, "sb-1"))).isEmpty();
  }

  @Test
  void aCallsKeyMeansWhatItMadeLastUntilItIsOld() {
    write(
        handle -> {
          IdempotencyTable.insert(handle, "key", "create", "sb-1", 1);
          IdempotencyTable.insert(handle, "key", "create", "sb-2", 5);
          IdempotencyTable.insert(handle, "key", "other", "sb-3", 2);
        });
    assertThat(database.<Integer>write(h -> IdempotencyTable.deleteBefore(h, 5)).intValue())
        .isEqualTo(1);
    assertThat(database.<Optional<String>>read(h -> IdempotencyTable.find(h, "key", "create")))
        .contains("sb-2");
    assertThat(database.<Optional<String>>read(h -> IdempotencyTable.find(h, "key", "other")))
        .isEmpty();
  }

  @Test
  void tokensAreOfAnEnvironmentOrOfAllAndGoWithIt() {
    TokenTable.Row own = Rows.token("ak-1", Optional.empty(), true);
    TokenTable.Row limited = Rows.token("ak-2", Optional.of("en-2"), false);
    write(
        handle -> {
          EnvironmentTable.insert(handle, new EnvironmentTable.Row("en-2", "other", false, 3));
          TokenTable.insert(handle, own);
          TokenTable.insert(handle, limited);
          TokenTable.used(handle, "ak-2", 9);
        });
    assertThat(database.<List<TokenTable.Row>>read(TokenTable::list))
        .containsExactly(own, limited.usedAt(9));
    write(handle -> EnvironmentTable.delete(handle, "en-2"));
    assertThat(database.<List<TokenTable.Row>>read(TokenTable::list)).containsExactly(own);
    write(TokenTable::deleteOwn);
    assertThat(database.<List<TokenTable.Row>>read(TokenTable::list)).isEmpty();
  }

  private void write(Consumer<Handle> work) {
    database.<Boolean>write(
        handle -> {
          work.accept(handle);
          return true;
        });
  }
}
