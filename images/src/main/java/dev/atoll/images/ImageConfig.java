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
}
