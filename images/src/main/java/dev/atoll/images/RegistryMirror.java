package dev.atoll.images;

import dev.atoll.errors.AtollException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A server that has what a registry has.
 *
 * @param address {@code https://host[:port][/path]}, or {@code http://}; repositories are below the
 *     path
 * @param certificates a PEM file with CA certificates that it is trusted with, beside the usual
 *     ones
 * @param seesCredentials whether it is asked with the credentials that a request brings for the
 *     registry; if not, it is not asked at all for what is asked for with credentials
 */
public record RegistryMirror(URI address, Optional<Path> certificates, boolean seesCredentials) {
  private static final Pattern PATH = Pattern.compile("(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*");

  public RegistryMirror {
    if (address.getRawUserInfo() != null) {
      throw AtollException.invalid("the address of a mirror must hold no user name and password");
    }
    boolean web = "https".equals(address.getScheme()) || "http".equals(address.getScheme());
    if (!web
        || address.getHost() == null
        || address.getRawQuery() != null
        || address.getRawFragment() != null
        || !PATH.matcher(address.getRawPath()).matches()) {
      throw refused(address.toString());
    }
  }

  /** Reads an address; INVALID_ARGUMENT says what one looks like. */
  public static URI parse(String address) {
    try {
      return new URI(address.endsWith("/") ? address.substring(0, address.length() - 1) : address);
    } catch (URISyntaxException e) {
      throw refused(address);
    }
  }

  /** Host and port. */
  public String host() {
    return address.getRawAuthority();
  }

  /** A repository's name on this server. */
  public String repository(String name) {
    String path = address.getRawPath();
    return path.isEmpty() ? name : path.substring(1) + "/" + name;
  }

  private static AtollException refused(String address) {
    return AtollException.invalid(
        "'%s' is no address of a mirror: expected https://host[:port][/path] or http://…", address);
  }
}
