package dev.atoll.sdk;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How to run a process in a sandbox. */
public final class ExecOptions {
  private final Optional<String> workdir;
  private final Map<String, String> environment;
  private final List<Secret> secrets;
  private final Optional<Duration> timeout;
  private final boolean mergeStderr;
  private final boolean discardStdout;
  private final boolean discardStderr;
  private final boolean pty;

  private ExecOptions(Builder builder) {
    this.workdir = builder.workdir;
    this.environment = Map.copyOf(builder.environment);
    this.secrets = List.copyOf(builder.secrets);
    this.timeout = builder.timeout;
    this.mergeStderr = builder.mergeStderr;
    this.discardStdout = builder.discardStdout;
    this.discardStderr = builder.discardStderr;
    this.pty = builder.pty;
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** The working directory, absolute; empty: the sandbox's. */
  public Optional<String> workdir() {
    return workdir;
  }

  /** Variables on top of the sandbox's and the secrets'. */
  public Map<String, String> environment() {
    return environment;
  }

  /** Variables from secrets; later ones override earlier ones. */
  public List<Secret> secrets() {
    return secrets;
  }

  /**
   * After which time the process and its group are killed; empty: never. The server counts from the
   * start, and kills up to 50 milliseconds early, so that the end is known here in time.
   */
  public Optional<Duration> timeout() {
    return timeout;
  }

  /** Whether stderr goes into stdout, in the order of writing; default false. */
  public boolean mergeStderr() {
    return mergeStderr;
  }

  /** Whether what the process writes to stdout is dropped; default false. */
  public boolean discardStdout() {
    return discardStdout;
  }

  /** Whether what the process writes to stderr is dropped; default false. */
  public boolean discardStderr() {
    return discardStderr;
  }

  /**
   * Whether the process runs on a pseudo terminal (24 x 80, {@code xterm-256color}), which merges
   * stderr into stdout; default false.
   */
  public boolean pty() {
    return pty;
  }

  /** Builds {@link ExecOptions}; its methods throw {@link InvalidArgumentException}. */
  public static final class Builder {
    private Optional<String> workdir = Optional.empty();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<Secret> secrets = new ArrayList<>();
    private Optional<Duration> timeout = Optional.empty();
    private boolean mergeStderr;
    private boolean discardStdout;
    private boolean discardStderr;
    private boolean pty;

    private Builder() {}

    /** Sets {@link ExecOptions#workdir()}. */
    public Builder workdir(String path) {
      this.workdir = Optional.of(path);
      return this;
    }

    /** Adds to {@link ExecOptions#environment()}. */
    public Builder environment(String variable, String value) {
      environment.put(variable, value);
      return this;
    }

    /** Adds to {@link ExecOptions#environment()}. */
    public Builder environment(Map<String, String> variables) {
      environment.putAll(variables);
      return this;
    }

    /** Adds to {@link ExecOptions#secrets()}. */
    public Builder secret(Secret secret) {
      secrets.add(secret);
      return this;
    }

    /** Sets {@link ExecOptions#timeout()}: whole seconds, 1 or more. */
    public Builder timeout(Duration limit) {
      this.timeout = Optional.of(Limits.wholeSeconds("timeout", limit));
      return this;
    }

    /** Sets {@link ExecOptions#mergeStderr()}. */
    public Builder mergeStderr(boolean merge) {
      this.mergeStderr = merge;
      return this;
    }

    /** Sets {@link ExecOptions#discardStdout()}. */
    public Builder discardStdout(boolean discard) {
      this.discardStdout = discard;
      return this;
    }

    /** Sets {@link ExecOptions#discardStderr()}; not together with {@link #mergeStderr}. */
    public Builder discardStderr(boolean discard) {
      this.discardStderr = discard;
      return this;
    }

    /** Sets {@link ExecOptions#pty()}. */
    public Builder pty(boolean terminal) {
      this.pty = terminal;
      return this;
    }

    /** The options. */
    public ExecOptions build() {
      if (mergeStderr && discardStderr) {
        throw new InvalidArgumentException(
            "stderr can't be merged into stdout and be discarded: choose one");
      }
      return new ExecOptions(this);
    }
  }
}
