package dev.atoll.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A user namespace with a given mapping, held by a descriptor (user_namespaces(7)). A process with
 * more than one thread, as every JVM is, can't make one: a short-lived {@code unshare -U} does.
 */
public final class UserNamespaceFile implements AutoCloseable {
  private final Descriptor file;

  private UserNamespaceFile(Descriptor file) {
    this.file = file;
  }

  /**
   * Makes a namespace that maps its ids 0 to {@code size - 1} to {@code hostBase} and the
   * following, for users and groups alike. Blocks for some milliseconds.
   *
   * @throws IOException when the kernel or the program unshare(1) refuses
   */
  public static UserNamespaceFile create(int hostBase, int size)
      throws IOException, InterruptedException {
    Process helper =
        new ProcessBuilder("unshare", "-U", "cat")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      helper.getOutputStream().write('\n');
      helper.getOutputStream().flush();
      InputStream output = helper.getInputStream();
      // The echo shows that the namespace is there: cat starts after unshare(2).
      if (output.read() != '\n') {
        throw new IOException(
            "the program unshare could not make a user namespace: check the sysctl "
                + "user.max_user_namespaces");
      }
      Path process = Path.of("/proc", Long.toString(helper.pid()));
      String mapping = "0 " + hostBase + " " + size;
      Files.writeString(process.resolve("uid_map"), mapping);
      Files.writeString(process.resolve("gid_map"), mapping);
      return new UserNamespaceFile(
          Descriptor.open(process.resolve("ns/user"), Descriptor.O_RDONLY));
    } finally {
      helper.destroyForcibly();
      helper.waitFor(10, TimeUnit.SECONDS);
    }
  }

  int descriptor() {
    return file.number();
  }

  /** Lets go of the namespace; mounts that use it keep it alive. */
  @Override
  public void close() {
    file.close();
  }
}
