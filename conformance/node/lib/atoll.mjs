// What the tests share: the client, sandboxes that end with their test, and what a refusal looks like.
import assert from "node:assert/strict";
import { after } from "node:test";
import { ModalClient } from "modal";

/** Address and tokens come from the environment, as `atoll env` prints them. */
export const modal = new ModalClient();
after(() => modal.close());

/** Which isolation the server under test has: "gvisor" or "runc". */
export const tier = process.env.ATOLL_TIER;

/** Whether the client is 0.7.6 or newer: it knows probes, tags of a create, and more options. */
export const newer = modal.cpClient.sandboxWaitUntilReady !== undefined;

/** A local tag, made without any registry. */
export const python = modal.images.fromRegistry("python:3.13");

let conformance;
export function app() {
  conformance ??= modal.apps.fromName("conformance", { createIfMissing: true });
  return conformance;
}

/** A sandbox that is ended when the test ends. */
export async function sandbox(t, params = {}, image = python) {
  const created = await modal.sandboxes.create(await app(), image, params);
  t.after(() => end(created.sandboxId));
  return created;
}

async function end(sandboxId) {
  await modal.cpClient.sandboxTerminate({ sandboxId });
}

/** Runs a command to its end; both streams are read while it runs. */
export async function run(box, command, params) {
  const process = await box.exec(command, params);
  const read = (stream) => (params?.mode === "binary" ? stream.readBytes() : stream.readText());
  const [out, err] = await Promise.all([read(process.stdout), read(process.stderr)]);
  return { code: await process.wait(), out, err };
}

/** Runs Python code that must succeed; its standard output without the last line's end. */
export async function py(box, code, params) {
  const { code: status, out, err } = await run(box, ["python3", "-c", code], params);
  assert.equal(status, 0, err);
  return out.trimEnd();
}

export const bytes = (text) => new TextEncoder().encode(text);
export const text = (data) => new TextDecoder().decode(data);

/** An image of the tag with more layers, built now. */
export async function build(commands, params) {
  return python.dockerfileCommands(commands, params).build(await app());
}

/** What a build says, from an entry on: stops after the result, or when `enough` says so. */
export async function follow(imageId, enough = () => false, lastEntryId = "") {
  let log = "";
  for await (const item of modal.cpClient.imageJoinStreaming({ imageId, timeout: 55, lastEntryId, includeLogsForFinished: true })) {
    if (item.entryId) lastEntryId = item.entryId;
    for (const { data } of item.taskLogs) log += data;
    if (item.result?.status) return { log, lastEntryId, result: item.result };
    if (enough(log)) break;
  }
  return { log, lastEntryId };
}

export function unique(prefix) {
  return `${prefix}-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
}

const CODES = {
  3: "INVALID_ARGUMENT",
  4: "DEADLINE_EXCEEDED",
  5: "NOT_FOUND",
  6: "ALREADY_EXISTS",
  7: "PERMISSION_DENIED",
  8: "RESOURCE_EXHAUSTED",
  9: "FAILED_PRECONDITION",
  12: "UNIMPLEMENTED",
  13: "INTERNAL",
  14: "UNAVAILABLE",
  16: "UNAUTHENTICATED",
};

/** The client's own classes stand for statuses: it makes them from the answer. */
const CLASSES = {
  InvalidError: "INVALID_ARGUMENT",
  NotFoundError: "NOT_FOUND",
  AlreadyExistsError: "ALREADY_EXISTS",
};

/** The call fails with that status, and its sentence has all the parts. */
export async function refused(call, status, ...parts) {
  let error;
  try {
    await call;
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error, "the call succeeded");
  const seen = error.code === undefined ? CLASSES[error.name] : (CODES[error.code] ?? error.code);
  assert.equal(seen, status, error.message);
  says(error, ...parts);
}

/** The error's sentence has all the parts: texts, or regular expressions. */
export function says(error, ...parts) {
  const sentence = error.details ?? error.message;
  for (const part of parts) {
    if (part instanceof RegExp) assert.match(sentence, part);
    else assert.ok(sentence.includes(part), `'${sentence}' does not say '${part}'`);
  }
}

/** A create as the client sends it, with changes to its definition. */
export async function create(definition, others = {}) {
  const { appId } = await app();
  const { imageId } = await python.build(await app());
  return modal.cpClient.sandboxCreate({
    appId,
    ...others,
    definition: { imageId, timeoutSecs: 300, networkAccess: { networkAccessType: 1 }, ...definition },
  });
}

/** Asks until the answer is there; the test fails with the last answer after the time. */
export async function eventually(ask, milliseconds, what) {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) assert.fail(`${what}: not within ${milliseconds} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

let packageIndex;
/** Why pip can't ask its package index from a sandbox; undefined when it can. */
export function noPackageIndex() {
  packageIndex ??= askPackageIndex();
  return packageIndex;
}

async function askPackageIndex() {
  const box = await modal.sandboxes.create(await app(), python);
  try {
    const { code, err } = await run(box, ["pip", "index", "versions", "pip"]);
    return code === 0 ? undefined : `the package index can't be reached: ${err.trim().split("\n").pop()}`;
  } finally {
    await end(box.sandboxId);
  }
}
