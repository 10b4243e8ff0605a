package dev.atoll.sdk;

/** An image could not be built: a step failed, a base is unknown, a registry refused. */
public final class BuildFailedException extends AtollException {
  private static final long serialVersionUID = 1L;

  private final String imageId;
  private final String logEnd;

  BuildFailedException(String imageId, String message, String logEnd) {
    super(ErrorCode.FAILED_PRECONDITION, message);
    this.imageId = imageId;
    this.logEnd = logEnd;
  }

  /** The id that the image would have had. */
  public String imageId() {
    return imageId;
  }

  /** The last part of the build's log, at most 16 KiB; empty when the build wrote nothing. */
  public String logEnd() {
    return logEnd;
  }
}
