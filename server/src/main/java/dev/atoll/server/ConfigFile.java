package dev.atoll.server;

import dev.atoll.cells.Tier;
import dev.atoll.control.sandboxes.AdmissionRules;
import dev.atoll.errors.AtollException;
import dev.atoll.images.ImageStoreConfig;
import dev.atoll.images.RegistryMirror;
import dev.atoll.images.RegistrySettings;
import dev.atoll.server.ServerConfig.BuildSettings;
import dev.atoll.server.ServerConfig.DiskSettings;
import dev.atoll.server.ServerConfig.ImageSettings;
import dev.atoll.server.ServerConfig.NetworkSettings;
import dev.atoll.server.ServerConfig.PoolSettings;
import dev.atoll.server.ServerConfig.SandboxSettings;
import dev.atoll.server.ServerConfig.TunnelDomainSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A configuration file: keys and values, none of them required, none of them unknown. */
final class ConfigFile {
  private static final String PLAINTEXT = "plaintextBeyondLoopback";
  private static final Set<String> TEXT_KEYS =
      Set.of(
          "listen",
          "publicUrl",
          "certificate",
          "key",
          PLAINTEXT,
          "maximumMessage",
          "maximumHeaders",
          "maximumStreams",
          "maximumConnections",
          "maximumConnectionsPerAddress",
          "callsPerSecond",
          "idleConnectionTimeout",
          "auditSize",
          "dataDir",
          "secretsKey",
          "tier",
          "runsc",
          "runc",
          "defaultCpu",
          "maximumCpu",
          "defaultMemory",
          "maximumMemory",
          "defaultLifetime",
          "maximumLifetime",
          "outputRetention",
          "endedRetention",
          "spoolLimit",
          "processLimit",
          "diskPool",
          "defaultDisk",
          "maximumDisk",
          "cpuOvercommit",
          "memoryOvercommit",
          "createQueue",
          "createQueueTime",
          "poolSize",
          "poolMemoryReserve",
          "buildCpu",
          "buildMemory",
          "buildStepLifetime",
          "imageCache",
          "dockerConfig",
          "tunnelDomain",
          "tunnelCertificate",
          "tunnelKey",
          "tunnelPort",
          "tunnelAdvertisedPort");
  private static final Set<String> LIST_KEYS =
      Set.of("allowedRanges", "nameServers", "plainHttpRegistries", "extraCaCertificates");
  private static final List<String> TUNNEL_DOMAIN_KEYS =
      List.of("tunnelCertificate", "tunnelKey", "tunnelPort", "tunnelAdvertisedPort");
  private static final String MIRRORS = "registryMirrors";
  private static final int MAXIMUM_SIZE = 1 << 20;

  private final Map<String, String> texts = new LinkedHashMap<>();
  private final Map<String, List<String>> lists = new LinkedHashMap<>();
  private Map<String, List<RegistryMirror>> mirrors = Map.of();

  /** An empty one. */
  ConfigFile() {}

  /** Reads YAML or JSON; INVALID_ARGUMENT names the file, the key and the rule. */
  static ConfigFile read(Path file) throws IOException {
    ConfigFile config = new ConfigFile();
    try {
      if (Files.size(file) > MAXIMUM_SIZE) {
        throw AtollException.invalid("%s is larger than a configuration file can be", file);
      }
      JsonNode root = mapper().readTree(Files.readString(file));
      if (!root.isObject() && !root.isMissingNode() && !root.isNull()) {
        throw AtollException.invalid("%s must hold keys and values", file);
      }
      root.properties().forEach(entry -> config.put(file, entry.getKey(), entry.getValue()));
      return config;
    } catch (NoSuchFileException missing) {
      throw AtollException.notFound("there is no configuration file %s", file);
    } catch (JacksonException malformed) {
      throw AtollException.invalid(
          "%s is neither YAML nor JSON: %s", file, malformed.getOriginalMessage());
    }
  }

  /** This one, with a tier. */
  ConfigFile withTier(Tier tier) {
    texts.put("tier", tier.label());
    return this;
  }

