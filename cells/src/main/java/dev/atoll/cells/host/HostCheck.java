package dev.atoll.cells.host;

import dev.atoll.cells.CellException;
import dev.atoll.cells.CellHostConfig;
import dev.atoll.cells.Tier;
import dev.atoll.cells.process.Command;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in words what this host lacks for its tier. */
final class HostCheck {
  /** The first release with the platform systrap in the form that Atoll was measured with. */
  private static final int LEAST_RUNSC = 20_240_729;

  private static final Pattern RUNSC_VERSION = Pattern.compile("runsc version (\\S*?(\\d{8})\\S*)");
  private static final Pattern RUNC_VERSION = Pattern.compile("runc version (\\d+\\.\\d+\\S*)");
  private static final Pattern ROOT = Pattern.compile("(?m)^Uid:\\s+\\d+\\s+0\\s");
  private static final Pattern INSTANCE_ID = Pattern.compile("[a-z0-9]{8}");

  private HostCheck() {}

  /**
   * Checks everything at once, so that one start tells all that is missing.
   *
   * @return the runtime's name and version
   * @throws AtollException FAILED_PRECONDITION with a sentence for each thing that is missing
   */
  static String check(CellHostConfig config) throws IOException, InterruptedException {
    if (!INSTANCE_ID.matcher(config.instanceId()).matches()) {
      throw AtollException.invalid(
          "the instance id '%s' is not 8 characters of a-z and 0-9", config.instanceId());
    }
    List<String> missing = new ArrayList<>();
    if (!ROOT.matcher(Files.readString(Path.of("/proc/self/status"))).find()) {
      missing.add("cells need root: start the server as root");
    }
    if (!Files.isDirectory(config.stateDirectory())) {
      missing.add("the state folder " + config.stateDirectory() + " does not exist");
    }
    checkProgram(missing, "ip", "iproute2");
    checkProgram(missing, "nft", "nftables");
    checkProgram(missing, "dnsmasq", "dnsmasq-base");
    checkProgram(missing, "mount", "mount");
    checkProgram(missing, "unshare", "util-linux");
    checkProgram(missing, "nsenter", "util-linux");
    if (!Files.readString(Path.of("/proc/filesystems")).contains("\toverlay\n")) {
      missing.add("the kernel has no overlay file system: load it with 'modprobe overlay'");
    }
    if (config.tier() == Tier.RUNC) {
      checkUserNamespaces(missing);
    }
    String version = checkRuntime(missing, config);
    if (!missing.isEmpty()) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "this host can't run the isolation tier '%s': %s"
              .formatted(config.tier().label(), String.join("; ", missing)));
    }
    return version;
  }

  private static void checkProgram(List<String> missing, String program, String debianPackage) {
    if (Command.find(program).isEmpty()) {
      missing.add(
          "the program %s is missing: install the package %s".formatted(program, debianPackage));
    }
  }

  private static void checkUserNamespaces(List<String> missing) throws IOException {
    Path setting = Path.of("/proc/sys/user/max_user_namespaces");
    if (!Files.exists(setting) || Files.readString(setting).strip().equals("0")) {
      missing.add(
          "the kernel allows no user namespaces: set the sysctl user.max_user_namespaces to 10000");
    }
  }

  private static String checkRuntime(List<String> missing, CellHostConfig config)
      throws InterruptedException {
    Path binary = config.runtime();
    if (!Files.isExecutable(binary)) {
      missing.add("the runtime " + binary + " does not exist or can't be executed");
      return "";
    }
    String output;
    try {
      output = Command.of(binary.toString(), "--version").run();
    } catch (CellException e) {
      missing.add("the runtime " + binary + " does not work: " + e.getMessage());
      return "";
    }
    return switch (config.tier()) {
      case GVISOR -> {
        Matcher version = RUNSC_VERSION.matcher(output);
        if (!version.find()) {
          missing.add(binary + " does not say a version of runsc but: " + Command.quote(output));
          yield "";
        }
        if (Integer.parseInt(version.group(2)) < LEAST_RUNSC) {
          missing.add(
              "%s is runsc %s, too old: install release %d or later (Debian 12: from backports)"
                  .formatted(binary, version.group(1), LEAST_RUNSC));
        }
        yield "runsc " + version.group(1);
      }
      case RUNC -> {
        Matcher version = RUNC_VERSION.matcher(output);
        if (!version.find()) {
          missing.add(binary + " does not say a version of runc but: " + Command.quote(output));
          yield "";
        }
        yield "runc " + version.group(1);
      }
    };
  }
}
