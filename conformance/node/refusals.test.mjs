// What a server must refuse. The client checks some of it before it calls; those go through the client's own stub.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ModalClient } from "modal";
import { app, modal, python, refused, run, sandbox, says } from "./lib/atoll.mjs";

const UNKNOWN_SANDBOX = "sb-0123456789abcdefghijAB";

/** A create as the client sends it, with changes to its definition. */
async function create(definition, others = {}) {
  const { appId } = await app();
  const { imageId } = await python.build(await app());
  return modal.cpClient.sandboxCreate({
    appId,
    ...others,
    definition: { imageId, timeoutSecs: 300, networkAccess: { networkAccessType: 1 }, ...definition },
  });
}

for (const [what, definition, ...parts] of [
  ["a relative workdir", { workdir: "relative/dir" }, "workdir", "relative/dir"],
  ["a workdir with a NUL byte", { workdir: "/a\0b" }, "workdir", /NUL/i],
  ["a lifetime of 0", { timeoutSecs: 0xffffffff }, "timeout"],
  ["a lifetime of 10 years", { timeoutSecs: 10 * 365 * 86_400 }, "timeout", "315360000"],
  ["an idle timeout of 10 years", { idleTimeoutSecs: 10 * 365 * 86_400 }, "idle", "315360000"],
  ["a thousand CPUs", { resources: { milliCpu: 1_000_000 } }, "cpu", "1000"],
  ["a CPU limit below the request", { resources: { milliCpu: 2000, milliCpuMax: 1000 } }, "cpu"],
  ["a petabyte of memory", { resources: { memoryMb: 1_000_000_000 } }, "memory", "1000000000"],
  ["a memory limit below the request", { resources: { memoryMb: 512, memoryMbMax: 256 } }, "memory", "256"],
  ["a command with an empty program", { entrypointArgs: [""] }, "command"],
  ["a command with a NUL byte", { entrypointArgs: ["echo", "a\0b"] }, "command", /NUL/i],
  ["a command of 300 KB", { entrypointArgs: ["echo", "x".repeat(300_000)] }, "command"],
  ["an address range that is none", { networkAccess: { networkAccessType: 3, allowedCidrs: ["10.0.0.0/99"] } }, "Invalid CIDR: 10.0.0.0/99"],
  ["an unknown cloud", { cloudProviderStr: "invalid-cloud" }, "invalid-cloud"],
  ["an unknown region", { schedulerPlacement: { regions: ["invalid-region"] } }, "invalid-region"],
  ["a GPU", { resources: { gpuConfig: { count: 1, gpuType: "A100" } } }, /gpu/i],
]) {
  test(`create refuses ${what}`, async () => {
    await refused(create(definition), "INVALID_ARGUMENT", ...parts);
  });
}

test("create refuses a name that is none", async (t) => {
  await refused(sandbox(t, { name: "two words" }), "INVALID_ARGUMENT", "name", "two words");
});

test("create refuses a name that a running sandbox of the app has", async (t) => {
  const name = `only-${process.pid}`;
  await sandbox(t, { name });
  await refused(sandbox(t, { name }), "ALREADY_EXISTS", "already exists");
});

for (const [what, definition, others, ...parts] of [
  ["image", { imageId: "im-0123456789abcdefghijAB" }, {}, "im-0123456789abcdefghijAB"],
  ["app", {}, { appId: "ap-0123456789abcdefghijAB" }, "ap-0123456789abcdefghijAB"],
  ["secret", { secretIds: ["st-0123456789abcdefghijAB"] }, {}, "st-0123456789abcdefghijAB"],
  ["volume", { volumeMounts: [{ volumeId: "vo-0123456789abcdefghijAB", mountPath: "/v" }] }, {}, "vo-0123456789abcdefghijAB"],
]) {
  test(`create refuses an unknown ${what}`, async () => {
    await refused(create(definition, others), "NOT_FOUND", ...parts);
  });
}

