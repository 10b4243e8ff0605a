package dev.atoll.server;

import dev.atoll.cells.Tier;
import dev.atoll.control.sandboxes.AdmissionRules;
import dev.atoll.images.DiskPool;
import dev.atoll.images.RegistrySettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * How a server is run. In a configuration file (YAML or JSON) each component is a key of the same
 * name, unless another is given here; sizes are written {@code 2GiB}, times {@code 300s}, CPU in
 * cores.
 *
 * @param door where and how the server is reached
 * @param dataDirectory {@code dataDir}: the folder that the server owns; made with mode 0700.
 *     Default /var/lib/atoll
 * @param secretsKey {@code secretsKey}: absolute path of the file with the key of the stored
 *     secrets; made when it is missing on a new data folder. Default: secrets.key in the data
 *     folder
 * @param tier how sandboxes are isolated, {@code gvisor} or {@code runc}. Default gvisor
 * @param runtime {@code runsc} or {@code runc}, as the tier needs: the runtime's program. Default:
 *     the environment's ATOLL_RUNSC or ATOLL_RUNC, else the one on the PATH
 * @param sandboxes what sandboxes get and may have
 * @param admission how many sandboxes the host takes. In a file: {@code cpuOvercommit} (1 to 1000,
 *     default 32), {@code memoryOvercommit} (1 to 1000, default 2), {@code createQueue} (0 to
 *     100000, default 1000), {@code createQueueTime} (default 30s)
 * @param pool how many blank cells wait for creates
 * @param builds what the steps of image builds get
 * @param network what sandboxes may reach
 * @param tunnelDomain below which tunnels have names. Default none: they are ports of this host
 * @param images where images come from
 * @param extraCaCertificates PEM files with CA certificates that sandboxes, builds and the registry
 *     client trust beside the usual ones. Default none
 */
