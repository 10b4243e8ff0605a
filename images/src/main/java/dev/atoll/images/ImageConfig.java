package dev.atoll.images;

import java.util.List;
import java.util.Map;

/**
 * What a process of an image starts with (OCI image spec, image config).
 *
 * @param environment {@code NAME=value} entries, in order
 * @param workingDirectory absolute path; empty when the image names none
 * @param user as written: {@code name}, {@code uid}, {@code name:group}, …; empty for root
 * @param entrypoint the first words of every command; may be empty
 * @param command the default command; may be empty
 * @param shell what the shell form of RUN, CMD and ENTRYPOINT is run by
 * @param labels metadata
 * @param exposedPorts such as {@code 80/tcp}; information only
 */
public record ImageConfig(
    List<String> environment,
    String workingDirectory,
    String user,
    List<String> entrypoint,
    List<String> command,
    List<String> shell,
    Map<String, String> labels,
    List<String> exposedPorts) {
  public ImageConfig {
    environment = List.copyOf(environment);
    entrypoint = List.copyOf(entrypoint);
    command = List.copyOf(command);
    shell = List.copyOf(shell);
    labels = Map.copyOf(labels);
    exposedPorts = List.copyOf(exposedPorts);
  }

  /** The config of an image that says nothing. */
  public static ImageConfig empty() {
    return new ImageConfig(List.of(), "", "", List.of(), List.of(), List.of(), Map.of(), List.of());
  }

  /** This config with another {@link #environment}. */
  public ImageConfig withEnvironment(List<String> environment) {
    return new ImageConfig(
        environment, workingDirectory, user, entrypoint, command, shell, labels, exposedPorts);
  }

  /** This config with another {@link #workingDirectory}. */
  public ImageConfig withWorkingDirectory(String workingDirectory) {
    return new ImageConfig(
        environment, workingDirectory, user, entrypoint, command, shell, labels, exposedPorts);
  }

  /** This config with another {@link #user}. */
  public ImageConfig withUser(String user) {
    return new ImageConfig(
        environment, workingDirectory, user, entrypoint, command, shell, labels, exposedPorts);
  }

  /** This config with another {@link #entrypoint}. */
  public ImageConfig withEntrypoint(List<String> entrypoint) {
    return new ImageConfig(
        environment, workingDirectory, user, entrypoint, command, shell, labels, exposedPorts);
  }

  /** This config with another {@link #command}. */
  public ImageConfig withCommand(List<String> command) {
    return new ImageConfig(
        environment, workingDirectory, user, entrypoint, command, shell, labels, exposedPorts);
  }

  /** This config with another {@link #shell}. */
  public ImageConfig withShell(List<String> shell) {
    return new ImageConfig(
        environment, workingDirectory, user, entrypoint, command, shell, labels, exposedPorts);
  }

  /** This config with another {@link #labels}. */
  public ImageConfig withLabels(Map<String, String> labels) {
    return new ImageConfig(
        environment, workingDirectory, user, entrypoint, command, shell, labels, exposedPorts);
  }

  /** This config with another {@link #exposedPorts}. */
  public ImageConfig withExposedPorts(List<String> exposedPorts) {
    return new ImageConfig(
        environment, workingDirectory, user, entrypoint, command, shell, labels, exposedPorts);
  }
}
