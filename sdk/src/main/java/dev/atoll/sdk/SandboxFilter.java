package dev.atoll.sdk;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Which sandboxes to list. */
public final class SandboxFilter {
  private final Optional<App> app;
  private final Optional<String> environment;
  private final Map<String, String> tags;

  private SandboxFilter(Builder builder) {
    this.app = builder.app;
    this.environment = builder.environment;
    this.tags = Map.copyOf(builder.tags);
  }

  /** A builder of a filter that lets all pass. */
  public static Builder builder() {
    return new Builder();
  }

  /** Only sandboxes of this app; empty: of all apps of an environment. */
  public Optional<App> app() {
    return app;
  }

  /**
   * Only sandboxes of this environment; empty: of the client's ({@link
   * Atoll.Builder#environmentName}). With an {@link #app()}, which is in one environment anyway, it
   * has no effect.
   */
  public Optional<String> environment() {
    return environment;
  }

  /** Only sandboxes that have all these tags. */
  public Map<String, String> tags() {
    return tags;
  }

  /** Builds {@link SandboxFilter}. */
  public static final class Builder {
    private Optional<App> app = Optional.empty();
    private Optional<String> environment = Optional.empty();
    private final Map<String, String> tags = new LinkedHashMap<>();

    private Builder() {}

    /** Sets {@link SandboxFilter#app()}. */
    public Builder app(App only) {
      this.app = Optional.of(only);
      return this;
    }

    /** Sets {@link SandboxFilter#environment()}. */
    public Builder environment(String name) {
      this.environment = Optional.of(name);
      return this;
    }

    /** Adds to {@link SandboxFilter#tags()}. */
    public Builder tag(String key, String value) {
      tags.put(key, value);
      return this;
    }

    /** The filter. */
    public SandboxFilter build() {
      return new SandboxFilter(this);
    }
  }
}
