package dev.atoll.cells.host;

import dev.atoll.cells.CellException;
import dev.atoll.cells.NetworkPolicy;
import dev.atoll.cells.Tier;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** The record of one cell: it is written with the claim, and whenever it changes afterwards. */
final class CellRecordFile {
  private final Path folder;
  private volatile Optional<CellRecord> record;
  private volatile NetworkPolicy network;
  private volatile Optional<String> departure;

  private CellRecordFile(
      Path folder, Optional<CellRecord> record, NetworkPolicy network, Optional<String> departure) {
    this.folder = folder;
    this.record = record;
    this.network = network;
    this.departure = departure;
  }

  /** Of a blank cell: there is none yet. */
  static CellRecordFile none(Path folder) {
    return new CellRecordFile(folder, Optional.empty(), new NetworkPolicy.Open(), Optional.empty());
  }

  /** Of a cell that was claimed. */
  static CellRecordFile of(Path folder, CellRecord record) {
    return new CellRecordFile(folder, Optional.of(record), record.network(), record.departure());
  }

  /** Whether the cell was claimed, so that a later host can go on with it. */
  boolean isWritten() {
    return record.isPresent();
  }

  /** The cell is about to be claimed. */
  void claimed(Tier tier, int slot, String root, Instant start) throws CellException {
    write(new CellRecord(tier, 0, slot, root, start, network, departure));
  }

  /** The cell is about to reach something else. */
  void network(NetworkPolicy policy) throws CellException {
    network = policy;
    if (record.isPresent()) {
      write(record.get().with(policy));
    }
  }

  /** The cell's connections leave from that address of the host. */
  void departure(String address) throws CellException {
    departure = Optional.of(address);
    if (record.isPresent()) {
      write(record.get().leavingFrom(departure));
    }
  }

  private void write(CellRecord fresh) throws CellException {
    try {
      fresh.write(folder);
      record = Optional.of(fresh);
    } catch (IOException e) {
      throw new CellException("the cell's record can't be written: " + e.getMessage(), e);
    }
  }
}
