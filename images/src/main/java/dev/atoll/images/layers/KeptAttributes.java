package dev.atoll.images.layers;

import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.LinuxException;
import dev.atoll.linux.OpenNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Extended attributes that a layer keeps: the users' own, and capabilities of programs in the form
 * without a user namespace (capabilities(7), struct vfs_cap_data). Overlay's own would steer the
 * overlay.
 */
final class KeptAttributes {
  static final String CAPABILITY = "security.capability";

  private static final int REVISION_MASK = 0xff000000;
  private static final int REVISION_2 = 0x02000000;
  private static final int REVISION_3 = 0x03000000;
  private static final int BYTES_2 = 20;
  private static final int BYTES_3 = 24;

  private KeptAttributes() {}

  static boolean isUsers(String name) {
    return name.startsWith("user.")
        && name.length() > "user.".length()
        && !name.startsWith("user.overlay.");
  }

  /** Sets those of an archive's entry that are kept. Owner and permissions must be set before. */
  static void apply(OpenNode node, Map<String, byte[]> attributes) throws LinuxException {
    for (Map.Entry<String, byte[]> attribute : attributes.entrySet()) {
      if (isUsers(attribute.getKey())) {
        node.setAttribute(attribute.getKey(), attribute.getValue());
      } else if (attribute.getKey().equals(CAPABILITY) && !(node instanceof DirectoryDescriptor)) {
        Optional<byte[]> value = capability(attribute.getValue(), 0);
        if (value.isPresent()) {
          node.setAttribute(CAPABILITY, value.get());
        }
      }
    }
  }

  /** Copies those that are kept from one node to another. */
  static void copy(OpenNode from, OpenNode to, int hostBase) throws LinuxException {
    for (String name : from.attributeNames()) {
      if (isUsers(name) || name.equals(CAPABILITY)) {
        Optional<byte[]> value = from.attribute(name);
        if (name.equals(CAPABILITY)) {
          value = value.flatMap(bytes -> capability(bytes, hostBase));
        }
        if (value.isPresent()) {
          to.setAttribute(name, value.get());
        }
      }
    }
  }

  /**
   * Capabilities in the canonical form; empty when they are malformed or count in another user
   * namespace only.
   *
   * @param hostBase the host's id of the namespace's root
   */
  static Optional<byte[]> capability(byte[] value, int hostBase) {
    if (value.length < BYTES_2) {
      return Optional.empty();
    }
    ByteBuffer words = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    int revision = words.getInt(0) & REVISION_MASK;
    if (revision == REVISION_2 && value.length == BYTES_2) {
      return Optional.of(value);
    }
    if (revision != REVISION_3 || value.length != BYTES_3 || words.getInt(BYTES_2) != hostBase) {
      return Optional.empty();
    }
    byte[] canonical = Arrays.copyOf(value, BYTES_2);
    ByteBuffer.wrap(canonical)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0, words.getInt(0) & ~REVISION_MASK | REVISION_2);
    return Optional.of(canonical);
  }
}
