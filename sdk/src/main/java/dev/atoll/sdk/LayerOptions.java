package dev.atoll.sdk;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How to run a layer's Dockerfile commands. */
public final class LayerOptions {
  private final Map<String, String> environment;
  private final List<Secret> secrets;
  private final boolean forceBuild;

  private LayerOptions(Builder builder) {
    this.environment = Map.copyOf(builder.environment);
    this.secrets = List.copyOf(builder.secrets);
    this.forceBuild = builder.forceBuild;
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Variables of the RUN steps' environment, on top of the secrets'; they are in nothing that is
   * stored, as ENV is. Default: none.
   */
  public Map<String, String> environment() {
    return environment;
  }

  /**
   * Variables of the RUN steps' environment from secrets, of which later ones override earlier
   * ones; they are in nothing that is stored. Default: none.
   */
  public List<Secret> secrets() {
    return secrets;
  }

  /** Whether to run the steps again although the server remembers their result; default false. */
  public boolean forceBuild() {
    return forceBuild;
  }

  /** Builds {@link LayerOptions}. */
  public static final class Builder {
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<Secret> secrets = new ArrayList<>();
    private boolean forceBuild;

    private Builder() {}

    /** Adds to {@link LayerOptions#environment()}. */
    public Builder environment(String variable, String value) {
      environment.put(variable, value);
      return this;
    }

    /** Adds to {@link LayerOptions#environment()}. */
    public Builder environment(Map<String, String> variables) {
      environment.putAll(variables);
      return this;
    }

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