  /** The whole config: arguments win over the file, the file over the defaults. */
  ServerConfig toConfig(ServerArguments arguments, Map<String, String> environment) {
    Tier tier = tier();
    return new ServerConfig(
        door(arguments),
        Path.of(arguments.dataDirectory().or(() -> text("dataDir")).orElse("/var/lib/atoll")),
        text("secretsKey").map(Path::of),
        tier,
        RuntimeProgram.find(tier, text(tier == Tier.GVISOR ? "runsc" : "runc"), environment),
        sandboxes(),
        admission(),
        pool(),
        builds(),
        new NetworkSettings(list("allowedRanges"), Optional.ofNullable(lists.get("nameServers"))),
        tunnelDomain(),
        new ImageSettings(
            new RegistrySettings(
                Set.copyOf(list("plainHttpRegistries")),
                mirrors,
                text("dockerConfig").map(file -> readable("dockerConfig", file))),
            text("imageCache").map(Path::of).orElseGet(ImageStoreConfig::defaultCache)),
        list("extraCaCertificates").stream()
            .map(file -> readable("extraCaCertificates", file))
            .toList());
  }

  private DoorSettings door(ServerArguments arguments) {
    Optional<String> certificate = text("certificate");
    Optional<String> key = text("key");
    SettingRules.check(
        certificate.isPresent() == key.isPresent(),
        "certificate and key need each other: the paths of two PEM files");
    String plaintext = text(PLAINTEXT).orElse("");
    SettingRules.check(
        plaintext.isEmpty() || plaintext.equals("allowed"),
        PLAINTEXT + " can only be 'allowed'; without the key it isn't");
    return new DoorSettings(
        ListenAddress.parse(
            arguments.listen().or(() -> text("listen")).orElse("127.0.0.1:7070"),
            certificate.isPresent() || !plaintext.isEmpty()),
        arguments.publicUrl().or(() -> text("publicUrl")),
        certificate.map(
            path -> new DoorSettings.TlsFiles(Path.of(path), Path.of(key.orElseThrow()))),
        !plaintext.isEmpty(),
        new DoorSettings.DoorLimits(
            Units.bytes("maximumMessage", text("maximumMessage").orElse("100MiB")),
            Units.bytes("maximumHeaders", text("maximumHeaders").orElse("64KiB")),
            count("maximumStreams", 10_000),
            count("maximumConnections", 8_192),
            count("maximumConnectionsPerAddress", 1_024),
            count("callsPerSecond", 2_000),
            Units.time("idleConnectionTimeout", text("idleConnectionTimeout").orElse("5m"))),
        Units.bytes("auditSize", text("auditSize").orElse("256MiB")));
  }

  private int count(String key, int standard) {
    return text(key).map(value -> Units.count(key, value)).orElse(standard);
  }

  private SandboxSettings sandboxes() {
    return new SandboxSettings(
        Units.cpuMillis("defaultCpu", text("defaultCpu").orElse("0.125")),
        text("maximumCpu").map(v -> Units.cpuMillis("maximumCpu", v)).orElseGet(Host::cpuMillis),
        Units.bytes("defaultMemory", text("defaultMemory").orElse("128MiB")),
        text("maximumMemory")
            .map(v -> Units.bytes("maximumMemory", v))
            .orElseGet(Host::mostOfMemory),
        Units.time("defaultLifetime", text("defaultLifetime").orElse("300s")),
        Units.time("maximumLifetime", text("maximumLifetime").orElse("24h")),
        Units.time("outputRetention", text("outputRetention").orElse("24h")),
        Units.time("endedRetention", text("endedRetention").orElse("30d")),
        Units.bytes("spoolLimit", text("spoolLimit").orElse("1GiB")),
        Units.count("processLimit", text("processLimit").orElse("4096")),
        disk());
  }

  private DiskSettings disk() {
    Optional<String> pool = text("diskPool");
    return new DiskSettings(
        pool.filter("none"::equals).isPresent()
            ? new DiskSettings.Pool.None()
            : new DiskSettings.Pool.File(
                pool.map(size -> OptionalLong.of(Units.bytes("diskPool", size)))
                    .orElseGet(OptionalLong::empty)),
        Units.bytes("defaultDisk", text("defaultDisk").orElse("10GiB")),
        Units.bytes("maximumDisk", text("maximumDisk").orElse("64GiB")));
  }

