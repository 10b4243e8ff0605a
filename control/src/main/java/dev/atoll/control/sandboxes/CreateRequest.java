package dev.atoll.control.sandboxes;

import dev.atoll.errors.AtollException;
import dev.atoll.protocol.modal.Sandbox;
import dev.atoll.protocol.modal.SandboxCreateRequest;
import dev.atoll.protocol.modal.SandboxCreateV2Request;
import dev.atoll.protocol.modal.SandboxTag;
import dev.atoll.protocol.modal.SecretSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A create, whichever generation of the wire it came by.
 *
 * @param appId the app
 * @param definition what is asked for
 * @param sources where environment variables come from, in order; later ones override
 * @param tags labels
 * @param idempotencyKey a repetition with the same key creates nothing
 */
public record CreateRequest(
    String appId,
    Sandbox definition,
    List<Source> sources,
    Map<String, String> tags,
    Optional<String> idempotencyKey) {

  /** Where environment variables come from. */
  public sealed interface Source {
    /** A secret. */
    record Secret(String secretId) implements Source {}

    /** Variables given with the call; their values show in no text. */
    record Variables(Map<String, String> values) implements Source {
      @Override
      public String toString() {
        return "Variables" + values.keySet();
      }
    }
  }

  /** From the first generation's message. */
  public static CreateRequest of(SandboxCreateRequest request, Optional<String> key) {
    List<Source> sources = new ArrayList<>();
    request.getDefinition().getSecretIdsList().forEach(id -> sources.add(new Source.Secret(id)));
    addVariables(sources, request.getDefinition());
    return new CreateRequest(
        request.getAppId(), request.getDefinition(), sources, tags(request.getTagsList()), key);
  }

  /** From the second generation's message. */
  public static CreateRequest of(SandboxCreateV2Request request, Optional<String> key) {
    if (request.getCloudBucketMountCredentialsCount() > 0) {
      throw AtollException.invalid(
          "cloud_bucket_mount_credentials is set: this server serves no buckets");
    }
    List<Source> sources = new ArrayList<>();
    if (request.getSecretSourcesCount() > 0) {
      // The definition's secret_ids repeat those among these sources.
      for (SecretSource source : request.getSecretSourcesList()) {
        sources.add(
            source.hasSecretId()
                ? new Source.Secret(source.getSecretId())
                : new Source.Variables(source.getEnv().getContentsMap()));
      }
    } else {
      request.getDefinition().getSecretIdsList().forEach(id -> sources.add(new Source.Secret(id)));
      sources.add(new Source.Variables(request.getEphemeralSecrets().getContentsMap()));
    }
    addVariables(sources, request.getDefinition());
    return new CreateRequest(
        request.getAppId(), request.getDefinition(), sources, tags(request.getTagsList()), key);
  }

  private static void addVariables(List<Source> sources, Sandbox definition) {
    if (definition.hasEnvironmentVariables()) {
      sources.add(new Source.Variables(definition.getEnvironmentVariables().getContentsMap()));
    }
  }

  private static Map<String, String> tags(List<SandboxTag> tags) {
    return TextRules.tags(
        tags.stream().map(tag -> Map.entry(tag.getTagName(), tag.getTagValue())).toList());
  }
}
