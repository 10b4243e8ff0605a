package dev.atoll.images.layers;

import dev.atoll.linux.DirectoryDescriptor;
import dev.atoll.linux.FileStatus;
import dev.atoll.linux.LinuxException;

/** What overlayfs reads in a layer (Documentation/filesystems/overlayfs.rst). */
final class OverlayMarks {
  static final String OPAQUE = "trusted.overlay.opaque";
  static final String REDIRECT = "trusted.overlay.redirect";

  private static final byte[] YES = {'y'};

  private OverlayMarks() {}

  static boolean isWhiteout(FileStatus status) {
    return status.type() == FileStatus.S_IFCHR && status.rawDevice() == 0;
  }

  /** Whether an attribute of a folder says what is in it. */
  static boolean isAboutContent(String attribute) {
    return attribute.equals(OPAQUE) || attribute.equals(REDIRECT);
  }

  static void createWhiteout(DirectoryDescriptor folder, String name) throws LinuxException {
    folder.createNode(name, FileStatus.S_IFCHR, 0);
  }

  static void makeOpaque(DirectoryDescriptor folder) throws LinuxException {
    folder.setAttribute(OPAQUE, YES);
  }
}
