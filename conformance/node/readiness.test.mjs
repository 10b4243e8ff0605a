// When a sandbox is ready, as its own probe has it.
import assert from "node:assert/strict";
import { test as run } from "node:test";
import * as client from "modal";
import { app, modal, newer as known, python, refused, sandbox } from "./lib/atoll.mjs";

/** The client 0.7.2 knows no probes. */
const test = known ? run : () => {};

if (!known) {
  run("a client that knows no probes creates sandboxes without one", async (t) => {
    assert.equal(await (await modal.sandboxes.fromId(await create(t))).poll(), null);
  });
}

/** Creates a sandbox with a probe, with the call that both clients make. */
async function create(t, readinessProbe, command = []) {
  const image = await python.build(await app());
  const { appId } = await app();
  const definition = { imageId: image.imageId, entrypointArgs: command, timeoutSecs: 60, readinessProbe };
  const { sandboxId } = await modal.cpClient.sandboxCreate({ appId, definition });
  t.after(() => modal.cpClient.sandboxTerminate({ sandboxId }));
  return sandboxId;
}

const ready = (sandboxId, timeout) => modal.cpClient.sandboxWaitUntilReady({ sandboxId, timeout });

test("a port tells: nothing listens at first, then something does", async (t) => {
  const serve = "import socket, time; time.sleep(2); s = socket.socket(); s.bind(('0.0.0.0', 9000)); s.listen(5); time.sleep(60)";
  const id = await create(t, { tcpPort: 9000 }, ["python3", "-c", serve]);
  // The client asks four times.
  await refused(ready(id, 0.05), "DEADLINE_EXCEEDED", "not ready");
  const before = Date.now() / 1000;
  const { readyAt } = await ready(id, 20);
  assert.ok(Math.abs(readyAt - before) < 20, `${readyAt}`);
  assert.equal((await ready(id, 0)).readyAt, readyAt, "the time stays");
});

test("a command tells: it fails at first, then exits with 0", async (t) => {
  const id = await create(t, { execCommand: { argv: ["test", "-e", "/tmp/ready"] }, intervalMs: 20 }, ["sh", "-c", "sleep 2; touch /tmp/ready; sleep 60"]);
  await refused(ready(id, 0.05), "DEADLINE_EXCEEDED");
  assert.ok((await ready(id, 20)).readyAt > 0);
});

test("a probe that never succeeds, and a program that is not there, end no sandbox", async (t) => {
  for (const argv of [["false"], ["/no/such/program"]]) {
    const id = await create(t, { execCommand: { argv }, intervalMs: 10 });
    await refused(ready(id, 0.3), "DEADLINE_EXCEEDED");
    assert.equal(await (await modal.sandboxes.fromId(id)).poll(), null);
  }
});

test("who waits is told that the sandbox has ended", async (t) => {
  const id = await create(t, { tcpPort: 9000 });
  const waiting = ready(id, 30);
  setTimeout(() => modal.cpClient.sandboxTerminate({ sandboxId: id }), 500);
  await refused(waiting, "FAILED_PRECONDITION", /has ended/);
  await refused(ready(id, 1), "FAILED_PRECONDITION", /has ended/);
});

test("probes are no activity: an idle sandbox ends all the same", async (t) => {
  const image = await python.build(await app());
  const { appId } = await app();
  const definition = { imageId: image.imageId, timeoutSecs: 60, idleTimeoutSecs: 1, readinessProbe: { execCommand: { argv: ["false"] } } };
  const { sandboxId } = await modal.cpClient.sandboxCreate({ appId, definition });
  t.after(() => modal.cpClient.sandboxTerminate({ sandboxId }));
  const { result } = await modal.cpClient.sandboxWait({ sandboxId, timeout: 10 });
  assert.ok(result, "it has ended");
});

test("wrong probes, and none, are refused in words", async (t) => {
  await refused(create(t, { tcpPort: 0 }), "INVALID_ARGUMENT", "tcp_port");
  await refused(create(t, { tcpPort: 65536 }), "INVALID_ARGUMENT", "tcp_port");
  await refused(create(t, { execCommand: { argv: [] } }), "INVALID_ARGUMENT", "argv");
  await refused(create(t, { tcpPort: 80, intervalMs: 1 }), "INVALID_ARGUMENT", "interval_ms");
  await refused(create(t, {}), "INVALID_ARGUMENT", "readiness_probe");
  const none = await create(t, undefined);
  await refused(ready(none, 1), "FAILED_PRECONDITION", "readiness probe");
});

test("the client's own probes and waiting", async (t) => {
  const { InvalidError, Probe, TimeoutError } = client;
  const serve = "import socket, time; time.sleep(1); s = socket.socket(); s.bind(('0.0.0.0', 9000)); s.listen(5); time.sleep(60)";
  const port = await sandbox(t, { readinessProbe: Probe.withTcp(9000, { intervalMs: 50 }), command: ["python3", "-c", serve] });
  await port.waitUntilReady();
  await port.waitUntilReady(1);
  const file = await sandbox(t, { readinessProbe: Probe.withExec(["test", "-e", "/tmp/ready"]) });
  await assert.rejects(file.waitUntilReady(700), TimeoutError);
  const waiting = file.waitUntilReady(20_000);
  await (await file.exec(["touch", "/tmp/ready"])).wait();
  await waiting;
  await assert.rejects(file.waitUntilReady(0), InvalidError);
  const ended = await sandbox(t, { readinessProbe: Probe.withTcp(9000), command: ["true"] });
  await ended.wait();
  await refused(ended.waitUntilReady(5_000), "FAILED_PRECONDITION", /has ended/);
});
