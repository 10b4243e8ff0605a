// The reference's first example, "Run a Python script", as it stands there, but for one change: no 0.7 client takes a
// string in write, so the text is encoded.
import { ModalClient } from "modal";

const modal = new ModalClient();

const app = await modal.apps.fromName("python-runner", {
  createIfMissing: true,
});

const image = modal.images
  .fromRegistry("python:3.13")
  .dockerfileCommands(["RUN pip install requests numpy"]);

const sandbox = await modal.sandboxes.create(app, image, {
  memoryMiB: 2048,
});

// Write a script
const script = await sandbox.open("/tmp/script.py", "w");
await script.write(new TextEncoder().encode(`
import numpy as np
print(f"NumPy version: {np.__version__}")
print(f"Random array: {np.random.rand(5)}")
`));
await script.close();

// Execute it
const proc = await sandbox.exec(["python", "/tmp/script.py"]);
const output = await proc.stdout.readText();
console.log(output);

await sandbox.terminate();
