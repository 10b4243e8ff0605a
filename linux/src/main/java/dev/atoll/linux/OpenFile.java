package dev.atoll.linux;

/** An open regular file. Its calls block while the disk works: not for virtual threads. */
public final class OpenFile extends OpenNode {
  private static final long MOST_AT_ONCE = 64L << 20;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;

  OpenFile(Descriptor descriptor) {
    super(descriptor);
  }

  /**
   * Reads from the current position (read(2)).
   *
   * @return how many bytes are now at the buffer's begin; 0 at the end
   */
  public int read(TransferBuffer buffer) throws LinuxException {
    return (int) call(SystemCallNumber.READ, "an open file", buffer.address(), buffer.capacity());
  }

  /** Writes the buffer's first bytes, all of them, at a position (pwrite(2)). */
  public void write(TransferBuffer buffer, int length, long position) throws LinuxException {
    for (int done = 0; done < length; ) {
      done +=
          (int)
              call(
                  SystemCallNumber.PWRITE64,
                  "an open file",
                  buffer.address() + done,
                  length - done,
                  position + done);
    }
  }

  /** Makes it this long; what is new reads as zeros and takes no space (ftruncate(2)). */
  public void setSize(long size) throws LinuxException {
    call(SystemCallNumber.FTRUNCATE, "an open file", size);
  }

  /**
   * Copies the whole content into an empty file; holes stay holes. Inside of one file system the
   * kernel may share the blocks (copy_file_range(2)).
   *
   * @throws LinuxException EINTR when the thread is interrupted, as it then stays: a part is copied
   */
  public void copyTo(OpenFile target) throws LinuxException {
    long size = status().size();
    target.setSize(size);
    long at = 0;
    while (at < size) {
      long data = SystemCall.raw(SystemCallNumber.LSEEK, number(), at, SEEK_DATA);
      if (data == -Errno.ENXIO) {
        return;
      }
      data = data < 0 ? at : data;
      long hole = SystemCall.raw(SystemCallNumber.LSEEK, number(), data, SEEK_HOLE);
      long end = hole < 0 ? size : hole;
      copyRange(target, data, end);
      at = end;
    }
  }

  private void copyRange(OpenFile target, long from, long end) throws LinuxException {
    final int seekSet = 0;
    call(SystemCallNumber.LSEEK, "an open file", from, seekSet);
    target.call(SystemCallNumber.LSEEK, "an open file", from, seekSet);
    boolean sameFileSystem = true;
    for (long at = from; at < end; ) {
      if (Thread.currentThread().isInterrupted()) {
        throw new LinuxException("copy_file_range", "an open file", Errno.EINTR);
      }
      long wanted = Math.min(MOST_AT_ONCE, end - at);
      long done;
      if (sameFileSystem) {
        done =
            SystemCall.raw(
                SystemCallNumber.COPY_FILE_RANGE, number(), 0, target.number(), 0, wanted, 0);
        if (done < 0 && done != -Errno.ENOSPC && done != -Errno.EDQUOT && done != -Errno.EIO) {
          sameFileSystem = false;
          continue;
        }
      } else {
        done = SystemCall.raw(SystemCallNumber.SENDFILE, target.number(), number(), 0, wanted);
      }
      if (done != -Errno.EINTR) {
        SystemCall.check(SystemCallNumber.SENDFILE, "an open file", done);
        at += done;
      }
      if (done == 0) {
        return; // It became shorter while it was read.
      }
    }
  }
}
