package dev.atoll.control.sandboxes;

import dev.atoll.protocol.modal.PTYInfo;
import dev.atoll.protocol.modal.PortSpec;
import dev.atoll.protocol.modal.Probe;
import dev.atoll.protocol.modal.TunnelType;
import dev.atoll.protocol.worker.Resources;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a sandbox shall be, without the values of its secrets; this form is stored.
 *
 * @param command what it runs; empty: nothing
 * @param workdir absolute; empty: the image's
 * @param secretIds secrets in order, later ones override
 * @param cpuRequestMillis thousandths of a core
 * @param cpuLimitMillis thousandths of a core
 * @param memoryRequestBytes bytes
 * @param memoryLimitBytes bytes
 * @param diskLimitBytes of the files that it writes; absent: the worker's standard
 * @param lifetimeMillis after which it ends
 * @param idleTimeoutMillis without activity after which it ends; 0: none
 * @param terminal whether the command gets a pseudo terminal
 * @param network what it may reach; absent in what older versions stored: everything
 * @param ports reached from outside
 * @param proxy where its connections leave the host from; absent: from the usual address
 * @param placement where it was asked to run; absent: anywhere
 * @param readinessProbe what tells that it is ready; absent: nothing
 * @param verbose whether the server's log shall say more of it; absent: no
 */
public record SandboxSpec(
    List<String> command,
    String workdir,
    List<String> secretIds,
    int cpuRequestMillis,
    int cpuLimitMillis,
    long memoryRequestBytes,
    long memoryLimitBytes,
    Optional<Long> diskLimitBytes,
    long lifetimeMillis,
    long idleTimeoutMillis,
    Optional<Terminal> terminal,
    Optional<NetworkChoice> network,
    List<Port> ports,
    Optional<Proxy> proxy,
    Optional<Placement> placement,
    Optional<ReadinessProbe> readinessProbe,
    Optional<Boolean> verbose) {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  public SandboxSpec {
    command = List.copyOf(command);
    secretIds = List.copyOf(secretIds);
    // What servers without tunnels have stored has none.
    ports = List.copyOf(Objects.requireNonNullElse(ports, List.of()));
  }

  /**
   * A proxy as it was when the sandbox was created.
   *
   * @param address empty: the usual one
   */
  public record Proxy(String proxyId, String name, String address) {}

  /**
   * Clouds and regions as they were asked for. All of them are this host.
   *
   * @param cloud empty: any
   */
  public record Placement(String cloud, List<String> regions) {
    public Placement {
      regions = List.copyOf(regions);
    }
  }

  /** This spec with a proxy. */
  SandboxSpec withProxy(Proxy chosen) {
    return new SandboxSpec(
        command,
        workdir,
        secretIds,
        cpuRequestMillis,
        cpuLimitMillis,
        memoryRequestBytes,
        memoryLimitBytes,
        diskLimitBytes,
        lifetimeMillis,
        idleTimeoutMillis,
        terminal,
        network,
        ports,
        Optional.of(chosen),
        placement,
        readinessProbe,
        verbose);
  }

  /** Whether the server's log shall say more of it. */
  boolean toldInDetail() {
    return verbose.orElse(false);
  }

  /** How a port is reached. */
  public enum Kind {
    /** TLS. */
    ENCRYPTED,
    /** TLS with HTTP/2. */
    H2,
    /** Plain TCP, and TLS beside it. */
    UNENCRYPTED
  }

  /** A port of the sandbox. */
  public record Port(int number, Kind kind) {
    PortSpec toWire() {
      PortSpec.Builder port = PortSpec.newBuilder().setPort(number);
      switch (kind) {
        case ENCRYPTED -> port.setUnencrypted(false);
        case H2 -> port.setTunnelType(TunnelType.TUNNEL_TYPE_H2);
        case UNENCRYPTED -> port.setUnencrypted(true);
      }
      return port.build();
    }
  }

  /**
   * What tells that the sandbox is ready.
   *
   * @param port that something listens on; 0: a command
   * @param command that exits with 0; empty: a port
   * @param intervalMillis the pause between two attempts
   */
  public record ReadinessProbe(int port, List<String> command, int intervalMillis) {
    public ReadinessProbe {
      command = List.copyOf(command);
    }

    Probe toWire() {
      Probe.Builder probe = Probe.newBuilder().setIntervalMs(intervalMillis);
      return command.isEmpty()
          ? probe.setTcpPort(port).build()
          : probe.setExecCommand(Probe.ExecCommand.newBuilder().addAllArgv(command)).build();
    }
  }

  /**
   * A pseudo terminal's size and type.
   *
   * @param termProgram what shows the terminal; empty: not told
   */
  public record Terminal(int rows, int columns, String term, String colorTerm, String termProgram) {
    public Terminal {
      // Older versions have not stored it.
      termProgram = Objects.requireNonNullElse(termProgram, "");
    }

    PTYInfo toWire() {
      return PTYInfo.newBuilder()
          .setEnabled(true)
          .setPtyType(PTYInfo.PTYType.PTY_TYPE_SHELL)
          .setWinszRows(rows)
          .setWinszCols(columns)
          .setEnvTerm(term)
          .setEnvColorterm(colorTerm)
          .setEnvTermProgram(termProgram)
          .build();
    }
  }

  /** As the worker takes it. */
  public Resources resources() {
    return Resources.newBuilder()
        .setCpuRequestMillis(cpuRequestMillis)
        .setCpuLimitMillis(cpuLimitMillis)
        .setMemoryRequestBytes(memoryRequestBytes)
        .setMemoryLimitBytes(memoryLimitBytes)
        .setDiskLimitBytes(diskLimitBytes.orElse(0L))
        .build();
  }

  String toJson() {
    return MAPPER.writeValueAsString(this);
  }

  /** Reads what {@link #toJson} wrote. */
  public static SandboxSpec fromJson(String json) {
    return MAPPER.readValue(json, SandboxSpec.class);
  }
}
