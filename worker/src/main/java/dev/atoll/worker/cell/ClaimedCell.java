package dev.atoll.worker.cell;

import dev.atoll.cells.Cell;
import dev.atoll.images.Image;
import dev.atoll.images.RootFilesystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A cell that runs an image.
 *
 * @param cell claimed
 * @param rootFilesystem mounted in the cell's dock
 * @param root where
 * @param trustEnvironment variables that lead to the extra CA certificates; may be empty
 * @param timings where the time went
 */
public record ClaimedCell(
    Cell cell,
    RootFilesystem rootFilesystem,
    Path root,
    Map<String, String> trustEnvironment,
    ClaimTimings timings) {
  public ClaimedCell {
    trustEnvironment = Map.copyOf(trustEnvironment);
  }

  /** The image that it runs. */
  public Image image() {
    return rootFilesystem.image();
  }

  /** The name of the dock entry that is its root. */
  public String rootEntry() {
    return root.getFileName().toString();
  }

  /** Ends everything inside and discards what was written. Blocks for milliseconds. */
  public void release() throws IOException {
    cell.destroy();
    rootFilesystem.close();
  }
}
