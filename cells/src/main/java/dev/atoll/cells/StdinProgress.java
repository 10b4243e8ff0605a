package dev.atoll.cells;

/**
 * How far a process's stdin has come. What the cell has received reaches the process also when this
 * worker dies.
 *
 * @param received so many bytes
 * @param taken of which the process has taken so many
 * @param endReceived whether the cell knows that the input ends there
 * @param closed whether the process reads no more
 */
public record StdinProgress(long received, long taken, boolean endReceived, boolean closed) {}