  private AdmissionRules admission() {
    return new AdmissionRules(
        within("cpuOvercommit", 32, 1, 1_000),
        within("memoryOvercommit", 2, 1, 1_000),
        within("createQueue", 1_000, 0, 100_000),
        Units.time("createQueueTime", text("createQueueTime").orElse("30s")));
  }

  private int within(String key, int standard, int least, int most) {
    int value = count(key, standard);
    SettingRules.check(
        value >= least && value <= most, key + " must be from " + least + " to " + most);
    return value;
  }

  private PoolSettings pool() {
    return new PoolSettings(
        Units.count("poolSize", text("poolSize").orElse("8")),
        text("poolMemoryReserve")
            .map(v -> Units.bytes("poolMemoryReserve", v))
            .orElseGet(Host::sixteenthOfMemory));
  }

  private BuildSettings builds() {
    return new BuildSettings(
        text("buildCpu").map(v -> Units.cpuMillis("buildCpu", v)).orElseGet(Host::cpuMillis),
        text("buildMemory")
            .map(v -> Units.bytes("buildMemory", v))
            .orElseGet(() -> Math.min(4L << 30, Host.mostOfMemory())),
        Units.time("buildStepLifetime", text("buildStepLifetime").orElse("1h")));
  }

  private Optional<TunnelDomainSettings> tunnelDomain() {
    if (text("tunnelDomain").isEmpty()) {
      for (String key : TUNNEL_DOMAIN_KEYS) {
        SettingRules.check(text(key).isEmpty(), key + " needs tunnelDomain");
      }
      return Optional.empty();
    }
    return Optional.of(
        new TunnelDomainSettings(
            text("tunnelDomain").orElseThrow().toLowerCase(Locale.ROOT),
            tunnelFile("tunnelCertificate"),
            tunnelFile("tunnelKey"),
            Units.count("tunnelPort", text("tunnelPort").orElse("7443")),
            text("tunnelAdvertisedPort")
                .map(port -> OptionalInt.of(Units.count("tunnelAdvertisedPort", port)))
                .orElseGet(OptionalInt::empty)));
  }

  private Path tunnelFile(String key) {
    return text(key)
        .map(Path::of)
        .orElseThrow(
            () -> AtollException.invalid("tunnelDomain needs %s: the path of a PEM file", key));
  }

  private Tier tier() {
    String label = text("tier").orElse(Tier.GVISOR.label());
    for (Tier tier : Tier.values()) {
      if (tier.label().equals(label.toLowerCase(Locale.ROOT))) {
        return tier;
      }
    }
    throw Units.wrong("tier", label, "gvisor or runc");
  }

  private Optional<String> text(String key) {
    return Optional.ofNullable(texts.get(key));
  }

  private List<String> list(String key) {
    return lists.getOrDefault(key, List.of());
  }

  private void put(Path file, String key, JsonNode value) {
    if (TEXT_KEYS.contains(key)) {
      if (!value.isValueNode() || value.isNull()) {
        throw AtollException.invalid("%s: the key '%s' must have one value", file, key);
      }
      texts.put(key, value.asString());
    } else if (LIST_KEYS.contains(key)) {
      if (!value.isArray() || value.valueStream().anyMatch(item -> !item.isString())) {
        throw AtollException.invalid("%s: the key '%s' must have a list of texts", file, key);
      }
      lists.put(key, value.valueStream().map(JsonNode::asString).toList());
    } else if (key.equals(MIRRORS)) {
      mirrors = MirrorSettings.read(file, MIRRORS, value);
    } else {
      Set<String> known = new TreeSet<>(TEXT_KEYS);
      known.addAll(LIST_KEYS);
      known.add(MIRRORS);
      throw AtollException.invalid(
          "%s: unknown key '%s'; the keys are %s", file, key, String.join(", ", known));
    }
  }

  /** The file that a key names; INVALID_ARGUMENT when it can't be read. */
  static Path readable(String key, String text) {
    Path file = Path.of(text);
    if (!file.isAbsolute() || !Files.isReadable(file)) {
      throw AtollException.invalid(
          "%s has '%s': that is not the absolute path of a readable file", key, text);
    }
    return file;
  }

  private static YAMLMapper mapper() {
    return YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  }
}
