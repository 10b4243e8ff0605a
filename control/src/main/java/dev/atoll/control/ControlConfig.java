package dev.atoll.control;

import dev.atoll.control.sandboxes.SandboxPolicy;
import java.nio.file.Path;

/**
 * How the control plane is run.
 *
 * @param directory an existing folder of mode 0700 for the store and the signing key
 * @param version the server's version
 * @param policy what sandboxes get and may have
 */
public record ControlConfig(Path directory, String version, SandboxPolicy policy) {}