public record ServerConfig(
    DoorSettings door,
    Path dataDirectory,
    Optional<Path> secretsKey,
    Tier tier,
    Path runtime,
    SandboxSettings sandboxes,
    AdmissionRules admission,
    PoolSettings pool,
    BuildSettings builds,
    NetworkSettings network,
    Optional<TunnelDomainSettings> tunnelDomain,
    ImageSettings images,
    List<Path> extraCaCertificates) {
  public ServerConfig {
    dataDirectory = dataDirectory.toAbsolutePath().normalize();
    SettingRules.check(
        secretsKey.map(Path::isAbsolute).orElse(true), "secretsKey must be an absolute path");
    extraCaCertificates = List.copyOf(extraCaCertificates);
  }

  /**
   * What sandboxes get when they don't say, and the most they may have.
   *
   * @param defaultCpuMillis {@code defaultCpu}: CPU request. Default 0.125 cores
   * @param maximumCpuMillis {@code maximumCpu}: CPU limit of a sandbox that sets none, and the
   *     highest that one may set. Default: all of the host's cores
   * @param defaultMemoryBytes {@code defaultMemory}: memory request. Default 128MiB
   * @param maximumMemoryBytes {@code maximumMemory}: memory limit of a sandbox that sets none, and
   *     the highest that one may set. Default: three quarters of the host's memory
   * @param defaultLifetime after which a sandbox ends. Default 300s
   * @param maximumLifetime the longest that may be asked for. Default 24h
   * @param outputRetention how long the output of an ended sandbox can be read. Default 24h
   * @param endedRetention how long an ended sandbox and the cause of its end are known, 1h or more.
   *     Default 30d
   * @param spoolLimitBytes {@code spoolLimit}: how much of each output stream is kept, 64KiB or
   *     more; beyond it a process waits for its readers. Default 1GiB
   * @param processLimit the most processes and threads of a sandbox. Default 4096
   * @param disk how much sandboxes may write
   */
  public record SandboxSettings(
      int defaultCpuMillis,
      int maximumCpuMillis,
      long defaultMemoryBytes,
      long maximumMemoryBytes,
      Duration defaultLifetime,
      Duration maximumLifetime,
      Duration outputRetention,
      Duration endedRetention,
      long spoolLimitBytes,
      int processLimit,
      DiskSettings disk) {
    public SandboxSettings {
      SettingRules.check(
          defaultCpuMillis > 0 && defaultCpuMillis <= maximumCpuMillis,
          "defaultCpu must be above 0 and at most maximumCpu");
      SettingRules.check(
          defaultMemoryBytes >= 16 << 20 && defaultMemoryBytes <= maximumMemoryBytes,
          "defaultMemory must be at least 16MiB and at most maximumMemory");
      SettingRules.check(
          defaultLifetime.toSeconds() > 0 && defaultLifetime.compareTo(maximumLifetime) <= 0,
          "defaultLifetime must be at least 1s and at most maximumLifetime");
      SettingRules.check(
          endedRetention.toHours() >= 1 && endedRetention.compareTo(outputRetention) >= 0,
          "endedRetention must be at least 1h and at least outputRetention");
      SettingRules.check(maximumLifetime.toDays() <= 365, "maximumLifetime must be at most 365d");
      SettingRules.check(spoolLimitBytes >= 64 << 10, "spoolLimit must be at least 64KiB");
      SettingRules.check(
          processLimit >= 16 && processLimit <= 1 << 20, "processLimit must be 16 to 1048576");
    }
  }

  /**
   * How much the files may have that sandboxes and builds write.
   *
   * @param pool {@code diskPool}: whether there are limits, and the size of the file that all of it
   *     goes to
   * @param defaultBytes {@code defaultDisk}: of a sandbox that asks for nothing, 8MiB or more; at
   *     most a quarter of the pool. Default 10GiB
   * @param maximumBytes {@code maximumDisk}: the most that a sandbox may ask for, and the limit of
   *     each build step. Default 64GiB
   */
  public record DiskSettings(Pool pool, long defaultBytes, long maximumBytes) {
    private static final long LEAST_BYTES = 8 << 20;

    /** Where what is written goes. */
    public sealed interface Pool {
      /** {@code none}: to plain folders, without limits. */
      record None() implements Pool {}

      /**
       * To a file, where this host can have it.
       *
       * @param bytes its size, 256MiB or more; absent: half of what is free, at most 1 TiB
       */
      record File(OptionalLong bytes) implements Pool {
        public File {
          SettingRules.check(
              bytes.isEmpty() || bytes.getAsLong() >= DiskPool.LEAST_BYTES,
              "diskPool must be at least 256MiB, or 'none'");
        }
      }
    }

    public DiskSettings {
      SettingRules.check(
          defaultBytes >= LEAST_BYTES && defaultBytes <= maximumBytes,
          "defaultDisk must be at least 8MiB and at most maximumDisk");
    }
  }

  /**
   * Blank cells that are booted before anybody asks, so that a create takes milliseconds whatever
   * its image.
   *
   * @param size {@code poolSize}: how many wait, 0 to 1000; with 0 each create boots its own.
   *     Default 8
   * @param memoryReserveBytes {@code poolMemoryReserve}: while the host has less memory available,
   *     none wait. Default: a sixteenth of the host's memory
   */
  public record PoolSettings(int size, long memoryReserveBytes) {
    public PoolSettings {
      SettingRules.check(size >= 0 && size <= 1000, "poolSize must be from 0 to 1000");
    }
  }

  /**
   * What the steps of image builds get.
   *
   * @param cpuMillis {@code buildCpu}: CPU limit. Default: all of the host's cores
   * @param memoryBytes {@code buildMemory}: memory limit. Default 4GiB, or the host's three
   *     quarters where that is less
   * @param stepLifetime {@code buildStepLifetime}: how long a step may take. Default 1h
   */
  public record BuildSettings(int cpuMillis, long memoryBytes, Duration stepLifetime) {
    public BuildSettings {
      SettingRules.check(cpuMillis > 0, "buildCpu must be above 0");
      SettingRules.check(memoryBytes >= 64 << 20, "buildMemory must be at least 64MiB");
      SettingRules.check(stepLifetime.toSeconds() > 0, "buildStepLifetime must be at least 1s");
    }
  }

  /**
   * What sandboxes may reach.
   *
   * @param allowedRanges CIDR ranges that are opened although they are refused by default. Default
   *     none
   * @param nameServers resolvers that names are asked of. Default: those of the host
   */
  public record NetworkSettings(List<String> allowedRanges, Optional<List<String>> nameServers) {
    public NetworkSettings {
      allowedRanges = List.copyOf(allowedRanges);
      nameServers = nameServers.map(List::copyOf);
    }
  }

  /**
   * A domain for tunnels: each has a host name of its own below it, and all of them one port.
   *
   * @param name {@code tunnelDomain}: such as {@code sandboxes.example.org}
   * @param certificate {@code tunnelCertificate}: absolute path of a PEM file with the certificate
   *     for {@code *.} and the domain, followed by its issuers'
   * @param key {@code tunnelKey}: absolute path of a PEM file with its private key
   * @param port {@code tunnelPort}: where they listen on the door's address; 0 takes a free port.
   *     Default 7443
   * @param advertisedPort {@code tunnelAdvertisedPort}: what URLs say. Default: {@code tunnelPort}
   */
  public record TunnelDomainSettings(
      String name, Path certificate, Path key, int port, OptionalInt advertisedPort) {
    // Labels of letters, digits and hyphens: RFC 1123, section 2.1.
    private static final Pattern NAME =
        Pattern.compile("(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]");
    // Tunnels put a label of 26 letters and a dot before it; 253 is the longest name.
    private static final int LONGEST_NAME = 253 - 27;

    public TunnelDomainSettings {
      SettingRules.check(
          name.length() <= LONGEST_NAME && NAME.matcher(name).matches(),
          "tunnelDomain must be a domain such as sandboxes.example.org, without '*.' before it, of "
              + "at most 226 characters");
      SettingRules.check(certificate.isAbsolute(), "tunnelCertificate must be an absolute path");
      SettingRules.check(key.isAbsolute(), "tunnelKey must be an absolute path");
      SettingRules.check(port >= 0 && port <= 65_535, "tunnelPort must be from 0 to 65535");
      SettingRules.check(
          advertisedPort.isEmpty()
              || (advertisedPort.getAsInt() > 0 && advertisedPort.getAsInt() <= 65_535),
          "tunnelAdvertisedPort must be from 1 to 65535");
    }
  }

  /**
   * Where images come from.
   *
   * @param registries {@code plainHttpRegistries}: {@code host[:port]} of registries that are asked
   *     without TLS; loopback addresses always may be; {@code registryMirrors}: whom to ask before
   *     a registry; {@code dockerConfig}: Docker's configuration file, with whose logins is pulled
   *     what is asked for without credentials. Default none of these
   * @param cache {@code imageCache}: a folder that several servers may share, for roots made of
   *     Debian packages. Default: $XDG_CACHE_HOME/atoll, else ~/.cache/atoll
   */
  public record ImageSettings(RegistrySettings registries, Path cache) {}

  /** The defaults for a data folder, on the loopback address's given port. */
  public static ServerConfig defaults(Path dataDirectory, int port) {
    ServerArguments arguments =
        new ServerArguments(
            Optional.of("127.0.0.1:" + port),
            Optional.empty(),
            Optional.of(dataDirectory.toString()),
            Optional.empty());
    return new ConfigFile().toConfig(arguments, System.getenv());
  }

  /** The defaults for a data folder and a tier, whose runtime alone has to be there. */
  public static ServerConfig defaults(Path dataDirectory, int port, Tier tier) {
    return new ConfigFile()
        .withTier(tier)
        .toConfig(
            new ServerArguments(
                Optional.of("127.0.0.1:" + port),
                Optional.empty(),
                Optional.of(dataDirectory.toString()),
                Optional.empty()),
            System.getenv());
  }

  /** This config with another tier and that tier's runtime. */
  public ServerConfig withTier(Tier other) {
    return new ServerConfig(
        door,
        dataDirectory,
        secretsKey,
        other,
        RuntimeProgram.find(other, Optional.empty(), System.getenv()),
        sandboxes,
        admission,
        pool,
        builds,
        network,
        tunnelDomain,
        images,
        extraCaCertificates);
  }

  /** This config with another pool of waiting cells. */
  public ServerConfig withPool(PoolSettings other) {
    return new ServerConfig(
        door,
        dataDirectory,
        secretsKey,
        tier,
        runtime,
        sandboxes,
        admission,
        other,
        builds,
        network,
        tunnelDomain,
        images,
        extraCaCertificates);
  }

  /** This config with other settings of what sandboxes may reach. */
  public ServerConfig withNetwork(NetworkSettings other) {
    return new ServerConfig(
        door,
        dataDirectory,
        secretsKey,
        tier,
        runtime,
        sandboxes,
        admission,
        pool,
        builds,
        other,
        tunnelDomain,
        images,
        extraCaCertificates);
  }

  /** This config with another address of the door. */
  ServerConfig withListen(InetSocketAddress other) {
    return new ServerConfig(
        door.withListen(other),
        dataDirectory,
        secretsKey,
        tier,
        runtime,
        sandboxes,
        admission,
        pool,
        builds,
        network,
        tunnelDomain,
        images,
        extraCaCertificates);
  }

  /** This config with other sandbox settings. */
  public ServerConfig withSandboxes(SandboxSettings other) {
    return new ServerConfig(
        door,
        dataDirectory,
        secretsKey,
        tier,
        runtime,
        other,
        admission,
        pool,
        builds,
        network,
        tunnelDomain,
        images,
        extraCaCertificates);
  }

  /** This config with extra CA certificates. */
  public ServerConfig withExtraCaCertificates(List<Path> files) {
    return new ServerConfig(
        door,
        dataDirectory,
        secretsKey,
        tier,
        runtime,
        sandboxes,
        admission,
        pool,
        builds,
        network,
        tunnelDomain,
        images,
        files);
  }
}
