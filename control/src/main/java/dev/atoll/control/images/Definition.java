package dev.atoll.control.images;

import dev.atoll.control.auth.SignedTokens;
import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.modal.BaseImage;
import dev.atoll.protocol.modal.Image;
import dev.atoll.protocol.modal.ImageGetOrCreateRequest;
import dev.atoll.protocol.worker.RegistryCredentials;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One layer's definition, as a client sent it.
 *
 * @param commands Dockerfile lines, FROM first
 * @param baseIds ids of earlier images, by the names that FROM uses for them
 * @param secretIds secrets whose variables RUN steps see
 * @param registryLogin the secret with the registry's credentials
 * @param buildArgs values of ARG
 */
record Definition(
    List<String> commands,
    Map<String, String> baseIds,
    List<String> secretIds,
    Optional<RegistryLogin> registryLogin,
    Map<String, String> buildArgs) {
  private static final int MAXIMUM_COMMANDS_BYTES = 1024 * 1024;

  /** Reads and checks a request; what this server doesn't serve is refused, nothing is ignored. */
  static Definition read(ImageGetOrCreateRequest request) {
    Image image = request.getImage();
    List<String> commands = image.getDockerfileCommandsList();
    refuseUnserved(request);
    checkCommands(commands);
    Map<String, String> bases = new LinkedHashMap<>();
    for (BaseImage base : image.getBaseImagesList()) {
      bases.put(base.getDockerTag(), base.getImageId());
    }
    return new Definition(
        List.copyOf(commands),
        bases,
        List.copyOf(image.getSecretIdsList()),
        bases.isEmpty() ? RegistryLogin.read(image) : Optional.empty(),
        Map.copyOf(image.getBuildArgsMap()));
  }

  /**
   * The name of what the definition makes: equal for equal inputs.
   *
   * @param digests of the base names that are known here
   * @param secrets the variables of its secrets
   * @param credentials what its bases are pulled with: whoever has others gets another image
   * @param fingerprints what keeps the name from telling them
   */
  String hash(
      Map<String, String> digests,
      Map<String, String> secrets,
      Optional<RegistryCredentials> credentials,
      SignedTokens fingerprints) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      commands.forEach(command -> update(digest, "command", command));
      new TreeMap<>(digests).forEach((name, value) -> update(digest, "base " + name, value));
      new TreeMap<>(secrets).forEach((name, value) -> update(digest, "secret " + name, value));
      new TreeMap<>(buildArgs).forEach((name, value) -> update(digest, "arg " + name, value));
      credentials.ifPresent(
          pair -> {
            update(digest, "registry user", pair.getUsername());
            update(digest, "registry password", pair.getPassword());
          });
      return HexFormat.of()
          .formatHex(fingerprints.fingerprint("image definition", digest.digest()));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }

  private static void update(MessageDigest digest, String label, String value) {
    for (String text : List.of(label, value)) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
      digest.update(bytes);
    }
  }

  private static void checkCommands(List<String> commands) {
    if (!BaseNames.hasFrom(commands)) {
      throw AtollException.invalid("image.dockerfile_commands must have a FROM line");
    }
    long bytes = 0;
    for (String command : commands) {
      bytes += command.length();
      if (command.indexOf('\0') >= 0) {
        throw AtollException.invalid("image.dockerfile_commands must not hold NUL bytes");
      }
    }
    if (bytes > MAXIMUM_COMMANDS_BYTES) {
      throw AtollException.invalid(
          "image.dockerfile_commands has %d characters: the limit is %d",
          bytes, MAXIMUM_COMMANDS_BYTES);
    }
  }

  private static void refuseUnserved(ImageGetOrCreateRequest request) {
    Image image = request.getImage();
    refuse(image.getContextFilesCount() > 0, "image.context_files (COPY of local files)");
    refuse(!image.getContextMountId().isEmpty(), "image.context_mount_id (COPY of local files)");
    refuse(image.getVolumeMountsCount() > 0, "image.volume_mounts (volumes during a build)");
    refuse(
        image.hasBuildFunction()
            || !image.getBuildFunctionDef().isEmpty()
            || !request.getBuildFunctionId().isEmpty(),
        "image.build_function (functions as build steps)");
    refuse(
        image.getGpuConfig().getCount() > 0 || !image.getGpuConfig().getGpuType().isEmpty(),
        "image.gpu_config (this server has no GPUs)");
  }

  private static void refuse(boolean present, String what) {
    if (present) {
      throw new AtollException(ErrorCode.UNIMPLEMENTED, what + " is not served by this server");
    }
  }
}
