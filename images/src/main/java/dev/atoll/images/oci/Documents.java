package dev.atoll.images.oci;

import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON documents, as far as they are read. What is missing is null; unknown fields are skipped;
 * lists and maps hold no null, but for the ports, whose values say nothing.
 */
final class Documents {
  private Documents() {}

  /** An image index, an image manifest, or neither. */
  record Manifest(
      @Nullable Integer schemaVersion,
      @Nullable String mediaType,
      @Nullable Blob config,
      @Nullable List<Blob> layers,
      @Nullable List<Blob> manifests) {}

  record Blob(
      @Nullable String mediaType,
      @Nullable String digest,
      @Nullable Long size,
      @Nullable Platform platform,
      @Nullable List<String> urls) {
    Descriptor descriptor() {
      return new Descriptor(
          mediaType == null ? "" : mediaType,
          digest == null ? "" : digest,
          size == null ? -1 : size);
    }
  }

  record Platform(@Nullable String os, @Nullable String architecture, @Nullable String variant) {}

  record Image(
      @Nullable String os,
      @Nullable String architecture,
      @Nullable Process config,
      @Nullable Rootfs rootfs) {}

  record Rootfs(@Nullable List<String> diff_ids) {}

  /** OCI's names have capitals. */
  record Process(
      @com.fasterxml.jackson.annotation.JsonProperty("Env") @Nullable List<String> environment,
      @com.fasterxml.jackson.annotation.JsonProperty("WorkingDir")
          @Nullable String workingDirectory,
      @com.fasterxml.jackson.annotation.JsonProperty("User") @Nullable String user,
      @com.fasterxml.jackson.annotation.JsonProperty("Entrypoint")
          @Nullable List<String> entrypoint,
      @com.fasterxml.jackson.annotation.JsonProperty("Cmd") @Nullable List<String> command,
      @com.fasterxml.jackson.annotation.JsonProperty("Shell") @Nullable List<String> shell,
      @com.fasterxml.jackson.annotation.JsonProperty("Labels") @Nullable Map<String, String> labels,
      @com.fasterxml.jackson.annotation.JsonProperty("ExposedPorts")
          @com.fasterxml.jackson.annotation.JsonSetter(contentNulls = Nulls.SET)
          @Nullable Map<String, Object> exposedPorts) {}

  /** One image of a Docker archive's manifest.json. */
  record DockerImage(
      @com.fasterxml.jackson.annotation.JsonProperty("Config") @Nullable String config,
      @com.fasterxml.jackson.annotation.JsonProperty("Layers") @Nullable List<String> layers) {}
}
