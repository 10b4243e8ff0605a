package dev.atoll.images;

import dev.atoll.errors.AtollException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names an image in a registry as users write it: {@code python}, {@code python:3.13}, {@code
 * host:5000/team/app:1@sha256:…}. Without a host it means Docker Hub, without a namespace there
 * {@code library/}, without tag and digest {@code latest} (OCI distribution spec, pulling
 * manifests).
 *
 * @param registry host and maybe port
 * @param repository the name below the host
 * @param tag a tag; absent when only a digest is given
 * @param digest a manifest digest, which wins over the tag
 */
public record RegistryReference(
    String registry, String repository, Optional<String> tag, Optional<String> digest) {
  private static final Pattern SHAPE =
      Pattern.compile(
          "(?:(?<host>[A-Za-z0-9.-]*[.:][A-Za-z0-9.:-]*|localhost)/)?"
              + "(?<name>[a-z0-9]+(?:(?:[._]|__|-+|/)[a-z0-9]+)*)"
              + "(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?"
              + "(?:@(?<digest>sha256:[0-9a-f]{64}))?");

  /** Reads a reference, or says what is wrong with it (INVALID_ARGUMENT). */
  public static RegistryReference parse(String text) {
    Matcher match = SHAPE.matcher(text);
    if (text.length() > 512 || !match.matches()) {
      throw AtollException.invalid(
          "'%s' is no image reference: expected [host[:port]/]name[:tag][@sha256:digest]",
          text.length() > 512 ? text.substring(0, 512) + "…" : text);
    }
    Optional<String> host = Optional.ofNullable(match.group("host"));
    String name = match.group("name");
    Optional<String> tag = Optional.ofNullable(match.group("tag"));
    Optional<String> digest = Optional.ofNullable(match.group("digest"));
    if (tag.isEmpty() && digest.isEmpty()) {
      tag = Optional.of("latest");
    }
    String repository = host.isEmpty() && name.indexOf('/') < 0 ? "library/" + name : name;
    return new RegistryReference(host.orElse("docker.io"), repository, tag, digest);
  }

  /** The reference as text, with everything that was left out. */
  public String text() {
    return registry
        + "/"
        + repository
        + tag.map(name -> ":" + name).orElse("")
        + digest.map(value -> "@" + value).orElse("");
  }
}
