package dev.atoll.sdk;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** What a sandbox is to be like. */
public final class SandboxOptions {
  private final List<String> command;
  private final Optional<String> workdir;
  private final Map<String, String> environment;
  private final List<Secret> secrets;
  private final OptionalDouble cpu;
  private final OptionalDouble cpuLimit;
  private final OptionalInt memoryMiB;
  private final OptionalInt memoryLimitMiB;
  private final OptionalInt diskLimitMiB;
  private final Duration timeout;
  private final Optional<Duration> idleTimeout;
  private final Optional<String> name;
  private final Map<String, String> tags;
  private final boolean pty;
  private final Optional<Proxy> proxy;
  private final Optional<String> cloud;
  private final List<String> regions;
  private final boolean verbose;
  private final boolean blockNetwork;
  private final Optional<List<String>> cidrAllowlist;
  private final List<Integer> encryptedPorts;
  private final List<Integer> h2Ports;
  private final List<Integer> unencryptedPorts;

  private final Optional<ReadinessProbe> readinessProbe;

  private SandboxOptions(Builder builder) {
    this.command = List.copyOf(builder.command);
    this.workdir = builder.workdir;
    this.environment = Map.copyOf(builder.environment);
    this.secrets = List.copyOf(builder.secrets);
    this.cpu = builder.cpu;
    this.cpuLimit = builder.cpuLimit;
    this.memoryMiB = builder.memoryMiB;
    this.memoryLimitMiB = builder.memoryLimitMiB;
    this.diskLimitMiB = builder.diskLimitMiB;
    this.timeout = builder.timeout;
    this.idleTimeout = builder.idleTimeout;
    this.name = builder.name;
    this.tags = Map.copyOf(builder.tags);
    this.pty = builder.pty;
    this.proxy = builder.proxy;
    this.cloud = builder.cloud;
    this.regions = List.copyOf(builder.regions);
    this.verbose = builder.verbose;
    this.blockNetwork = builder.blockNetwork;
    this.cidrAllowlist = builder.cidrAllowlist;
    this.encryptedPorts = List.copyOf(builder.encryptedPorts);
    this.h2Ports = List.copyOf(builder.h2Ports);
    this.unencryptedPorts = List.copyOf(builder.unencryptedPorts);
    this.readinessProbe = builder.readinessProbe;
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** The main process, run after the image's ENTRYPOINT; empty (the default): the sandbox idles. */
  public List<String> command() {
    return command;
  }

  /** The working directory, absolute; empty: the image's, else {@code /}. */
  public Optional<String> workdir() {
    return workdir;
  }

  /** Variables on top of the image's and the secrets'. */
  public Map<String, String> environment() {
    return environment;
  }

  /** Variables from secrets; later ones override earlier ones. */
  public List<Secret> secrets() {
    return secrets;
  }

  /** Cores that are reserved; empty: the server's default, 0.125 with Atoll's own. */
  public OptionalDouble cpu() {
    return cpu;
  }

  /** Cores that are never exceeded; empty: the server's maximum. */
  public OptionalDouble cpuLimit() {
    return cpuLimit;
  }

  /** Memory that is reserved, in MiB; empty: the server's default, 128 with Atoll's own. */
  public OptionalInt memoryMiB() {
    return memoryMiB;
  }

  /** Memory that is never exceeded, in MiB; empty: the server's maximum. */
  public OptionalInt memoryLimitMiB() {
    return memoryLimitMiB;
  }

  /**
   * How much the files may take that the sandbox writes, in MiB; empty: the server's default. A
   * server without such limits refuses it.
   */
  public OptionalInt diskLimitMiB() {
    return diskLimitMiB;
  }

  /** After which time the sandbox is ended, whatever it does; default 300 s. */
  public Duration timeout() {
    return timeout;
  }

  /** After which time without any activity the sandbox is ended; empty: never. */
  public Optional<Duration> idleTimeout() {
    return idleTimeout;
  }

  /** A name, unique among the app's running sandboxes; empty (the default): none. */
  public Optional<String> name() {
    return name;
  }

  /** Labels to find the sandbox by; default: none. */
  public Map<String, String> tags() {
    return tags;
  }

  /**
   * Whether the main process runs on a pseudo terminal (24 x 80, {@code xterm-256color}), which
   * merges stderr into stdout; default false.
   */
  public boolean pty() {
    return pty;
  }

  /** Whose address its connections leave the server's machine from; default: the usual one. */
  public Optional<Proxy> proxy() {
    return proxy;
  }

  /**
   * The provider of the machine to run on; empty: any. Atoll's own server has one machine: it
   * records the name and runs the sandbox there.
   */
  public Optional<String> cloud() {
    return cloud;
  }

  /** Regions of which one is to run it; none: any. Atoll's own server records them likewise. */
  public List<String> regions() {
    return regions;
  }

  /**
   * Whether the server is asked to say more of the sandbox in its log; default false. What it says
   * is up to the server, and nothing of it is told to the client.
   */
  public boolean verbose() {
    return verbose;
  }

  /** Whether the sandbox reaches nothing outside, no names either; default false. */
  public boolean blockNetwork() {
    return blockNetwork;
  }

  /**
   * The only address ranges that the sandbox reaches, as far as its server lets any sandbox reach
   * them; names are resolved, too, unless the list is empty. Absent (the default): all that the
   * server allows.
   */
  public Optional<List<String>> cidrAllowlist() {
    return cidrAllowlist;
  }

  /** Ports that are reached through TLS, in which HTTP/1.1 or anything else is spoken. */
  public List<Integer> encryptedPorts() {
    return encryptedPorts;
  }

  /** Ports that are reached through TLS, in which HTTP/2 is spoken. */
  public List<Integer> h2Ports() {
    return h2Ports;
  }

  /** Ports that are reached through plain TCP. */
  public List<Integer> unencryptedPorts() {
    return unencryptedPorts;
  }

  /** What tells that the sandbox is ready, for {@link Sandbox#waitUntilReady}; empty: nothing. */
  public Optional<ReadinessProbe> readinessProbe() {
    return readinessProbe;
  }

  /** Builds {@link SandboxOptions}; its methods throw {@link InvalidArgumentException}. */
  public static final class Builder {
    private List<String> command = List.of();
    private Optional<String> workdir = Optional.empty();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<Secret> secrets = new ArrayList<>();
    private OptionalDouble cpu = OptionalDouble.empty();
    private OptionalDouble cpuLimit = OptionalDouble.empty();
    private OptionalInt memoryMiB = OptionalInt.empty();
    private OptionalInt memoryLimitMiB = OptionalInt.empty();
    private OptionalInt diskLimitMiB = OptionalInt.empty();
    private Duration timeout = Duration.ofSeconds(300);
    private Optional<Duration> idleTimeout = Optional.empty();
    private Optional<String> name = Optional.empty();
    private final Map<String, String> tags = new LinkedHashMap<>();
    private boolean pty;
    private Optional<Proxy> proxy = Optional.empty();
    private Optional<String> cloud = Optional.empty();
    private final List<String> regions = new ArrayList<>();
    private boolean verbose;
    private boolean blockNetwork;
    private Optional<List<String>> cidrAllowlist = Optional.empty();
    private final List<Integer> encryptedPorts = new ArrayList<>();
    private final List<Integer> h2Ports = new ArrayList<>();
    private final List<Integer> unencryptedPorts = new ArrayList<>();

    private Optional<ReadinessProbe> readinessProbe = Optional.empty();

    private Builder() {}

    /** Sets {@link SandboxOptions#command()}. */
    public Builder command(String... words) {
      return command(List.of(words));
    }

    /** Sets {@link SandboxOptions#command()}. */
    public Builder command(List<String> words) {
      this.command = words;
      return this;
    }

    /** Sets {@link SandboxOptions#workdir()}. */
    public Builder workdir(String path) {
      this.workdir = Optional.of(path);
      return this;
    }

    /** Adds to {@link SandboxOptions#environment()}. */
    public Builder environment(String variable, String value) {
      environment.put(variable, value);
      return this;
    }

    /** Adds to {@link SandboxOptions#environment()}. */
    public Builder environment(Map<String, String> variables) {
      environment.putAll(variables);
      return this;
    }

    /** Adds to {@link SandboxOptions#secrets()}. */
    public Builder secret(Secret secret) {
      secrets.add(secret);
      return this;
    }

    /** Sets {@link SandboxOptions#cpu()}: 0.001 or more, in steps of a thousandth. */
    public Builder cpu(double cores) {
      this.cpu = OptionalDouble.of(Limits.positive("cpu", cores));
      return this;
    }

    /** Sets {@link SandboxOptions#cpuLimit()}: 0.001 or more, in steps of a thousandth. */
    public Builder cpuLimit(double cores) {
      this.cpuLimit = OptionalDouble.of(Limits.positive("cpuLimit", cores));
      return this;
    }

    /** Sets {@link SandboxOptions#memoryMiB()}: 1 or more. */
    public Builder memoryMiB(int mebibytes) {
      this.memoryMiB = OptionalInt.of(Limits.positive("memoryMiB", mebibytes));
      return this;
    }

    /** Sets {@link SandboxOptions#memoryLimitMiB()}: 1 or more. */
    public Builder memoryLimitMiB(int mebibytes) {
      this.memoryLimitMiB = OptionalInt.of(Limits.positive("memoryLimitMiB", mebibytes));
      return this;
    }

    /** Sets {@link SandboxOptions#diskLimitMiB()}: 1 or more; servers take 8 or more. */
    public Builder diskLimitMiB(int mebibytes) {
      this.diskLimitMiB = OptionalInt.of(Limits.positive("diskLimitMiB", mebibytes));
      return this;
    }

    /** Sets {@link SandboxOptions#timeout()}: whole seconds, 1 or more. */
    public Builder timeout(Duration lifetime) {
      this.timeout = Limits.wholeSeconds("timeout", lifetime);
      return this;
    }

    /** Sets {@link SandboxOptions#idleTimeout()}: whole seconds, 1 or more. */
    public Builder idleTimeout(Duration idle) {
      this.idleTimeout = Optional.of(Limits.wholeSeconds("idleTimeout", idle));
      return this;
    }

    /**
     * Sets {@link SandboxOptions#name()}: 1-64 letters, digits, {@code -}, {@code _}, {@code .}.
     */
    public Builder name(String unique) {
      this.name = Optional.of(unique);
      return this;
    }

    /** Adds to {@link SandboxOptions#tags()}. */
    public Builder tag(String key, String value) {
      tags.put(key, value);
      return this;
    }

    /** Sets {@link SandboxOptions#pty()}. */
    public Builder pty(boolean terminal) {
      this.pty = terminal;
      return this;
    }

    /** Sets {@link SandboxOptions#proxy()}. */
    public Builder proxy(Proxy proxy) {
      this.proxy = Optional.of(proxy);
      return this;
    }

    /** Sets {@link SandboxOptions#cloud()}: {@code aws}, {@code gcp}, {@code oci}, {@code auto}. */
    public Builder cloud(String provider) {
      this.cloud = Optional.of(provider);
      return this;
    }

    /** Adds to {@link SandboxOptions#regions()}: such as {@code us-east-1}. */
    public Builder regions(String... names) {
      regions.addAll(List.of(names));
      return this;
    }

    /** Sets {@link SandboxOptions#verbose()}. */
    public Builder verbose(boolean more) {
      this.verbose = more;
      return this;
    }

    /** Sets {@link SandboxOptions#blockNetwork()}; not together with an allow-list. */
    public Builder blockNetwork(boolean block) {
      this.blockNetwork = block;
      return this;
    }

    /** Sets {@link SandboxOptions#cidrAllowlist()}: IPv4 ranges, such as {@code 203.0.113.0/24}. */
    public Builder cidrAllowlist(String... ranges) {
      return cidrAllowlist(List.of(ranges));
    }

    /** Sets {@link SandboxOptions#cidrAllowlist()}: IPv4 ranges, such as {@code 203.0.113.0/24}. */
    public Builder cidrAllowlist(List<String> ranges) {
      this.cidrAllowlist = Optional.of(List.copyOf(ranges));
      return this;
    }

    /** Adds to {@link SandboxOptions#encryptedPorts()}: each from 1 to 65535, and only once. */
    public Builder encryptedPorts(int... ports) {
      return add(encryptedPorts, ports);
    }

    /** Adds to {@link SandboxOptions#h2Ports()}: each from 1 to 65535, and only once. */
    public Builder h2Ports(int... ports) {
      return add(h2Ports, ports);
    }

    /** Adds to {@link SandboxOptions#unencryptedPorts()}: each from 1 to 65535, and only once. */
    public Builder unencryptedPorts(int... ports) {
      return add(unencryptedPorts, ports);
    }

    /** Sets {@link SandboxOptions#readinessProbe()}. */
    public Builder readinessProbe(ReadinessProbe probe) {
      this.readinessProbe = Optional.of(probe);
      return this;
    }

    private Builder add(List<Integer> list, int... ports) {
      for (int port : ports) {
        list.add(port);
      }
      return this;
    }

    /** The options. */
    public SandboxOptions build() {
      if (blockNetwork && cidrAllowlist.isPresent()) {
        throw new InvalidArgumentException(
            "cidrAllowlist can't be used when blockNetwork is true: choose one");
      }
      return new SandboxOptions(this);
    }
  }
}
