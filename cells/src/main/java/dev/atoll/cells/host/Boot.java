package dev.atoll.cells.host;

import dev.atoll.cells.CellException;
import dev.atoll.cells.process.Command;
import dev.atoll.cells.runtime.BootPlan;
import dev.atoll.cells.runtime.CellRuntime;
import dev.atoll.linux.ProcessWatcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One boot: runs the tier's script, finds the cell's processes, and waits for the agent's call. */
record Boot(CellRuntime runtime, BootPlan plan, ProcessWatcher watcher, BootUrgency urgency) {

  /**
   * Boots.
   *
   * @throws CellException with what the runtime said; the caller destroys the cell
   */
  void run(LocalCell cell) throws IOException, InterruptedException {
    if (urgency == BootUrgency.BACKGROUND) {
      plan.bootGroup().giveWay(true);
      plan.group().giveWay(true);
    }
    try {
      new Command(List.of("sh", "-c", runtime.script(plan)), "", urgency.script()).run();
    } catch (CellException e) {
      throw new CellException("the runtime can't boot a cell: " + e.getMessage() + complaints(), e);
    }
    try {
      cell.connected().get(urgency.hello().toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new CellException(
          "the cell ended before its agent said hello: "
              + Objects.requireNonNullElse(e.getCause(), e).getMessage()
              + complaints(),
          e);
    } catch (TimeoutException e) {
      throw new CellException(
          "the cell's agent did not say hello within "
              + urgency.hello().toSeconds()
              + " s"
              + complaints(),
          e);
    }
    if (urgency == BootUrgency.BACKGROUND) {
      // It must answer heartbeats in time, and be quick at once when it is claimed.
      plan.group().giveWay(false);
    }
    cell.watch(CellProcesses.watch(runtime.processes(plan), plan.group().processes(), watcher));
  }

  private String complaints() throws IOException {
    StringBuilder complaints = new StringBuilder();
    for (Path log : List.of(plan.log(), plan.runtimeLog())) {
      if (Files.exists(log) && Files.size(log) > 0) {
        complaints.append("; ").append(Command.quote(Files.readString(log)));
      }
    }
    return complaints.toString();
  }
}
