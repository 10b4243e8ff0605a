package dev.atoll.images.oci;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.images.content.Digests;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** Checks a blob while it is read: the end comes only when size and digest are right. */
public final class VerifiedBlob extends FilterInputStream {
  private final Descriptor descriptor;
  private final MessageDigest digest = Digests.newSha256();
  private long count;
  private boolean verified;

  /** Wraps a stream, and closes it with this one. */
  public VerifiedBlob(InputStream stream, Descriptor descriptor) {
    super(stream);
    this.descriptor = descriptor;
  }

  /**
   * All bytes of a small blob.
   *
   * @param most how many are read at most
   */
  public static byte[] readAll(InputStream stream, Descriptor descriptor, int most)
      throws IOException {
    if (descriptor.size() > most) {
      throw new AtollException(
          ErrorCode.FAILED_PRECONDITION,
          "the blob %s has %d bytes; at most %d are read"
              .formatted(descriptor.digest(), descriptor.size(), most));
    }
    try (InputStream verified = new VerifiedBlob(stream, descriptor)) {
      return verified.readAllBytes();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = super.read(bytes, offset, length);
    if (read < 0) {
      verify();
      return -1;
    }
    count += read;
    if (count > descriptor.size()) {
      throw lie("it has more than the %d bytes announced".formatted(descriptor.size()));
    }
    digest.update(bytes, offset, read);
    return read;
  }

  private void verify() throws IOException {
    if (verified) {
      return;
    }
    if (count < descriptor.size()) {
      throw new TransferException(
          "the blob %s ended after %d of %d bytes"
              .formatted(descriptor.digest(), count, descriptor.size()));
    }
    String actual = Digests.of(digest.digest());
    if (!actual.equals(descriptor.digest())) {
      throw lie("its content is " + actual);
    }
    verified = true;
  }

  private AtollException lie(String how) {
    return new AtollException(
        ErrorCode.FAILED_PRECONDITION,
        "the blob %s is not what its digest says: %s".formatted(descriptor.digest(), how));
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public long skip(long wanted) throws IOException {
    return readNBytes((int) Math.min(wanted, 65_536)).length;
  }
}
