package dev.atoll.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The agent in kernel namespaces, and what can only be seen or done there. */
class NamespaceAgentIT extends AgentContract {
  @Override
  TestCell boot() throws IOException {
    return new NamespaceCell();
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.count();
    }
  }

  @Test
  void manyExecsLeaveNothingBehind() throws IOException {
    worker.claim();
    assertThat(worker.shell(1, "true").code()).isZero();
    worker.send(Frame.PING, 0, new byte[0]);
    worker.await(Frame.PONG, 0);
    Path proc = ((NamespaceCell) cell).agentProc();
    long descriptors = count(proc.resolve("fd"));
    for (int exec = 2; exec < 502; exec++) {
      if (exec % 5 == 0) {
        worker.send(Frame.EXEC, exec, Worker.command(1, "none").bytes());
        worker.await(Frame.STARTED, exec);
      } else {
        assertThat(worker.shell(exec, "exit 6").code()).isEqualTo(6);
      }
    }
    worker.send(Frame.PING, 0, new byte[0]);
    worker.await(Frame.PONG, 0);
    assertThat(count(proc.resolve("fd"))).isEqualTo(descriptors);
    String children = Files.readString(proc.resolve("task/" + proc.getFileName() + "/children"));
    assertThat(children.strip().split(" ")).as("the users' init only").hasSize(1);
    worker.close();
    worker = cell.accept();
    assertThat(worker.hello.body().getInt(4)).as("execs known").isZero();
  }

  @Test
  void theDeathOfTheUsersInitIsReported() throws IOException {
    worker.claim();
    worker.start(1, Worker.command(0, "sleep", "600"));
    Path proc = ((NamespaceCell) cell).agentProc();
    String children = Files.readString(proc.resolve("task/" + proc.getFileName() + "/children"));
    long init =
        Stream.of(children.strip().split(" ")).mapToLong(Long::parseLong).min().orElseThrow();
    ProcessHandle.of(init).orElseThrow().destroyForcibly();
    Worker.Collected collected = new Worker.Collected();
    boolean dead = false;
    while (!dead || !collected.complete()) {
      Frame frame = worker.read();
      dead |= frame.type() == Frame.DEAD && frame.body().getInt() == 1;
      worker.take(frame, collected);
    }
    assertThat(collected.exit[0]).isEqualTo(9);
  }

  @Test
  void kernelFilesAreMasked() throws IOException {
    worker.claim();
    Worker.Result result =
        worker.shell(
            1, "cat /proc/kcore /proc/keys | wc -c; echo x > /proc/sys/kernel/hostname; hostname");
    assertThat(result.out()).isEqualTo("0\nsandbox\n");
    assertThat(result.err()).contains("Read-only");
  }
}
