package dev.atoll.cells.agent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares what the agent remembers with what the worker does, when a connection begins. */
final class Resumption {
  private Resumption() {}

  /**
   * Sends over a new connection whatever the agent has to hear again.
   *
   * @param execs the worker's, by number
   * @param nextExec the first number that was never used
   * @return the execs that go on
   */
  static List<AgentExec> resume(
      AgentMessage.Hello hello, Map<Integer, AgentExec> execs, int nextExec, FrameWriter connection)
      throws ProtocolException {
    Map<Integer, AgentMessage.KnownExec> known = new HashMap<>();
    for (AgentMessage.KnownExec exec : hello.execs()) {
      if (exec.number() >= nextExec) {
        throw new ProtocolException("HELLO lists the exec " + exec.number() + ", which never was");
      }
      known.put(exec.number(), exec);
      if (!execs.containsKey(exec.number())) {
        connection.send(Frames.drop(exec.number()));
      }
    }
    List<AgentExec> resumed = new ArrayList<>();
    for (AgentExec exec : execs.values()) {
      AgentMessage.KnownExec entry = known.get(exec.number());
      if (entry != null) {
        // It runs, so a STARTED that got lost would have said so.
        exec.started(new AgentMessage.Started(exec.number(), 0, ""));
        exec.resume(connection, entry);
        resumed.add(exec);
      } else if (!exec.isStarted() && exec.canStart()) {
        exec.request(connection);
      } else if (exec.endForgotten() || !exec.isStarted()) {
        // Its end was heard, and all of its output; or a worker died before it had asked for it.
        execs.remove(exec.number());
      } else {
        throw new ProtocolException("HELLO does not list the exec " + exec.number());
      }
    }
    return resumed;
  }
}
