import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { noPackageIndex } from "./lib/atoll.mjs";

test("the reference's first example prints NumPy's version and five random numbers", async (t) => {
  const reason = await noPackageIndex();
  if (reason) return t.skip(reason);

  const output = await outputOf("example.mjs", /Random array:.*\]/s);

  assert.match(output, /^NumPy version: \d+\.\d+\.\d+$/m);
  const numbers = /^Random array: \[(.*)\]$/ms.exec(output)[1].trim().split(/\s+/).map(Number);
  assert.equal(numbers.length, 5);
  assert.ok(numbers.every((number) => number >= 0 && number < 1), output);
});

// The example never closes its client, so its process may outlive its last line: the output and terminate's success
// are what counts. A throw ends the process with a status other than zero.
function outputOf(program, last) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url))]);
    let out = "";
    let err = "";
    child.stdout.on("data", (data) => {
      out += data;
      if (last.test(out)) setTimeout(() => child.kill(), 5_000).unref();
    });
    child.stderr.on("data", (data) => (err += data));
    child.on("close", (code, signal) =>
      code === 0 || (code === null && signal === "SIGTERM" && last.test(out))
        ? resolve(out)
        : reject(new Error(`${program} ended with ${code ?? signal}: ${out}${err}`)),
    );
  });
}
