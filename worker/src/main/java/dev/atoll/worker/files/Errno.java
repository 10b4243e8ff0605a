package dev.atoll.worker.files;

import dev.atoll.protocol.modal.SystemErrorCode;

/** The kernel's error numbers (errno(3)) that files meet, for clients and for people. */
final class Errno {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EIO = 5;
  static final int ENXIO = 6;
  static final int EBADF = 9;
  static final int EAGAIN = 11;
  static final int ENOMEM = 12;
  static final int EACCES = 13;
  static final int EEXIST = 17;
  static final int ENOTDIR = 20;
  static final int EISDIR = 21;
  static final int EINVAL = 22;
  static final int ENFILE = 23;
  static final int EMFILE = 24;
  static final int ETXTBSY = 26;
  static final int EFBIG = 27;
  static final int ENOSPC = 28;
  static final int ESPIPE = 29;
  static final int EROFS = 30;
  static final int ENAMETOOLONG = 36;
  static final int ELOOP = 40;
  static final int EDQUOT = 122;

  private Errno() {}

  /** The wire's code; the nearest one where the wire has none of its own. */
  static SystemErrorCode code(int errno) {
    return switch (errno) {
      case EPERM -> SystemErrorCode.SYSTEM_ERROR_CODE_PERM;
      case ENOENT -> SystemErrorCode.SYSTEM_ERROR_CODE_NOENT;
      case EIO -> SystemErrorCode.SYSTEM_ERROR_CODE_IO;
      case ENXIO -> SystemErrorCode.SYSTEM_ERROR_CODE_NXIO;
      case ENOMEM, EAGAIN -> SystemErrorCode.SYSTEM_ERROR_CODE_NOMEM;
      case EACCES, EROFS, ETXTBSY -> SystemErrorCode.SYSTEM_ERROR_CODE_ACCES;
      case EEXIST -> SystemErrorCode.SYSTEM_ERROR_CODE_EXIST;
      case ENOTDIR -> SystemErrorCode.SYSTEM_ERROR_CODE_NOTDIR;
      case EISDIR -> SystemErrorCode.SYSTEM_ERROR_CODE_ISDIR;
      case EINVAL, EBADF, ESPIPE, ENAMETOOLONG, ELOOP -> SystemErrorCode.SYSTEM_ERROR_CODE_INVAL;
      case EMFILE, ENFILE -> SystemErrorCode.SYSTEM_ERROR_CODE_MFILE;
      case EFBIG -> SystemErrorCode.SYSTEM_ERROR_CODE_FBIG;
      case ENOSPC, EDQUOT -> SystemErrorCode.SYSTEM_ERROR_CODE_NOSPC;
      default -> SystemErrorCode.SYSTEM_ERROR_CODE_UNSPECIFIED;
    };
  }

  /** What it means, as the end of a sentence. */
  static String sentence(int errno) {
    return switch (errno) {
      case EPERM -> "operation not permitted";
      case ENOENT -> "no such file or directory";
      case EIO -> "input/output error";
      case ENXIO -> "it is a FIFO, a socket, or a device that isn't there; open a regular file";
      case EBADF -> "the file's mode does not allow it";
      case EAGAIN -> "the sandbox's limit of processes is reached, or a device has no data yet";
      case ENOMEM -> "not enough memory in the sandbox";
      case EACCES -> "permission denied";
      case EEXIST -> "the file exists";
      case ENOTDIR -> "not a directory";
      case EISDIR -> "is a directory";
      case EINVAL -> "invalid argument";
      case ENFILE, EMFILE -> "too many open files in the sandbox";
      case ETXTBSY -> "permission denied while the program runs";
      case EFBIG -> "the file is too large";
      case ENOSPC -> "no space left on the device";
      case ESPIPE -> "the file has no positions";
      case EROFS -> "permission denied on a read-only file system";
      case ENAMETOOLONG -> "the name is too long";
      case ELOOP -> "too many levels of symbolic links";
      case EDQUOT -> "the disk quota is used up";
      default -> "failed with errno " + errno;
    };
  }
}
