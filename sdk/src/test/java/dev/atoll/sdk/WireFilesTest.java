package dev.atoll.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.atoll.protocol.router.TaskCommandRouterGrpc;
import dev.atoll.protocol.router.TaskExecStartRequest;
import dev.atoll.protocol.router.TaskExecStartResponse;
import dev.atoll.protocol.router.TaskExecStdioFileDescriptor;
import dev.atoll.protocol.router.TaskExecStdioReadResponse;
import dev.atoll.protocol.router.TaskExecWaitResponse;
import io.grpc.Status;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a sandbox says of its files is not believed, and its failures are the JDK's. */
class WireFilesTest {
  private static final String ENTRY =
      """
      {"name":"%s","path":"/srv/x","type":"file","size":7,"mode":33188,"permissions":"0644",\
      "owner":"root","group":"root","modified_time":1.5,"symlink_target":null}""";

  private final FakeServer server = new FakeServer().withSandbox();
  private final Atoll client = server.client();
  private final Sandbox sandbox = server.sandbox(client);
  private final Path folder = sandbox.fileSystem().getPath("/srv");

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void aListingAnswersForTheAttributesOfItsEntries() throws IOException {
    says(0, "[" + ENTRY.formatted("a \\\"b\\u00fc") + "]", "");
    try (Stream<Path> entries = Files.list(folder)) {
      Path entry = entries.findFirst().orElseThrow();
      assertThat(entry.toString()).isEqualTo("/srv/a \"bü");
      assertThat(Files.size(entry)).isEqualTo(7);
      assertThat(Files.isRegularFile(entry)).isTrue();
      assertThat(commands()).hasSize(1);
      says(0, ENTRY.formatted("a").replace(":7,", ":8,"), "");
      assertThat(Files.size(folder.resolve(entry.getFileName()))).isEqualTo(8);
      sandbox.exec("touch", "x");
      assertThat(Files.size(entry)).isEqualTo(8);
    }
    assertThat(commands().getLast()).isEqualTo("{\"Stat\":{\"path\":\"/srv/a \\\"bü\"}}");
  }

  @Test
  void answersThatAreNoneAreRefused() {
    for (String answer :
        List.of(
            "", "[", "{}", "[1]", "[{}]", "[" + ENTRY.formatted("x").replace("7", "{}") + "]")) {
      says(0, answer, "");
      assertThat(catchThrowableOfType(FileSystemException.class, () -> Files.list(folder)))
          .as(answer)
          .hasMessageContaining("no valid one");
    }
    for (String name : List.of("", ".", "..", "../etc", "a/b", "/etc", "a\\u0000b")) {
      says(0, "[" + ENTRY.formatted(name) + "]", "");
      assertThat(catchThrowableOfType(FileSystemException.class, () -> Files.list(folder)))
          .as(name)
          .hasMessageContaining("no valid one");
    }
  }

  @Test
  void eachKindOfFailureIsOneOfTheJdks() {
    Map<String, Class<? extends IOException>> kinds = new LinkedHashMap<>();
    kinds.put("NotFound", NoSuchFileException.class);
    kinds.put("PathAlreadyExists", FileAlreadyExistsException.class);
    kinds.put("AlreadyExists", FileAlreadyExistsException.class);
    kinds.put("NotDirectory", NotDirectoryException.class);
    kinds.put("IsFile", NotDirectoryException.class);
    kinds.put("DirectoryNotEmpty", DirectoryNotEmptyException.class);
    kinds.put("PermissionDenied", AccessDeniedException.class);
    kinds.put("SomethingNew", FileSystemException.class);
    kinds.forEach(
        (kind, expected) -> {
          says(1, "", "{\"version\":1,\"error_kind\":\"%s\",\"message\":\"so\"}".formatted(kind));
          assertThat(catchThrowableOfType(IOException.class, () -> Files.delete(folder)))
              .isExactlyInstanceOf(expected)
              .hasMessageContaining("/srv");
        });
    for (String garbage : List.of("", "killed", "[]", "{\"error_kind\":\"NotFound\"}", "null")) {
      says(9, "", garbage);
      assertThat(catchThrowableOfType(FileSystemException.class, () -> Files.delete(folder)))
          .as(garbage)
          .isExactlyInstanceOf(FileSystemException.class)
          .hasMessageContaining("exit code 9");
    }
  }

  @Test
  void whatFailsOnTheWayIsAnIoExceptionWithItsCause() {
    server.unary(
        TaskCommandRouterGrpc.getTaskExecStartMethod(),
        q -> {
          throw FakeServer.failure(Status.Code.NOT_FOUND, "the sandbox has ended");
        });
    assertThat(catchThrowableOfType(FileSystemException.class, () -> Files.size(folder)))
        .isExactlyInstanceOf(FileSystemException.class)
        .hasMessageContaining("the sandbox has ended")
        .hasCauseInstanceOf(NotFoundException.class);
    CountDownLatch end = new CountDownLatch(1);
    server.unary(
        TaskCommandRouterGrpc.getTaskExecStartMethod(),
        q -> {
          awaitEnd(end);
          return TaskExecStartResponse.getDefaultInstance();
        });
    Thread.currentThread().interrupt();
    assertThat(catchThrowableOfType(InterruptedIOException.class, () -> Files.size(folder)))
        .isNotNull();
    assertThat(Thread.interrupted()).isTrue();
    end.countDown();
  }

  private static void awaitEnd(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How every program that is run from now on ends, and what it writes. */
  private void says(int exitCode, String output, String errors) {
    server.stream(
        TaskCommandRouterGrpc.getTaskExecStdioReadMethod(),
        (request, out) -> {
          boolean stdout =
              request.getFileDescriptor()
                  == TaskExecStdioFileDescriptor.TASK_EXEC_STDIO_FILE_DESCRIPTOR_STDOUT;
          String text = stdout ? output : errors;
          if (!text.isEmpty()) {
            out.onNext(
                TaskExecStdioReadResponse.newBuilder()
                    .setData(ByteString.copyFromUtf8(text))
                    .build());
          }
        });
    server.unary(
        TaskCommandRouterGrpc.getTaskExecWaitMethod(),
        q -> TaskExecWaitResponse.newBuilder().setCode(exitCode).build());
  }

  private List<String> commands() {
    return server.calls(TaskCommandRouterGrpc.getTaskExecStartMethod()).stream()
        .map(call -> ((TaskExecStartRequest) call.request()).getCommandArgs(1))
        .toList();
  }
}
