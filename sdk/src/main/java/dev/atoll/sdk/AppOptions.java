package dev.atoll.sdk;

import java.util.Optional;

/** How to look for an app. */
public final class AppOptions {
  private final boolean createIfMissing;
  private final Optional<String> environment;

  private AppOptions(Builder builder) {
    this.createIfMissing = builder.createIfMissing;
    this.environment = builder.environment;
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Whether to make the app when there is none; default false. */
  public boolean createIfMissing() {
    return createIfMissing;
  }

  /** The environment to look in; empty: the client's ({@link Atoll.Builder#environmentName}). */
  public Optional<String> environment() {
    return environment;
  }

  /** Builds {@link AppOptions}. */
  public static final class Builder {
    private boolean createIfMissing;
    private Optional<String> environment = Optional.empty();

    private Builder() {}

    /** Sets {@link AppOptions#createIfMissing()}. */
    public Builder createIfMissing(boolean create) {
      this.createIfMissing = create;
      return this;
    }

    /** Sets {@link AppOptions#environment()}. */
    public Builder environment(String name) {
      this.environment = Optional.of(name);
      return this;
    }

    /** The options. */
    public AppOptions build() {
      return new AppOptions(this);
    }
  }
}
