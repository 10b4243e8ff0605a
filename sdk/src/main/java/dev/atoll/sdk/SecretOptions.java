package dev.atoll.sdk;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How to look for a secret. */
public final class SecretOptions {
  private final Optional<String> environment;
  private final List<String> requiredKeys;

  private SecretOptions(Builder builder) {
    this.environment = builder.environment;
    this.requiredKeys = List.copyOf(builder.requiredKeys);
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** The environment to look in; empty: the client's ({@link Atoll.Builder#environmentName}). */
  public Optional<String> environment() {
    return environment;
  }

  /** Variables that the secret must have; default: none. */
  public List<String> requiredKeys() {
    return requiredKeys;
  }

  /** Builds {@link SecretOptions}. */
  public static final class Builder {
    private Optional<String> environment = Optional.empty();
    private final List<String> requiredKeys = new ArrayList<>();

    private Builder() {}

    /** Sets {@link SecretOptions#environment()}. */
    public Builder environment(String name) {
      this.environment = Optional.of(name);
      return this;
    }

    /** Adds to {@link SecretOptions#requiredKeys()}. */
    public Builder requiredKeys(String... keys) {
      requiredKeys.addAll(List.of(keys));
      return this;
    }

    /** The options. */
    public SecretOptions build() {
      return new SecretOptions(this);
    }
  }
}
