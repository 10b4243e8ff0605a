package dev.atoll.sdk;

import java.util.ArrayList;
import java.util.List;

/** How to run a layer's Dockerfile commands. */
public final class LayerOptions {
  private final List<Secret> secrets;
  private final boolean forceBuild;

  private LayerOptions(Builder builder) {
    this.secrets = List.copyOf(builder.secrets);
    this.forceBuild = builder.forceBuild;
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Variables of the RUN steps' environment; they are in nothing that is stored. Default: none. */
  public List<Secret> secrets() {
    return secrets;
  }

  /** Whether to run the steps again although the server remembers their result; default false. */
  public boolean forceBuild() {
    return forceBuild;
  }

  /** Builds {@link LayerOptions}. */
  public static final class Builder {
    private final List<Secret> secrets = new ArrayList<>();
    private boolean forceBuild;

    private Builder() {}

    /** Adds a secret to {@link LayerOptions#secrets()}. */
    public Builder secret(Secret secret) {
      secrets.add(secret);
      return this;
    }

    /** Sets {@link LayerOptions#forceBuild()}. */
    public Builder forceBuild(boolean force) {
      this.forceBuild = force;
      return this;
    }

    /** The options. */
    public LayerOptions build() {
      return new LayerOptions(this);
    }
  }
}
