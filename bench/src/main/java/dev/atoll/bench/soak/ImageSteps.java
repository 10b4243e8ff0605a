package dev.atoll.bench.soak;

import dev.atoll.sdk.Image;
import dev.atoll.sdk.NotFoundException;
import dev.atoll.sdk.Sandbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Snapshots, sandboxes from them, and mounts. */
final class ImageSteps {
  private static final Duration END_LIMIT = Duration.ofSeconds(60);

  private ImageSteps() {}

  /** A sandbox from a snapshot has the files. */
  static void filesystem(Session session) throws Violation, InterruptedException {
    PatientClient client = session.client();
    if (session.files().isEmpty()) {
      FileSteps.write(session);
    }
    Image image =
        client.repeat("snapshot of a file system", () -> session.sandbox().snapshotFilesystem());
    String worker = session.tags().getOrDefault(Worker.TAG, "");
    Sandbox copy =
        client.repeat(
            "create from a snapshot",
            () ->
                session
                    .world()
                    .atoll()
                    .sandboxes()
                    .create(
                        session.world().app(),
                        image,
                        options ->
                            options.tag(Worker.TAG, worker).memoryMiB(64).memoryLimitMiB(256)));
    try {
      FileSteps.digestsIn(session, copy, FileSteps.FOLDER);
    } finally {
      client.run("terminate", copy::terminate);
    }
    if (client.repeat("wait", () -> copy.waitFor(END_LIMIT)).isEmpty()) {
      throw new Violation(copy.id() + " has not ended " + END_LIMIT + " after terminate");
    }
    delete(session, image);
  }

  /** A snapshot of the folder is mounted, has the files, and is its own copy. */
  static void directory(Session session) throws Violation, InterruptedException {
    PatientClient client = session.client();
    if (session.files().isEmpty()) {
      FileSteps.write(session);
    }
    Image image =
        client.repeat(
            "snapshot of a folder", () -> session.sandbox().snapshotDirectory(FileSteps.FOLDER));
    String place = "/mnt/m" + session.next();
    client.run("mount", () -> session.sandbox().mountImage(place, image));
    FileSteps.digestsIn(session, session.sandbox(), place);
    var _ = ExecSteps.shell(session, "echo more > " + place + "/more");
    unmount(session, place);
    FileSteps.digestsIn(session, session.sandbox(), FileSteps.FOLDER);
    delete(session, image);
  }

  /** What was written to a mounted folder is there until it is unmounted. */
  static void emptyDirectory(Session session) throws Violation, InterruptedException {
    String place = "/mnt/m" + session.next();
    session.client().run("mount", () -> session.sandbox().mountEmptyDirectory(place));
    Content content = Content.random(session.random(), 20_000);
    Path file = session.sandbox().fileSystem().getPath(place, "file");
    session
        .client()
        .run(
            "file written",
            () -> {
              var _ = Files.write(file, content.bytes());
            });
    byte[] found = session.client().repeat("file read", () -> Files.readAllBytes(file));
    content.mustBe(found, file + ", read");
    unmount(session, place);
    String left = ExecSteps.shell(session, "for f in " + place + "/*; do echo $f; done");
    if (!left.equals(place + "/*\n")) {
      throw new Violation("after unmount there is still " + left);
    }
  }

  private static void unmount(Session session, String place)
      throws Violation, InterruptedException {
    AtomicInteger attempts = new AtomicInteger();
    session
        .client()
        .run("unmount", () -> goneAlready(attempts, () -> session.sandbox().unmountImage(place)));
  }

  private static void delete(Session session, Image image) throws Violation, InterruptedException {
    AtomicInteger attempts = new AtomicInteger();
    session
        .client()
        .run(
            "image deleted",
            () ->
                goneAlready(
                    attempts,
                    () -> session.world().atoll().images().delete(image.id().orElseThrow())));
  }

  /** An attempt whose answer was lost may have done it. */
  private static void goneAlready(AtomicInteger attempts, Runnable removal) {
    try {
      removal.run();
    } catch (NotFoundException gone) {
      if (attempts.get() == 0) {
        throw gone;
      }
    } finally {
      attempts.incrementAndGet();
    }
  }
}
