package dev.atoll.cells.host;

import dev.atoll.cells.NetworkPolicy;
import dev.atoll.cells.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a later host must know of a claimed cell to go on with it: a file beside the cell, and on
 * the same file system in memory, so that it is gone when the cell is.
 *
 * @param tier of the host that claimed it
 * @param generation how often the cell was taken back
 * @param slot the number of its network slot
 * @param root the name of the dock entry that is its root
 * @param claimed when the claim began
 * @param network what it may reach
 * @param departure the host's address that its connections leave from; absent: the usual one
 */
record CellRecord(
    Tier tier,
    int generation,
    int slot,
    String root,
    Instant claimed,
    NetworkPolicy network,
    Optional<String> departure) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String NAME = "record.json";

  /** The record of a cell's folder; empty when the cell was not claimed. */
  static Optional<CellRecord> read(Path folder) throws IOException {
    try {
      return Optional.of(parse(JSON.readTree(Files.readAllBytes(folder.resolve(NAME)))));
    } catch (NoSuchFileException unclaimed) {
      return Optional.empty();
    } catch (JacksonException broken) {
      throw new IOException("the record of a cell can't be read: " + broken.getMessage(), broken);
    }
  }

  /** Replaces the record in one step. */
  void write(Path folder) throws IOException {
    Path fresh = folder.resolve(NAME + ".new");
    Files.write(fresh, JSON.writeValueAsBytes(json()));
    Files.move(fresh, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
  }

  static void remove(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(NAME + ".new"));
    Files.deleteIfExists(folder.resolve(NAME));
  }

  CellRecord with(NetworkPolicy policy) {
    return new CellRecord(tier, generation, slot, root, claimed, policy, departure);
  }

  CellRecord leavingFrom(Optional<String> address) {
    return new CellRecord(tier, generation, slot, root, claimed, network, address);
  }

  CellRecord nextGeneration() {
    return new CellRecord(tier, generation + 1, slot, root, claimed, network, departure);
  }

  private ObjectNode json() {
    ObjectNode json = JSON.createObjectNode();
    json.put("tier", tier.name())
        .put("generation", generation)
        .put("slot", slot)
        .put("root", root)
        .put("claimed", claimed.toString());
    departure.ifPresent(address -> json.put("departure", address));
    ObjectNode policy = json.putObject("network");
    switch (network) {
      case NetworkPolicy.Open _ -> policy.put("kind", "open");
      case NetworkPolicy.Blocked _ -> policy.put("kind", "blocked");
      case NetworkPolicy.Allowlist list -> {
        policy.put("kind", "allowlist");
        ArrayNode ranges = policy.putArray("ranges");
        list.ranges().forEach(ranges::add);
      }
    }
    return json;
  }

  private static CellRecord parse(JsonNode json) {
    return new CellRecord(
        Tier.valueOf(json.required("tier").asString()),
        json.required("generation").asInt(),
        json.required("slot").asInt(),
        json.required("root").asString(),
        Instant.parse(json.required("claimed").asString()),
        policy(json.required("network")),
        json.optional("departure").map(JsonNode::asString));
  }

  private static NetworkPolicy policy(JsonNode json) {
    return switch (json.required("kind").asString()) {
      case "open" -> new NetworkPolicy.Open();
      case "blocked" -> new NetworkPolicy.Blocked();
      default -> {
        List<String> ranges = new ArrayList<>();
        json.required("ranges").forEach(range -> ranges.add(range.asString()));
        yield new NetworkPolicy.Allowlist(ranges);
      }
    };
  }
}
