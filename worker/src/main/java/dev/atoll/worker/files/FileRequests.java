package dev.atoll.worker.files;

import dev.atoll.errors.AtollException;
import dev.atoll.errors.ErrorCode;
import dev.atoll.protocol.modal.ContainerFileOpenRequest;
import dev.atoll.protocol.modal.ContainerFileReadRequest;
import dev.atoll.protocol.modal.ContainerFileSeekRequest;
import dev.atoll.protocol.modal.ContainerFileWriteRequest;
import dev.atoll.protocol.modal.ContainerFilesystemExecRequest;
import dev.atoll.protocol.modal.ContainerFilesystemExecResponse;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Turns what a client sends into an operation, or says what is wrong with it. */
final class FileRequests {
  private static final Set<String> MODES = Set.of("r", "w", "a", "r+", "w+", "a+");
  private static final int LONGEST_PATH_BYTES = 4_095;
  private static final int SHOWN_CHARACTERS = 20;

  private FileRequests() {}

  /** Begins what a request asks for. */
  static ContainerFilesystemExecResponse begin(
      ContainerFilesystemExecRequest request, TaskFiles files) throws InterruptedException {
    return switch (request.getFileExecRequestOneofCase()) {
      case FILE_OPEN_REQUEST -> open(request.getFileOpenRequest(), files);
      case FILE_READ_REQUEST -> read(request.getFileReadRequest(), files);
      case FILE_WRITE_REQUEST -> write(request.getFileWriteRequest(), files);
      case FILE_FLUSH_REQUEST ->
          files.run(
              request.getFileFlushRequest().getFileDescriptor(), 0, (file, _) -> file.flush());
      case FILE_READ_LINE_REQUEST ->
          files.run(request.getFileReadLineRequest().getFileDescriptor(), 0, FileAccess::readLine);
      case FILE_SEEK_REQUEST -> seek(request.getFileSeekRequest(), files);
      case FILE_CLOSE_REQUEST -> files.close(request.getFileCloseRequest().getFileDescriptor());
      case FILE_DELETE_BYTES_REQUEST ->
          throw unserved("file_delete_bytes_request", "read the file and write what shall stay");
      case FILE_WRITE_REPLACE_BYTES_REQUEST ->
          throw unserved(
              "file_write_replace_bytes_request", "read the file and write what it shall be");
      case FILE_LS_REQUEST -> throw unserved("file_ls_request", "run 'ls' as an exec");
      case FILE_MKDIR_REQUEST -> throw unserved("file_mkdir_request", "run 'mkdir' as an exec");
      case FILE_RM_REQUEST -> throw unserved("file_rm_request", "run 'rm' as an exec");
      case FILE_WATCH_REQUEST ->
          throw unserved("file_watch_request", "look at the files with execs");
      case FILEEXECREQUESTONEOF_NOT_SET ->
          throw AtollException.invalid("file_exec_request_oneof: name one operation");
    };
  }

  private static ContainerFilesystemExecResponse open(
      ContainerFileOpenRequest request, TaskFiles files) throws InterruptedException {
    String path = request.getPath();
    if (path.indexOf('\0') >= 0) {
      throw AtollException.invalid("path holds a NUL byte: a path can't have one");
    }
    if (path.getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH_BYTES) {
      throw AtollException.invalid(
          "path: longer than %d bytes, the longest path there is", LONGEST_PATH_BYTES);
    }
    return files.open(path, mode(request.getMode()));
  }

  /** Files are bytes here, so that fopen(3)'s 'b' says nothing. */
  private static String mode(String asked) {
    String mode = asked.length() <= SHOWN_CHARACTERS ? asked.replaceFirst("(?<=.)b", "") : asked;
    if (!MODES.contains(mode)) {
      throw AtollException.invalid(
          "mode '%s': must be r, w, a, r+, w+ or a+",
          asked.length() <= SHOWN_CHARACTERS ? asked : asked.substring(0, SHOWN_CHARACTERS) + "…");
    }
    return mode;
  }

  private static ContainerFilesystemExecResponse read(
      ContainerFileReadRequest request, TaskFiles files) throws InterruptedException {
    long wanted = request.hasN() ? Integer.toUnsignedLong(request.getN()) : Long.MAX_VALUE;
    return files.run(
        request.getFileDescriptor(), 0, (file, operation) -> file.read(wanted, operation));
  }

  private static ContainerFilesystemExecResponse write(
      ContainerFileWriteRequest request, TaskFiles files) throws InterruptedException {
    return files.run(
        request.getFileDescriptor(),
        request.getData().size(),
        (file, _) -> file.write(request.getData().asReadOnlyByteBuffer()));
  }

  private static ContainerFilesystemExecResponse seek(
      ContainerFileSeekRequest request, TaskFiles files) throws InterruptedException {
    int whence =
        switch (request.getWhence()) {
          case SEEK_SET -> 0;
          case SEEK_CUR -> 1;
          case SEEK_END -> 2;
          case UNRECOGNIZED ->
              throw AtollException.invalid("whence: must be SET (0), CUR (1) or END (2)");
        };
    return files.run(
        request.getFileDescriptor(), 0, (file, _) -> file.seek(request.getOffset(), whence));
  }

  private static AtollException unserved(String field, String instead) {
    return new AtollException(
        ErrorCode.UNIMPLEMENTED,
        "%s: this server does not offer it; %s instead".formatted(field, instead));
  }
}
