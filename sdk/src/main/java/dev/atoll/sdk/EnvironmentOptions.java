package dev.atoll.sdk;

import java.util.Optional;

/** In which environment to look for something, or to make it. */
public final class EnvironmentOptions {
  private final Optional<String> environment;

  private EnvironmentOptions(Builder builder) {
    this.environment = builder.environment;
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** The environment's name; empty: the client's ({@link Atoll.Builder#environmentName}). */
  public Optional<String> environment() {
    return environment;
  }

  /** Builds {@link EnvironmentOptions}. */
  public static final class Builder {
    private Optional<String> environment = Optional.empty();

    private Builder() {}

    /** Sets {@link EnvironmentOptions#environment()}. */
    public Builder environment(String name) {
      this.environment = Optional.of(name);
      return this;
    }

    /** The options. */
    public EnvironmentOptions build() {
      return new EnvironmentOptions(this);
    }
  }
}
