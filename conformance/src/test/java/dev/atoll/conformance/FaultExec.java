package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.atoll.conformance.FaultServer.Door;
import dev.atoll.protocol.router.TaskExecStartRequest;
import dev.atoll.protocol.router.TaskExecStdinWriteRequest;
import dev.atoll.protocol.router.TaskExecStdioReadRequest;
import dev.atoll.protocol.router.TaskExecStdoutConfig;
import dev.atoll.protocol.router.TaskExecWaitRequest;
import dev.atoll.protocol.router.TaskExecWaitResponse;
import java.io.IOException;
import java.util.UUID;

/** An exec with its input, its output and its end, in the sandbox that runs all the time. */
final class FaultExec implements FaultScenario {
  /** When the server is killed. */
  enum Cut {
    /** When a thread is held. */
    HELD,

    /** When the exec has ended, too. */
    ENDED
  }

  private static final String FIRST = "first\n";
  private static final String SECOND = "second\n";

  private final String key = "exec-" + UUID.randomUUID();
  private final Cut cut;

  FaultExec(Cut cut) {
    this.cut = cut;
  }

  FaultExec() {
    this(Cut.HELD);
  }

  @Override
  public void act(FaultServer server) {
    Door door = server.door(server.sharedId());
    start(door);
    switch (cut) {
      case HELD -> {
        write(door, 0, FIRST, false);
        write(door, FIRST.length(), SECOND, true);
      }
      case ENDED -> write(door, 0, FIRST + SECOND, true);
    }
    var _ = await(door);
  }

  @Override
  public void held(FaultServer server) {
    if (cut == Cut.ENDED) {
      var _ = await(server.door(server.sharedId()));
    }
  }

  @Override
  public void check(FaultServer server) throws IOException {
    Door door = server.door(server.sharedId());
    start(door);
    write(door, 0, FIRST, false);
    write(door, FIRST.length(), SECOND, true);
    assertThat(await(door).getCode()).isEqualTo(3);
    assertThat(output(door)).isEqualTo("run\n" + FIRST + SECOND);
    try (dev.atoll.sdk.Sandbox shared = server.atoll().sandboxes().fromId(server.sharedId())) {
      assertThat(shared.exec("cat", "/tmp/" + key).readText()).isEqualTo("run\n");
    }
    assertThat(MarkedProcesses.with(key)).isEmpty();
  }

  private void start(Door door) {
    var _ =
        door.router()
            .taskExecStart(
                TaskExecStartRequest.newBuilder()
                    .setTaskId(door.taskId())
                    .setExecId(key)
                    .addCommandArgs("sh")
                    .addCommandArgs("-c")
                    .addCommandArgs("echo run | tee -a /tmp/$0; cat; exit 3")
                    .addCommandArgs(key)
                    .setStdoutConfig(TaskExecStdoutConfig.TASK_EXEC_STDOUT_CONFIG_PIPE)
                    .build());
  }

  private void write(Door door, long offset, String data, boolean end) {
    var _ =
        door.router()
            .taskExecStdinWrite(
                TaskExecStdinWriteRequest.newBuilder()
                    .setTaskId(door.taskId())
                    .setExecId(key)
                    .setOffset(offset)
                    .setData(ByteString.copyFromUtf8(data))
                    .setEof(end)
                    .build());
  }

  private TaskExecWaitResponse await(Door door) {
    return door.router()
        .taskExecWait(
            TaskExecWaitRequest.newBuilder().setTaskId(door.taskId()).setExecId(key).build());
  }

  private String output(Door door) {
    StringBuilder output = new StringBuilder();
    door.router()
        .taskExecStdioRead(
            TaskExecStdioReadRequest.newBuilder().setTaskId(door.taskId()).setExecId(key).build())
        .forEachRemaining(piece -> output.append(piece.getData().toStringUtf8()));
    return output.toString();
  }
}
