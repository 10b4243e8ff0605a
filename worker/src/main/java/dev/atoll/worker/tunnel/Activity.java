package dev.atoll.worker.tunnel;

/** Who wants to know that something lasts. */
public interface Activity {
  /** Something that lasts has begun. */
  void hold();

  /** Something that lasted is over. */
  void release();
}
