package dev.atoll.cells;

/** How strongly a cell is isolated, and by what. */
public enum Tier {
  /** gVisor's {@code runsc} on platform systrap: a kernel of its own in user space. */
  GVISOR("gvisor"),
  /** Kernel namespaces by {@code runc}, with a user namespace: root inside is nobody outside. */
  RUNC("runc");

  private final String label;

  Tier(String label) {
    this.label = label;
  }

  /** The word used in configuration files and answers. */
  public String label() {
    return label;
  }
}
