// What a server must refuse. The client checks some of it before it calls; those go through the client's own stub.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ModalClient } from "modal";
import * as client from "modal";
import { app, build, create, modal, newer, python, refused, run, sandbox, says, tier, unique } from "./lib/atoll.mjs";

const UNKNOWN_SANDBOX = "sb-0123456789abcdefghijAB";

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
  ["a region of the usual shape that is none", { schedulerPlacement: { regions: ["us-east-1", "us-nowhere-9"] } }, "'us-nowhere-9'", "AWS, GCP or OCI", "us-east-1", /\bus, .*\beu, .*\bjp\b/],
  ["more disk than there is", { resources: { ephemeralDiskMb: 1 << 30 } }, "ephemeral_disk_mb 1073741824", /gives 8 to \d+/],
  ["less disk than a file system needs", { resources: { ephemeralDiskMb: 7 } }, "ephemeral_disk_mb 7"],
  ["a GPU", { resources: { gpuConfig: { count: 1, gpuType: "A100" } } }, /gpu/i],
]) {
  test(`create refuses ${what}`, async () => {
    await refused(create(definition), "INVALID_ARGUMENT", ...parts);
  });
}

test("features of a create that are not served are refused in words", async () => {
  for (const [definition, part] of [
    [{ customDomain: "sandboxes.example.com" }, "custom_domain"],
    [{ experimentalOptions: { enable_docker: true } }, "enable_docker"],
    [{ enableSnapshot: true }, "enable_snapshot"],
    [{ i6pnEnabled: true }, "i6pn_enabled"],
    [{ cloudBucketMounts: [{ bucketName: "b", mountPath: "/b" }] }, "cloud_bucket_mounts"],
    [{ nfsMounts: [{ mountPath: "/n", sharedVolumeId: "sv-1" }] }, "nfs_mounts"],
  ]) {
    await refused(create(definition), "UNIMPLEMENTED", part);
  }
});

test("another runtime than the server's is refused", async () => {
  await refused(create({ runtime: "kata" }), "INVALID_ARGUMENT", "runtime 'kata'", `which is ${tier}`);
  await refused(create({ runtime: tier === "runc" ? "gvisor" : "runc" }), "INVALID_ARGUMENT", "runtime", `which is ${tier}`);
  if (tier === "runc") await refused(create({ runscRuntimeVersion: "release-1.0" }), "INVALID_ARGUMENT", "runsc_runtime_version 'release-1.0'", "runc");
});

test("options of a create that are not served are refused in words", async (t) => {
  await refused(sandbox(t, { customDomain: "sandboxes.example.com" }), "UNIMPLEMENTED", "custom_domain");
  await refused(sandbox(t, { experimentalOptions: { enable_docker: true } }), "UNIMPLEMENTED", "enable_docker");
  await refused(sandbox(t, { gpu: "A100:2" }), "INVALID_ARGUMENT", "'A100'", /gpu/i);
  if (newer) {
    await refused(sandbox(t, { includeOidcIdentityToken: true }), "UNIMPLEMENTED", "include_oidc_identity_token");
    await refused(sandbox(t, { inboundCidrAllowlist: ["192.0.2.0/24"] }), "UNIMPLEMENTED", "inbound_cidr_allowlist");
  }
  // Asking for nothing is no asking.
  const box = await sandbox(t, { experimentalOptions: { enable_docker: false }, ...(newer ? { includeOidcIdentityToken: false, inboundCidrAllowlist: [] } : {}) });
  assert.equal((await run(box, ["sh", "-c", "test ! -e /var/lib/docker && echo [$MODAL_IDENTITY_TOKEN]"])).out, "[]\n");
});

test("a build's GPU is refused in words", async () => {
  await refused(build(["RUN true"], { gpu: "T4" }), "UNIMPLEMENTED", /gpu/i);
});

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

test("an unknown secret, and missing keys of one, are named", async (t) => {
  await refused(modal.secrets.fromName("nobodys-secret"), "NOT_FOUND", "Secret 'nobodys-secret' not found");
  const name = unique("keys");
  const { secretId } = await modal.cpClient.secretGetOrCreate({ deploymentName: name, envDict: { A: "1", B: "2" }, objectCreationType: 1 });
  t.after(() => modal.cpClient.secretDelete({ secretId }));
  const all = await modal.secrets.fromName(name, { requiredKeys: ["A", "B"] });
  assert.equal((await run(await sandbox(t, { secrets: [all] }), ["sh", "-c", "echo $A $B"])).out, "1 2\n");
  const error = await modal.secrets.fromName(name, { requiredKeys: ["B", "C", "D"] }).catch((thrown) => thrown);
  says(error, "Secret is missing key", "C", "D");
  assert.doesNotMatch(error.details ?? error.message, /\b[AB]\b/);
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

/** The call fails with an error of that class of the client's. */
async function throws(call, kind, ...parts) {
  const error = await call.then(() => assert.fail(`no ${kind.name}`), (thrown) => thrown);
  assert.ok(error instanceof kind, `${error.name} is no ${kind.name}: ${error.message}`);
  says(error, ...parts);
}

test("the client's own classes of errors are met", async (t) => {
  // SandboxTimeoutError is met in tunnels.test.mjs, TimeoutError and those of files in readiness and filesystem.
  const { AlreadyExistsError, ClientClosedError, InvalidError, NotFoundError } = client;
  const name = unique("taken");
  const box = await sandbox(t, { name });
  await throws(sandbox(t, { name }), AlreadyExistsError, "already exists");
  await throws(modal.apps.fromName(unique("none")), NotFoundError);
  await throws(modal.images.fromId("im-nonexistent"), NotFoundError, "Could not find image with ID");
  await throws(modal.images.delete("im-nonexistent"), NotFoundError, "No Image with ID");
  await throws(modal.secrets.fromName(unique("none")), NotFoundError);
  await throws(modal.proxies.fromName(unique("none")), NotFoundError);
  await throws(modal.sandboxes.fromId(UNKNOWN_SANDBOX), NotFoundError, UNKNOWN_SANDBOX);
  await throws(modal.sandboxes.fromName("conformance", unique("none")), NotFoundError);
  await throws(modal.secrets.fromObject({ "a=b": "x" }), InvalidError);
  await throws(box.setTags({ "": "x" }), InvalidError, /tag/);
  const other = await modal.sandboxes.fromId(box.sandboxId);
  other.detach();
  await throws(other.exec(["true"]), ClientClosedError);
});

test("a failed build is an error with the log's end", async () => {
  const error = await build([`RUN echo ${unique("first")}; echo the last words >&2; exit 9`]).catch((thrown) => thrown);
  assert.ok(error instanceof Error);
  says(error, /^Image build for im-[A-Za-z0-9]{22} failed with the exception:\n/, "exit code 9", "the last words");
});