test("an unknown sandbox is not found by any call", async () => {
  const sandboxId = UNKNOWN_SANDBOX;
  await refused(modal.cpClient.sandboxWait({ sandboxId, timeout: 0 }), "NOT_FOUND", sandboxId);
  await refused(modal.cpClient.sandboxTerminate({ sandboxId }), "NOT_FOUND", sandboxId);
  await refused(modal.cpClient.sandboxGetTaskId({ sandboxId }), "NOT_FOUND", sandboxId);
  await refused(modal.cpClient.taskGetCommandRouterAccess({ taskId: "ta-0123456789abcdefghijAB" }), "NOT_FOUND");
});

test("an id that is none is not found either, however long it is", async () => {
  for (const sandboxId of ["", "sb-", "'; drop table sandboxes; --", "x".repeat(10_000)]) {
    await refused(modal.cpClient.sandboxWait({ sandboxId, timeout: 0 }), "NOT_FOUND");
  }
});

test("an unknown secret, and missing keys of one, are named", async () => {
  await refused(modal.secrets.fromName("nobodys-secret"), "NOT_FOUND", "Secret 'nobodys-secret' not found");
});

for (const [what, entries] of [
  ["empty", { "": "x" }],
  ["with '='", { "a=b": "x" }],
  ["with a NUL byte", { "a\0b": "x" }],
]) {
  test(`a secret's key that is ${what} is refused`, async () => {
    await refused(modal.secrets.fromObject(entries), "INVALID_ARGUMENT", /key|name/i);
  });
}

for (const [what, tokens] of [
  ["secret", { tokenId: process.env.MODAL_TOKEN_ID, tokenSecret: "as-wrong" }],
  ["id", { tokenId: "ak-wrong", tokenSecret: process.env.MODAL_TOKEN_SECRET }],
]) {
  test(`a wrong token ${what} is refused, and not repeated`, async () => {
    const stranger = new ModalClient(tokens);
    try {
      const started = Date.now();
      await refused(stranger.apps.fromName("any", { createIfMissing: true }), "UNAUTHENTICATED");
      assert.ok(Date.now() - started < 2000);
    } finally {
      stranger.close();
    }
  });
}

test("an exec refuses an empty command", async (t) => {
  const box = await sandbox(t);
  await refused(box.exec([]), "INVALID_ARGUMENT", "command");
});

test("an exec refuses a NUL byte", async (t) => {
  const box = await sandbox(t);
  await refused(box.exec(["echo", "a\0b"]), "INVALID_ARGUMENT", /NUL/i);
});

test("an exec of a program that is not there says so, and the sandbox lives on", async (t) => {
  const box = await sandbox(t);
  const error = await box.exec(["no-such-program"]).then(
    async (process) => {
      assert.equal(await process.wait(), 127);
      return { message: await process.stderr.readText() };
    },
    (refusal) => refusal,
  );
  says(error, "no-such-program");
  assert.equal((await run(box, ["echo", "alive"])).out, "alive\n");
});

test("an exec of a file that is no program says so", async (t) => {
  const box = await sandbox(t);
  const error = await box.exec(["/etc/hostname"]).then(
    async (process) => {
      assert.equal(await process.wait(), 126);
      return { message: await process.stderr.readText() };
    },
    (refusal) => refusal,
  );
  says(error, "/etc/hostname");
});

test("an exec refuses a workdir that is not there", async (t) => {
  const box = await sandbox(t);
  await refused(box.exec(["pwd"], { workdir: "/no/such/folder" }), "INVALID_ARGUMENT", "/no/such/folder");
});

test("what this server does not serve is called unimplemented, not tried again", async () => {
  const started = Date.now();
  await refused(modal.cpClient.queueLen({ queueId: "qu-0123456789abcdefghijAB" }), "UNIMPLEMENTED");
  assert.ok(Date.now() - started < 2000);
});
