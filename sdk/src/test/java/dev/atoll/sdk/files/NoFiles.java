package dev.atoll.sdk.files;

import java.util.List;

/** Files that must not be asked for: paths are syntax. */
record NoFiles() implements FileOperations {
  @Override
  public String sandboxId() {
    return "sb-1";
  }

  @Override
  public FileEntry stat(String path) {
    throw new AssertionError(path);
  }

  @Override
  public List<FileEntry> list(String path) {
    throw new AssertionError(path);
  }

  @Override
  public void makeDirectory(String path) {
    throw new AssertionError(path);
  }

  @Override
  public void remove(String path) {
    throw new AssertionError(path);
  }

  @Override
  public OpenFile open(String path, String mode) {
    throw new AssertionError(path);
  }

  @Override
  public Watch watch(String path, List<String> events) {
    throw new AssertionError(path);
  }

  @Override
  public Outcome run(List<String> command) {
    throw new AssertionError(command.toString());
  }
}
