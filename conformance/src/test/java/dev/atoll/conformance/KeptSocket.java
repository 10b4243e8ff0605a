package dev.atoll.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A listening socket on a free loopback port, which stays while servers come and go: as a service
 * manager keeps it. However long a start takes, clients aren't refused meanwhile.
 */
final class KeptSocket implements AutoCloseable {
  private static final String KEEP =
      """
      use Socket; $| = 1;
      socket(my $socket, PF_INET, SOCK_STREAM, 0) or die $!;
      bind($socket, sockaddr_in(0, INADDR_LOOPBACK)) or die $!;
      listen($socket, 100) or die $!;
      print("$$ ", fileno($socket), "\\n");
      <STDIN>;
      """;

  /** Takes it with pidfd_open(2) and pidfd_getfd(2), and passes it on: sd_listen_fds(3). */
  private static final String TAKE =
      """
      use POSIX;
      my ($process, $number) = splice(@ARGV, 0, 2);
      my $held = syscall(434, $process + 0, 0);
      my $socket = syscall(438, $held, $number + 0, 0);
      $socket > 3 && dup2($socket, 3) or die "no socket: $!";
      $ENV{LISTEN_PID} = $$; $ENV{LISTEN_FDS} = 1;
      exec(@ARGV) or die $!;
      """;

  private final Process keeper;
  private final List<String> names;

  private KeptSocket(Process keeper, List<String> names) {
    this.keeper = keeper;
    this.names = names;
  }

  static KeptSocket open() throws IOException {
    Process keeper = new ProcessBuilder("perl", "-e", KEEP).start();
    String line = keeper.inputReader().readLine();
    if (line == null) {
      throw new IOException(
          new String(keeper.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
    }
    return new KeptSocket(keeper, List.of(line.split(" ")));
  }

  /** The command as one that gets the socket; the process stays the same. */
  List<String> passedTo(List<String> command) {
    List<String> passing = new ArrayList<>(List.of("perl", "-e", TAKE));
    passing.addAll(names);
    passing.addAll(command);
    return passing;
  }

  @Override
  public void close() {
    keeper.destroyForcibly();
  }
}
