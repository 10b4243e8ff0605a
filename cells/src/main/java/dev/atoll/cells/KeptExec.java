package dev.atoll.cells;

/**
 * An exec of a cell that is taken back, as the records of the worker that started it have it.
 *
 * @param number as {@link Exec#number}
 * @param stdin whether it has an input
 * @param output where its output goes
 * @param listener goes on hearing of it
 * @param stdout what is kept of its stdout
 * @param stderr what is kept of its stderr
 * @param exited whether its end was recorded: then it is not told again
 * @param outOfMemoryBefore how often something of the cell had been killed for its memory before it
 *     started
 */
public record KeptExec(
    int number,
    boolean stdin,
    ExecSpec.Output output,
    ExecListener listener,
    Progress stdout,
    Progress stderr,
    boolean exited,
    long outOfMemoryBefore) {
  /**
   * How far a stream is.
   *
   * @param received so many bytes were heard: the listener hears those that follow
   * @param acknowledged as in {@link Exec#acknowledge}
   */
  public record Progress(long received, long acknowledged) {}
}
