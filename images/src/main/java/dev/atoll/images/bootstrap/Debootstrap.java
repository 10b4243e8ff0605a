package dev.atoll.images.bootstrap;

import com.github.luben.zstd.ZstdOutputStream;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.Progress;
import dev.atoll.images.content.Digests;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Runs mmdebstrap(1). Needs root, because the archive has owners and device nodes. */
final class Debootstrap {
  private static final int LAST_LINES = 15;
  private static final String KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

  /** What unshare(1) ends with when the program that it is to become is not there. */
  private static final int NO_PROGRAM = 127;

  private final Recipe recipe;
  private final List<String> sources;
  private final Path work;
  private final Progress progress;

  Debootstrap(Recipe recipe, List<String> sources, Path work, Progress progress) {
    this.recipe = recipe;
    this.sources = sources;
    this.work = work;
    this.progress = progress;
  }

  /**
   * A finished archive.
   *
   * @param diffId the digest of the uncompressed archive
   * @param environment {@code NAME=value} lines that the recipe's script found out
   */
  record Written(String diffId, List<String> environment) {}

  /**
   * Writes the root as a tar archive, compressed with zstd.
   *
   * @return what is known about it
   */
  Written write(Path archive) throws IOException, InterruptedException {
    Path hook = Files.writeString(work.resolve("hook"), recipe.hook());
    Path facts = Files.createFile(work.resolve("facts"));
    MessageDigest digest = Digests.newSha256();
    Process process = start(command(hook), facts);
    try {
      process.getOutputStream().close();
      Deque<String> last = new ArrayDeque<>();
      Thread reader = Thread.ofVirtual().start(() -> report(process, last));
      try (InputStream output = process.getInputStream();
          OutputStream file = new ZstdOutputStream(Files.newOutputStream(archive))) {
        new DigestInputStream(output, digest).transferTo(file);
      }
      int status = process.waitFor();
      reader.join();
      if (status == NO_PROGRAM) {
        throw new AtollException(
            ErrorCode.FAILED_PRECONDITION,
            "the program mmdebstrap is missing: apt-get install mmdebstrap");
      }
      if (status != 0) {
        throw new AtollException(
            ErrorCode.FAILED_PRECONDITION,
            "mmdebstrap could not make %s (exit code %d); its last lines:\n%s"
                .formatted(recipe.name(), status, String.join("\n", last)));
      }
    } finally {
      // SIGTERM first: it unmounts and removes what it was building.
      process.destroy();
      process.waitFor();
    }
    return new Written(Digests.of(digest.digest()), Files.readAllLines(facts));
  }

  private Process start(List<String> command, Path facts) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("ATOLL_FACTS", facts.toString());
    builder.environment().put("TMPDIR", work.toString());
    builder.environment().put("LC_ALL", "C.UTF-8");
    return builder.start();
  }

  private List<String> command(Path hook) {
    List<String> command =
        new ArrayList<>(
            List.of(
                // Newer releases make every mount of their namespace private: not the host's, where
                // a server's shared mounts bring roots into its cells.
                "unshare",
                "--mount",
                "mmdebstrap",
                "--mode=root",
                "--format=tar",
                "--variant=minbase",
                "--aptopt=Acquire::Languages \"none\"",
                "--dpkgopt=path-exclude=/usr/share/man/*",
                "--dpkgopt=path-exclude=/usr/share/doc/*",
                "--dpkgopt=path-include=/usr/share/doc/*/copyright",
                "--customize-hook=sh " + quoted(hook) + " \"$1\""));
    if (Files.exists(Path.of(KEYRING))) {
      command.add("--keyring=" + KEYRING);
    }
    if (!recipe.packages().isEmpty()) {
      command.add("--include=" + String.join(",", recipe.packages()));
    }
    command.add(recipe.suite());
    command.add("-");
    command.addAll(sources);
    return command;
  }

  private static String quoted(Path path) {
    return "'" + path.toString().replace("'", "'\\''") + "'";
  }

  private void report(Process process, Deque<String> last) {
    try (BufferedReader lines = process.errorReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        progress.log(line + "\n");
        last.addLast(line);
        if (last.size() > LAST_LINES) {
          last.removeFirst();
        }
      }
    } catch (IOException e) {
      last.addLast("its output ended early: " + e.getMessage());
    }
  }
}
