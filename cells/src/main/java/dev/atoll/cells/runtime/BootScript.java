package dev.atoll.cells.runtime;

import dev.atoll.cells.cgroup.ControlGroup;
import dev.atoll.cells.network.Slot;
import java.nio.file.Path;
import java.util.List;

/** Builds the shell script of a boot (sh(1), POSIX). Every value is quoted. */
final class BootScript {
  private final StringBuilder text = new StringBuilder("set -e\n");

  /** Complaints of what follows go to a file. */
  BootScript logTo(Path file) {
    line("exec </dev/null >/dev/null 2>" + quote(file.toString()));
    return this;
  }

  /** The shell, and everything that it starts, enters a control group. */
  BootScript enter(ControlGroup group) {
    for (Path entrance : group.entrances()) {
      line("echo $$ > " + quote(entrance.toString()));
    }
    return this;
  }

  /** Runs a program; its stderr is not kept, since the cell inherits it. */
  BootScript run(List<String> command) {
    line(join(command) + " 2>/dev/null");
    return this;
  }

  /** The last program: the shell becomes it. */
  BootScript become(List<String> command) {
    line("exec " + join(command) + " 2>/dev/null");
    return this;
  }

  /** Gives the container whose first process's number is in the file its network. */
  BootScript network(Slot slot, Path pidFile) {
    line("pid=$(cat " + quote(pidFile.toString()) + ")");
    feed("ip -batch -", slot.hostCommands("$pid"));
    Path settings = Path.of("/proc/sys/net/ipv4/conf", slot.link());
    // Strict source checks, no answers for other addresses of the host, no redirects; forwarding
    // belongs to this link alone, the host does not become a router.
    set(settings.resolve("rp_filter"), "1");
    set(settings.resolve("arp_ignore"), "1");
    set(settings.resolve("send_redirects"), "0");
    set(settings.resolve("forwarding"), "1");
    feed("nsenter -t \"$pid\" -n ip -batch -", slot.cellCommands());
    return this;
  }

  String build() {
    return text.toString();
  }

  static String quote(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  static String join(List<String> command) {
    return String.join(" ", command.stream().map(BootScript::quote).toList());
  }

  private void set(Path setting, String value) {
    line("echo " + value + " > " + quote(setting.toString()));
  }

  /** The input comes from this package alone; {@code $pid} in it is the shell's to fill in. */
  private void feed(String command, String input) {
    line(command + " <<END\n" + input + "END");
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
