package dev.atoll.sdk.example;

import dev.atoll.sdk.Atoll;
import dev.atoll.sdk.FileMode;

/** The first example of the API's reference, in Java. */
public final class PythonScript {
  private PythonScript() {}

  /** Runs a script in a sandbox and prints what it prints. */
  public static void main(String[] arguments) {
    try (var atoll = Atoll.connect()) {
      var app = atoll.apps().fromName("python-runner", options -> options.createIfMissing(true));
      var image =
          atoll
              .images()
              .fromRegistry("python:3.13")
              .dockerfileCommands("RUN pip install requests numpy");

      try (var sandbox = atoll.sandboxes().create(app, image, options -> options.memoryMiB(2048))) {
        try (var script = sandbox.open("/tmp/script.py", FileMode.WRITE)) {
          script.write(
              """
              import numpy as np
              print(f"NumPy version: {np.__version__}")
              print(f"Random array: {np.random.rand(5)}")
              """);
        }
        System.out.println(sandbox.exec("python", "/tmp/script.py").readText());
      }
    }
  }
}
