package dev.atoll.images;

/** A user name and password for a registry. The password never shows in text. */
public record Credentials(String username, String password) {
  @Override
  public String toString() {
    return "Credentials[" + username + "]";
  }
}
