package dev.atoll.cells.host;

import dev.atoll.cells.CellException;
import dev.atoll.cells.RefusedException;
import dev.atoll.cells.agent.AgentLink;
import dev.atoll.cells.runtime.BootPlan;
import dev.atoll.cells.runtime.CellRuntime;
import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.DirectoryDescriptor.Resolve;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.RawNames;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** FIFOs that are in a cell, but not in the files behind it. */
final class UnseenFifos {
  private UnseenFifos() {}

  /** Clocks inside and outside may differ by so much. */
  private static final Duration SPARE = Duration.ofSeconds(2);

  /**
   * A cell's root, which lacked none before it was claimed.
   *
   * @param folder where it is mounted in the dock
   * @param claimed when the claim began
   */
  record Root(Path folder, Instant claimed) {}

  /** Their paths inside, as people read them. */
  static List<String> of(
      CellRuntime runtime, BootPlan plan, SearchedFolder searched, AgentLink link)
      throws CellException, InterruptedException {
    try {
      List<String> folders =
          runtime.foldersOfUnseenFifos(plan, searched.entry()).stream()
              .flatMap(folder -> searched.inside(folder).stream())
              .toList();
      List<String> unseen = new ArrayList<>();
      if (!folders.isEmpty()) {
        try (DirectoryDescriptor files = DirectoryDescriptor.open(searched.entry())) {
          for (String path : FifoSearch.in(folders, searched.claimed().minus(SPARE), link)) {
            if (!isFifo(files, searched.inEntry(path)) && isIn(path, searched, plan.dock(), link)) {
              unseen.add(RawNames.text(searched.shown(path)));
            }
          }
        }
      }
      return unseen;
    } catch (CellException known) {
      throw known;
    } catch (IOException e) {
      throw new CellException("no FIFOs can be looked for: " + e.getMessage(), e);
    }
  }

  /** What is mounted inside hides folders of the entry: a FIFO that was found may be another's. */
  private static boolean isIn(String path, SearchedFolder searched, Path dock, AgentLink link)
      throws CellException, InterruptedException {
    try {
      return searched.isWhere(
          link.locate(path.substring(0, path.lastIndexOf('/') + 1)).location(dock));
    } catch (RefusedException gone) {
      return false;
    }
  }

  /** Nothing inside steers the look: it follows no links and enters no other file system. */
  private static boolean isFifo(DirectoryDescriptor files, String path) {
    int end = path.lastIndexOf('/');
    try (DirectoryDescriptor folder =
        files.directory("." + path.substring(0, end), Resolve.NO_SYMLINKS_NO_MOUNTS)) {
      return folder
          .find(path.substring(end + 1))
          .filter(status -> status.type() == FileStatus.S_IFIFO)
          .isPresent();
    } catch (LinuxException gone) {
      return false;
    }
  }
}
