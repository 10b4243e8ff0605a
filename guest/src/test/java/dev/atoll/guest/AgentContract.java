package dev.atoll.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What holds in every tier: each test boots a real agent and talks to it as a worker does. */
@Timeout(60)
abstract class AgentContract {
  TestCell cell;
  Worker worker;

  abstract TestCell boot() throws Exception;

  @BeforeEach
  void start() throws Exception {
    cell = boot();
    worker = cell.accept();
    cell.fillDock();
  }

  @AfterEach
  void stop() throws Exception {
    worker.close();
    cell.close();
  }

  @Test
  void aClaimedCellIsTheSandboxAndHidesTheDock() throws IOException {
    worker.claim();
    Worker.Result result =
        worker.shell(
            1,
            "hostname; cat /etc/hosts /data/file; test -e /etc/missing || echo skipped;"
                + " ls /dev/.atoll; ls -d /dock /agent /p; touch /data/x; echo $$ && exit 3");
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.out()).startsWith("sandbox\nthe worker's\nfirst\nskipped\n");
    assertThat(result.err()).contains("'/dock'", "'/agent'", "Read-only file system");
    Worker.Result processes =
        worker.shell(2, "ls /proc | grep '^[0-9]' | wc -l; ls -d /proc/1/root/dock");
    assertThat(processes.out().strip()).as("init and the shell's own").isBetween("1", "9");
    assertThat(processes.code()).isNotZero();
  }

  @Test
  void theWorkersProgramsAreThereToBeReadOnly() throws IOException {
    worker.claim();
    Worker.Result result =
        worker.shell(
            1,
            "cat /__modal/tool; cd /__modal; echo x > tool; rm tool; touch new; mkdir new; cd /;"
                + " rmdir /__modal; mv /__modal /elsewhere; umount /__modal; ls /__modal");
    assertThat(result.out()).isEqualTo("the worker's\ntool\n");
    assertThat(result.err().lines()).hasSize(7).noneMatch(line -> line.contains("not found"));
  }

  @Test
  void capabilitiesAreThoseOfTheClaim() throws IOException {
    worker.claim(new Fields().text(1, "img1").number(5, 1L << 0 | 1L << 5)); // CHOWN, KILL
    String root = worker.shell(1, "grep -E 'CapPrm|CapEff|CapBnd' /proc/self/status").out();
    assertThat(root.lines()).hasSize(3).allMatch(line -> line.endsWith("0000000000000021"));
    Fields user =
        new Fields()
            .add(1, Fields.texts("sh", "-c", "id -u; id -G; grep CapEff /proc/self/status"))
            .text(3, "/")
            .add(4, Frame.buffer(16).putInt(1000).putInt(1001).putInt(1002).putInt(1003).array())
            .add(5, new byte[] {0, 1, 1, 0});
    worker.start(2, user);
    assertThat(worker.finish(2).out())
        .startsWith("1000\n1001 1002 1003\n")
        .endsWith("0000000000000000\n");
  }

  @Test
  void aFailureNamesItsStep() throws IOException {
    worker.send(Frame.EXEC, 1, Worker.command(0, "true").bytes());
    assertStartFails(1, 1, "cell");
    worker.claim();
    worker.send(Frame.EXEC, 2, Worker.command(0, "no-such-program").bytes());
    assertStartFails(2, 2, "exec");
    worker.send(Frame.EXEC, 3, Worker.command(0, "/etc").bytes());
    assertStartFails(3, 13, "exec");
    Fields elsewhere =
        new Fields()
            .add(1, Fields.texts("true"))
            .text(3, "/no/such/folder")
            .add(4, new byte[8])
            .add(5, new byte[] {0, 1, 1, 0});
    worker.send(Frame.EXEC, 4, elsewhere.bytes());
    assertStartFails(4, 2, "cwd");
    worker.send(Frame.EXEC, 5, Worker.command(0, "true", "x".repeat(300 << 10)).bytes());
    assertStartFails(5, 7, "exec");
    assertThat(worker.shell(6, "echo still here").out()).isEqualTo("still here\n");
  }

  private void assertStartFails(int exec, int errno, String step) throws IOException {
    Frame started = worker.await(Frame.STARTED, exec);
    assertThat(started.text(12)).isEqualTo(step);
    assertThat(started.body().getInt()).isEqualTo(errno);
  }

  int bulk() {
    return 64 << 20;
  }

  @Test
  void outputAndInputSurviveReconnects() throws IOException {
    worker.claim();
    byte[] bytes = new byte[bulk()];
    new Random(1).nextBytes(bytes);
    worker.start(1, Worker.command(1, "sh", "-c", "cat; echo end >&2; exit 7"));
    Worker.Collected collected = new Worker.Collected();
    int sent = 0;
    int taken = 0;
    int hangUps = 0;
    while (!collected.complete()) {
      if (collected.streams[0].size() > (hangUps + 1) * (bytes.length / 4) && hangUps < 3) {
        hangUps++;
        worker.close();
        worker = cell.accept();
        ByteBuffer hello = worker.hello.body();
        assertThat(hello.getInt(4)).isEqualTo(1);
        assertThat(hello.getInt(16)).isEqualTo(1);
        taken = (int) hello.getLong(16 + 24);
        sent = taken;
      }
      while (sent < bytes.length && sent - taken < 256 << 10) {
        int piece = Math.min(Math.min(64 << 10, bytes.length - sent), (256 << 10) - (sent - taken));
        byte[] part = java.util.Arrays.copyOfRange(bytes, sent, sent + piece);
        sent += piece;
        worker.stdin(1, sent - piece, part, sent == bytes.length);
      }
      Frame frame = worker.read();
      if (frame.type() == Frame.STDIN_ACK) {
        taken = (int) frame.body().getLong();
      }
      worker.take(frame, collected);
    }
    Worker.Result result = worker.finish(1, collected);
    assertThat(hangUps).isEqualTo(3);
    assertThat(result.code()).isEqualTo(7);
    assertThat(result.err()).isEqualTo("end\n");
    assertThat(result.bytes()).isEqualTo(bytes);
  }

  @Test
  void aProcessNobodyReadsWaitsAndStopsNothingElse() throws IOException {
    worker.claim();
    worker.start(1, Worker.command(0, "dd", "if=/dev/zero", "bs=1M", "count=8"));
    long seen = 0;
    while (seen < 1 << 20) {
      Frame frame = worker.read();
      seen += frame.type() == Frame.STDOUT ? frame.payload().length - 8 : 0;
    }
    assertThat(worker.shell(2, "echo beside").out()).isEqualTo("beside\n");
    worker.acknowledge(1, 1, seen);
    Worker.Collected collected = new Worker.Collected();
    collected.streams[0].writeBytes(new byte[(int) seen]);
    assertThat(worker.finish(1, collected).bytes()).hasSize(8 << 20);
  }

  @Test
  void timeoutsKillTheWholeSession() throws IOException {
    worker.claim();
    Fields fields = Worker.command(0, "sh", "-c", "sleep 600 & sleep 600").number(7, 300);
    worker.start(1, fields);
    Worker.Result result = worker.finish(1);
    assertThat(result.code()).isEqualTo(128 + 9);
    assertThat(result.flags()).isEqualTo(1);
    assertThat(worker.shell(2, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '").out())
        .doesNotContain("sleep 600");
  }

  @Test
  void signalsReachTheProcessOrItsGroup() throws IOException {
    worker.claim();
    worker.start(
        1,
        Worker.command(
            0, "sh", "-c", "trap 'echo got; exit 5' USR1; echo up; while :; do sleep 0.05; done"));
    worker.await(Frame.STDOUT, 1);
    worker.signal(1, 10, 1);
    Worker.Collected collected = new Worker.Collected();
    collected.streams[0].writeBytes(new byte[3]);
    Worker.Result result = worker.finish(1, collected);
    assertThat(result.code()).isEqualTo(5);
    worker.start(2, Worker.command(0, "sh", "-c", "sleep 600 & sleep 600"));
    worker.signal(2, 15, 2);
    assertThat(worker.finish(2).code()).isEqualTo(128 + 15);
  }

  @Test
  void backgroundChildrenKeepTheStreamOpenAfterTheExit() throws IOException {
    worker.claim();
    worker.start(
        1,
        Worker.command(
            0, "sh", "-c", "(until test -e /tmp/go; do sleep 0.02; done; echo late) & exit 4"));
    Worker.Collected collected = new Worker.Collected();
    Frame exit =
        worker.await(
            frame ->
                frame.type() == Frame.EXIT
                    || frame.type() == Frame.END && frame.body().getInt() == 1);
    assertThat(exit.type()).as("the exit comes though stdout stays open").isEqualTo(Frame.EXIT);
    worker.take(exit, collected);
    worker.send(Frame.EXIT_ACK, 1, new byte[0]);
    worker.start(2, Worker.command(0, "touch", "/tmp/go"));
    assertThat(worker.finish(1, collected).out()).isEqualTo("late\n");
    assertThat(collected.exit[0] >> 8).isEqualTo(4);
  }

  @Test
  void terminalsHaveSizesAndEnd() throws IOException {
    worker.claim();
    worker.start(
        1,
        Worker.command(1, "sh", "-c", "stty size; cat; echo bye")
            .add(6, Frame.buffer(4).putShort((short) 30).putShort((short) 90).array()));
    Worker.Collected collected = new Worker.Collected();
    while (!collected.streams[0].toString(StandardCharsets.UTF_8).equals("30 90\r\n")) {
      worker.take(worker.read(), collected);
    }
    worker.stdin(1, 0, "typed\n".getBytes(StandardCharsets.UTF_8), true);
    Worker.Result result = worker.finish(1, collected);
    assertThat(result.out()).startsWith("30 90\r\n").contains("typed\r\n").endsWith("bye\r\n");
    assertThat(result.code()).isZero();
  }

  @Test
  void badFramesEndTheConnectionOnly() throws IOException {
    worker.claim();
    byte[][] bad = {
      Frame.buffer(16).putInt(2 << 20).putInt(Frame.PING).putInt(0).putInt(0).array(),
      Frame.buffer(16).putInt(-1).putInt(Frame.PING).putInt(0).putInt(0).array(),
      Frame.buffer(16).putInt(0).putInt(999).putInt(0).putInt(0).array(),
      Frame.buffer(16).putInt(0).putInt(Frame.CLAIM).putInt(0).putInt(0).array(),
      Frame.buffer(16).putInt(0).putInt(Frame.EXEC).putInt(1).putInt(0).array(),
      Frame.buffer(16).putInt(0).putInt(Frame.SIGNAL).putInt(1).putInt(0).array(),
    };
    for (byte[] bytes : bad) {
      worker.raw(ByteBuffer.wrap(bytes));
      assertThatThrownBy(() -> worker.await(frame -> false))
          .isInstanceOfAny(EOFException.class, IOException.class);
      worker.close();
      worker = cell.accept();
    }
    assertThat(worker.shell(1, "echo alive").out()).isEqualTo("alive\n");
  }

  @Test
  void fifosAreFoundInFoldersThatHaveChanged() throws IOException {
    worker.claim();
    assertThat(
            worker
                .shell(
                    1,
                    "mkdir /tmp/in /tmp/none; mkfifo /tmp/in/a '/tmp/in/b c'; touch /tmp/in/file;"
                        + " ln -s in /tmp/link; mkdir /tmp/in/below; mkfifo /tmp/in/below/d")
                .code())
        .isZero();
    String found = fifos(2, "0", "/tmp/none", "/tmp/missing", "/tmp/link", "/bin/sh", "/tmp/in");
    assertThat(found.split("\0")).containsExactlyInAnyOrder("/tmp/in/a", "/tmp/in/b c");
    long later = System.currentTimeMillis() / 1000 + 3600;
    assertThat(fifos(3, Long.toString(later), "/tmp/in")).isEmpty();
  }

  private String fifos(int exec, String... arguments) throws IOException {
    String[] argv = Stream.concat(Stream.of("fifos"), Stream.of(arguments)).toArray(String[]::new);
    worker.start(exec, Worker.command(0, argv).add(8, new byte[] {1}));
    Worker.Result result = worker.finish(exec);
    assertThat(result.code()).isZero();
    return result.out();
  }

  private byte[] openRequest(int operation, byte[] payload) {
    return Frame.buffer(8 + payload.length)
        .putInt(payload.length)
        .put((byte) operation)
        .put((byte) 0)
        .putShort((short) 0)
        .put(payload)
        .array();
  }

  private Worker.Result open(int exec, String path, String mode, byte[]... requests)
      throws IOException {
    worker.start(exec, Worker.command(1, "open", path, mode).add(8, new byte[] {1}));
    long offset = 0;
    for (byte[] request : requests) {
      worker.stdin(exec, offset, request, false);
      offset += request.length;
    }
    worker.stdin(exec, offset, new byte[0], true);
    return worker.finish(exec);
  }

  @Test
  void filesAreOpenedAsTheUserAndNeverStall() throws IOException {
    worker.claim();
    assertThat(
            worker.shell(1, "mkfifo /tmp/fifo; ln -s /tmp/loop /tmp/loop; rm -f /tmp/new").code())
        .isZero();
    Worker.Result written =
        open(
            2,
            "/tmp/new",
            "w",
            openRequest(2, "hello".getBytes()),
            openRequest(3, new byte[0]),
            openRequest(4, new byte[0]));
    assertThat(written.code()).isZero();
    assertThat(written.bytes()).isEqualTo(new byte[32]);
    Worker.Result read =
        open(
            3,
            "/tmp/new",
            "r",
            openRequest(5, Frame.buffer(12).putLong(1).putInt(0).array()),
            openRequest(1, new byte[8]));
    assertThat(read.out()).endsWith("ello");
    assertThat(errnoOfOpen(4, "/tmp/fifo", "r")).isEqualTo(6);
    assertThat(errnoOfOpen(5, "/tmp/fifo", "w")).isEqualTo(6);
    assertThat(errnoOfOpen(6, "/tmp/loop", "r")).isEqualTo(40);
    assertThat(errnoOfOpen(7, "/tmp", "r")).isEqualTo(21);
    assertThat(errnoOfOpen(8, "/tmp/none", "r")).isEqualTo(2);
  }

  private int errnoOfOpen(int exec, String path, String mode) throws IOException {
    return ByteBuffer.wrap(open(exec, path, mode).bytes())
        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
        .getInt(4);
  }

  @Test
  void volumesComeAndGo() throws IOException {
    worker.claim();
    worker.send(
        Frame.MOUNT,
        0,
        new Fields().word(1, 7).text(2, "vol2").text(3, "/tmp/some/where").word(4, 1).bytes());
    assertThat(worker.await(Frame.DONE, 0).body().getLong()).isEqualTo(7);
    Worker.Result inside = worker.shell(1, "cat /tmp/some/where/file; touch /tmp/some/where/x");
    assertThat(inside.out()).isEqualTo("second\n");
    assertThat(inside.err()).contains("Read-only");
    worker.send(Frame.UNMOUNT, 0, new Fields().word(1, 8).text(2, "vol2").bytes());
    assertThat(worker.await(Frame.DONE, 0).body().getLong()).isEqualTo(8);
    assertThat(worker.shell(2, "ls /tmp/some/where").out()).isEmpty();
    worker.send(Frame.UNMOUNT, 0, new Fields().word(1, 9).text(2, "vol2").bytes());
    assertThat(worker.await(Frame.DONE, 0).body().getInt(4)).as("not mounted").isEqualTo(22);
    worker.send(Frame.SYNC, 0, new Fields().word(1, 10).bytes());
    assertThat(worker.await(Frame.DONE, 0).body().getLong()).isEqualTo(10);
  }

  @Test
  void foldersAreFoundInTheirMountsWhereverTheseWereMoved() throws IOException {
    worker.claim();
    worker.send(
        Frame.MOUNT, 0, new Fields().word(1, 1).text(2, "vol2").text(3, "/tmp/a/mount").bytes());
    assertThat(worker.await(Frame.DONE, 0).body().getLong()).isEqualTo(1);
    assertThat(
            worker
                .shell(
                    1,
                    "mkdir /tmp/a/mount/in /tmp/plain; mv /tmp/a /tmp/b; ln -s b/mount /tmp/link;"
                        + " echo x > /tmp/file; ln -s loop /tmp/loop")
                .err())
        .isEmpty();
    assertThat(located(2, "/tmp/b/mount")).isEqualTo("vol2:");
    assertThat(located(3, "/tmp/link/in/")).isEqualTo("vol2:in");
    assertThat(located(4, "/tmp/link/..")).isEqualTo(":tmp/b");
    assertThat(located(5, "/tmp/plain")).isEqualTo(":tmp/plain");
    assertThat(located(6, "/")).isEqualTo(":");
    assertThat(located(7, "/tmp/a")).isEqualTo("2");
    assertThat(located(8, "/tmp/file")).isEqualTo("20");
    assertThat(located(9, "/tmp/loop")).isEqualTo("40");
    assertThat(located(10, "/data")).isEqualTo("vol1:");
  }

  /** The mount and the path in it, or the errno. */
  private String located(int request, String path) throws IOException {
    worker.send(Frame.LOCATE, 0, new Fields().word(1, request).text(3, path).bytes());
    Frame answer =
        worker.await(frame -> frame.type() == Frame.LOCATED || frame.type() == Frame.DONE);
    assertThat(answer.body().getInt()).isEqualTo(request);
    return answer.type() == Frame.DONE
        ? Integer.toString(answer.body().getInt(4))
        : answer.text(8).replace('\0', ':');
  }

  @Test
  void aMountIsReplacedWhereItIsOrStays() throws IOException {
    worker.claim();
    Fields first = new Fields().word(1, 1).text(2, "vol1").text(3, "/tmp/a/mount");
    assertThat(errno(Frame.MOUNT, first)).isZero();
    worker.shell(1, "mv /tmp/a /tmp/b");
    assertThat(errno(Frame.MOUNT, new Fields().word(1, 2).text(2, "vol2").text(5, "vol1")))
        .isZero();
    assertThat(worker.shell(2, "cat /tmp/b/mount/file").out()).isEqualTo("second\n");
    assertThat(errno(Frame.MOUNT, new Fields().word(1, 3).text(2, "missing").text(5, "vol2")))
        .isEqualTo(2);
    assertThat(worker.shell(3, "cat /tmp/b/mount/file").out()).isEqualTo("second\n");
    assertThat(errno(Frame.MOUNT, new Fields().word(1, 4).text(2, "vol2").text(5, "missing")))
        .isEqualTo(22);
    Fields below = new Fields().word(1, 5).text(2, "vol1").text(3, "/tmp/b/mount/below");
    assertThat(errno(Frame.MOUNT, below)).isZero();
    assertThat(errno(Frame.UNMOUNT, new Fields().word(1, 6).text(2, "vol2"))).isEqualTo(16);
    assertThat(errno(Frame.MOUNT, new Fields().word(1, 7).text(2, "vol2").text(5, "vol2")))
        .isEqualTo(16);
    assertThat(errno(Frame.UNMOUNT, new Fields().word(1, 8).text(2, "vol1"))).isZero();
    assertThat(errno(Frame.UNMOUNT, new Fields().word(1, 9).text(2, "vol2"))).isZero();
    assertThat(worker.shell(4, "ls /tmp/b/mount").out()).isEmpty();
  }

  @Test
  void nothingIsMountedOverTheRootOrTheKernelsFolders() throws IOException {
    worker.claim();
    worker.shell(1, "ln -s /dev /tmp/devices; ln -s / /tmp/root");
    for (String target :
        new String[] {"/", "/proc", "/dev", "/dev/shm", "/sys", "/tmp/devices/shm", "/tmp/root"}) {
      Fields mount = new Fields().word(1, 1).text(2, "vol2").text(3, target);
      assertThat(errno(Frame.MOUNT, mount)).as(target).isEqualTo(1);
    }
    Fields file = new Fields().word(1, 1).text(2, "vol2").text(3, "/etc/hosts");
    assertThat(errno(Frame.MOUNT, file)).isEqualTo(20);
  }

  private int errno(int type, Fields fields) throws IOException {
    worker.send(type, 0, fields.bytes());
    return worker.await(Frame.DONE, 0).body().getInt(4);
  }

  @Test
  void aLifetimeEndsEverything() throws IOException {
    worker.claim(worker.claimFields().number(7, 1500));
    worker.start(1, Worker.command(0, "sleep", "600"));
    Frame dead = worker.await(Frame.DEAD, 0);
    assertThat(dead.body().getInt()).isEqualTo(2);
    assertThat(worker.finish(1, ended()).code()).isEqualTo(128 + 9);
    worker.send(Frame.EXEC, 2, Worker.command(0, "true").bytes());
    assertStartFails(2, 3, "cell");
    worker.close();
    worker = cell.accept();
    assertThat(worker.await(Frame.DEAD, 0).body().getInt()).as("said again").isEqualTo(2);
  }

  static Worker.Collected ended() {
    return new Worker.Collected();
  }

  @Test
  void quietWorkersGetAPongAndQuiesceDialsAgain() throws IOException {
    worker.send(Frame.PING, 0, "ping".getBytes());
    assertThat(worker.await(Frame.PONG, 0).text(0)).isEqualTo("ping");
    worker.send(Frame.QUIESCE, 0, Frame.buffer(4).putInt(100).array());
    assertThatThrownBy(() -> worker.await(frame -> false)).isInstanceOf(EOFException.class);
    worker.close();
    worker = cell.accept();
    worker.claim();
    assertThat(worker.shell(1, "echo on").out()).isEqualTo("on\n");
  }
}
