package dev.atoll.sdk;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Which sandboxes to list. */
public final class SandboxFilter {
  private final Optional<App> app;
  private final Map<String, String> tags;

  private SandboxFilter(Builder builder) {
    this.app = builder.app;
    this.tags = Map.copyOf(builder.tags);
  }

  /** A builder of a filter that lets all pass. */
  public static Builder builder() {
    return new Builder();
  }

  /** Only sandboxes of this app; empty: of all apps of the client's environment. */
  public Optional<App> app() {
    return app;
  }

  /** Only sandboxes that have all these tags. */
  public Map<String, String> tags() {
    return tags;
  }

  /** Builds {@link SandboxFilter}. */
  public static final class Builder {
    private Optional<App> app = Optional.empty();
    private final Map<String, String> tags = new LinkedHashMap<>();

    private Builder() {}

    /** Sets {@link SandboxFilter#app()}. */
    public Builder app(App only) {
      this.app = Optional.of(only);
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
