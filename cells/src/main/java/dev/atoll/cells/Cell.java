package dev.atoll.cells;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One isolated container. It is claimed once, runs execs, and ends once: by {@link #destroy()}, by
 * the death of its runtime or of its users' init process, by running out of memory (gVisor), or
 * when the lifetime of its claim is over. Thread-safe.
 */
public interface Cell {
  /** A name that is unique among all cells ever booted by this instance. */
  String id();

  /**
   * The host folder whose mounts appear inside the cell. Each mount needs a fresh name (see {@link
   * #dockEntry()}); nothing may look a name up from inside before something is mounted there.
   */
  Path dock();

  /** Makes an empty folder with a fresh name in the dock, to mount something on. */
  Path dockEntry() throws CellException;

  /** The address that the cell has in its network namespace, as dotted text. */
  String address();

  /** The address of the name server that the cell may ask, as dotted text: for its resolv.conf. */
  String nameServer();

  /**
   * Stops the processes of a blank cell where they are, so that it costs no CPU while it waits; a
   * tier whose blank cells cost none anyway ignores it. Of a claimed cell it would stop users'
   * timers and servers: don't.
   */
  void park() throws CellException;

  /** Lets a parked cell go on; without effect on one that isn't parked. Takes about 1 ms. */
  void unpark() throws CellException;

  /**
   * Holds everything in a claimed cell where it is, for a short time: nothing runs, nothing is
   * written, and nobody inside is told, unlike with a signal. Returns when all of it stands still.
   * {@link #resume} must follow, whatever happens, before it is paused again; meanwhile the agent
   * doesn't answer. A cell can be destroyed while it is paused.
   *
   * @throws CellException when the cell has ended, or does not come to a standstill within seconds;
   *     it then goes on
   */
  void pause() throws CellException, InterruptedException;

  /**
   * Lets a paused cell go on.
   *
   * @throws CellException when the cell has ended meanwhile: what ran in it may have run on before
   */
  void resume() throws CellException;

  /**
   * Asks the agent for an answer and waits for it.
   *
   * @throws CellException when the cell has ended, or no answer has come within the limit
   */
  void ping(Duration limit) throws CellException, InterruptedException;

  /** Sets the limits of the whole cell; may be called again while it runs. */
  void limit(Limits limits) throws CellException;

  /**
   * Replaces what the cell may reach, also for connections that are open, and returns when it
   * holds; may be called again while the cell runs. Blocks for milliseconds, unless nothing
   * changes. A cell begins with {@link NetworkPolicy.Open}.
   *
   * @throws CellException when it could not be done or the cell is destroyed; until a later call
   *     succeeds the old or the new policy holds
   */
  void networkPolicy(NetworkPolicy policy) throws CellException, InterruptedException;

  /**
   * Has the cell's new connections leave the host from one of its own addresses, instead of the one
   * that they would leave from. Blocks for milliseconds.
   *
   * @param address an IPv4 address of this host
   * @throws CellException when it could not be done, {@code address} is none of this host's, or the
   *     cell is destroyed
   */
  void sourceAddress(String address) throws CellException, InterruptedException;

  /**
   * Makes the claim's root the cell's root. Returns when the agent has done it. May be called once.
   *
   * @throws CellException when the agent could not; the cell is then good for {@link #destroy()}
   *     only
   */
  void claim(Claim claim) throws CellException, InterruptedException;

  /**
   * Starts a process and returns when it runs, or throws when it can't be started. The listener
   * gets the output from then on.
   *
   * @throws ExecStartException when the process can't be started: the step and the errno say why
   * @throws CellException when the cell has ended
   */
  Exec exec(ExecSpec spec, ExecListener listener) throws CellException, InterruptedException;

  /**
   * Mounts a dock entry, a folder on which something is mounted, at a path inside. The path is
   * resolved inside, links are followed, and it is created as a folder when it is missing.
   *
   * @param target absolute
   * @throws RefusedException at the step {@code reserved} for the root and what is below /proc,
   *     /sys or /dev; at {@code target} when there can be no folder
   * @throws CellException when the cell has ended, or hasn't answered: it may be mounted then
   */
  void mount(Path dockEntry, String target, boolean readOnly)
      throws CellException, InterruptedException;

  /**
   * Mounts a dock entry where another one is mounted, which is unmounted. Between the two there is
   * a moment, far below a millisecond, in which neither is there. When it can't be done the other
   * one stays.
   *
   * @throws RefusedException at the step {@code replaced}: with EINVAL when that one is not
   *     mounted, with EBUSY when another entry is mounted below it
   * @throws CellException as for {@link #mount}
   */
  void replaceMount(Path dockEntry, Path replaced, boolean readOnly)
      throws CellException, InterruptedException;

  /**
   * Unmounts what {@link #mount} or {@link #replaceMount} has put inside, wherever it was moved
   * meanwhile. Processes that use it keep it.
   *
   * @throws RefusedException with EINVAL when it is not mounted, with EBUSY when another entry is
   *     mounted below it
   * @throws CellException as for {@link #mount}
   */
  void unmount(Path dockEntry) throws CellException, InterruptedException;

  /**
   * Finds a folder inside, links are followed.
   *
   * @param path absolute
   * @throws RefusedException at the step {@code target}, with ENOENT, ENOTDIR, ELOOP and the like
   * @throws CellException when the cell has ended or does not answer
   */
  FolderLocation locate(String path) throws CellException, InterruptedException;

  /**
   * Has the cell's own kernel hand over to the host's what it still keeps of files (gVisor: sync(2)
   * inside). Where that is the host's kernel there is nothing to hand over.
   */
  void sync() throws CellException, InterruptedException;

  /**
   * The FIFOs in the root of a claimed cell that only the cell's own kernel has (gVisor): the files
   * behind the root lack them, and so does whatever is copied from those. Empty in the other tier.
   * Blocks for milliseconds. When there are very many, not all are named.
   *
   * @return absolute paths inside, as people read them
   * @throws CellException when the cell has ended, or they can't be looked for
   */
  List<String> unseenFifos() throws CellException, InterruptedException;

  /**
   * As {@link #unseenFifos()}, of those at or below a folder, which may be in a mounted dock entry.
   *
   * @param folder as {@link #locate} gave it
   * @param path for which it gave it
   */
  List<String> unseenFifos(FolderLocation folder, String path)
      throws CellException, InterruptedException;

  /** Peak memory, CPU time and out-of-memory kills so far; the last figures once the cell ended. */
  ResourceUsage usage();

  /** Completes once, with the cause, when the cell has ended and nothing inside runs any more. */
  CompletableFuture<CellEnd> ended();

  /**
   * Kills everything inside, and removes the cell's processes, network, cgroups, mounts in the dock
   * and folders. Idempotent. Returns when nothing is left; takes milliseconds.
   */
  void destroy();
}
