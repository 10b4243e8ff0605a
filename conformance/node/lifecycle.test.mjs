import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, modal, refused, run, sandbox } from "./lib/atoll.mjs";

test("ids have the shape that the clients route by", async (t) => {
  const box = await sandbox(t);
  assert.match(box.sandboxId, /^sb-[A-Za-z0-9]{22}$/);
});

test("without a command a sandbox idles", async (t) => {
  const box = await sandbox(t);
  assert.equal((await run(box, ["echo", "here"])).out, "here\n");
  assert.equal(await box.poll(), null);
});

test("a command's exit ends the sandbox with its status", async (t) => {
  const box = await sandbox(t, { command: ["sh", "-c", "echo out; echo err >&2; exit 42"] });
  assert.equal(await box.stdout.readText(), "out\n");
  assert.equal(await box.stderr.readText(), "err\n");
  assert.equal(await box.wait(), 42);
  assert.equal(await box.poll(), 42);
  assert.equal(await box.wait(), 42, "asked again");
});

test("a command's standard input", async (t) => {
  const box = await sandbox(t, { command: ["sh", "-c", "read line; echo got $line; exit 3"] });
  assert.equal(await box.poll(), null);
  await box.stdin.writeText("forty two\n");
  assert.equal(await box.wait(), 3);
  assert.equal(await box.stdout.readText(), "got forty two\n");
});

test("cat gives back what is written, until its input is closed", async (t) => {
  const box = await sandbox(t, { command: ["cat"] });
  await box.stdin.writeText("one\n");
  await box.stdin.writeText("two\n");
  await box.stdin.close();
  assert.equal(await box.stdout.readText(), "one\ntwo\n");
  assert.equal(await box.wait(), 0);
});

test("a command that a signal ends has the status 128 and its number", async (t) => {
  const box = await sandbox(t, { command: ["sh", "-c", "kill -TERM $$"] });
  assert.equal(await box.wait(), 143);
});

test("terminate says 137, and everything inside is gone", async (t) => {
  const box = await sandbox(t, { command: ["sleep", "600"] });
  const other = await modal.sandboxes.fromId(box.sandboxId);
  const started = Date.now();
  await box.terminate();
  assert.equal(await other.wait(), 137);
  assert.equal(await other.poll(), 137);
  assert.ok(Date.now() - started < 5000);
  await assert.rejects(run(other, ["true"]));
});

test("terminate that waits returns 137", async (t) => {
  const box = await sandbox(t);
  assert.equal(await box.terminate({ wait: true }), 137);
});

test("terminating what has ended changes nothing", async (t) => {
  const box = await sandbox(t, { command: ["sh", "-c", "exit 5"] });
  assert.equal(await box.wait(), 5);
  const other = await modal.sandboxes.fromId(box.sandboxId);
  await box.terminate();
  assert.equal(await other.wait(), 5);
});

test("a lifetime that is over says 124", async (t) => {
  const started = Date.now();
  const box = await sandbox(t, { timeoutMs: 2000, command: ["sleep", "600"] });
  assert.equal(await box.wait(), 124);
  const took = Date.now() - started;
  assert.ok(took >= 1500 && took < 8000, `${took} ms`);
});

test("the lifetime also ends a sandbox without a command", async (t) => {
  const box = await sandbox(t, { timeoutMs: 2000 });
  assert.equal(await box.wait(), 124);
});

test("an idle sandbox ends; one with a running exec does not", async (t) => {
  const idle = await sandbox(t, { idleTimeoutMs: 2000 });
  const busy = await sandbox(t, { idleTimeoutMs: 2000 });
  await busy.exec(["sleep", "600"]);
  await eventually(async () => (await idle.poll()) !== null, 10_000, "the idle sandbox's end");
  assert.equal(await busy.poll(), null);
});

test("a sandbox is found by its id, also after its end", async (t) => {
  const box = await sandbox(t, { command: ["sh", "-c", "exit 9"] });
  assert.equal(await box.wait(), 9);
  const found = await modal.sandboxes.fromId(box.sandboxId);
  assert.equal(await found.wait(), 9);
});

test("a sandbox that does not exist is not found", async () => {
  await refused(modal.sandboxes.fromId("sb-0123456789abcdefghijAB"), "NOT_FOUND");
});

test("a command that does not exist ends the sandbox and says so", async (t) => {
  const box = await sandbox(t, { command: ["/no/such/program"] });
  const code = await box.wait();
  assert.notEqual(code, 0);
});

test("a workdir that is not there ends the sandbox and says so, also without a command", async (t) => {
  const box = await sandbox(t, { workdir: "/no/such/folder" });
  await assert.rejects(box.exec(["true"]));
  const { result } = await modal.cpClient.sandboxWait({ sandboxId: box.sandboxId, timeout: 10 });
  assert.match(result.exception, /workdir '\/no\/such\/folder'/);
});

test("two creates make two sandboxes that see nothing of each other", async (t) => {
  const [one, two] = await Promise.all([sandbox(t), sandbox(t)]);
  assert.notEqual(one.sandboxId, two.sandboxId);
  await run(one, ["sh", "-c", "echo mine > /tmp/file; sleep 600 & echo"], { stdout: "ignore", stderr: "ignore" });
  assert.equal((await run(two, ["sh", "-c", "ls /tmp"])).out, "");
});

test("ten sandboxes at once", async (t) => {
  const boxes = await Promise.all(Array.from({ length: 10 }, () => sandbox(t)));
  const outputs = await Promise.all(boxes.map((box, i) => run(box, ["sh", "-c", `echo ${i} $MODAL_SANDBOX_ID`])));
  outputs.forEach(({ out }, i) => assert.equal(out, `${i} ${boxes[i].sandboxId}\n`));
  const codes = await Promise.all(boxes.map((box) => box.terminate({ wait: true })));
  assert.deepEqual(codes, Array(10).fill(137));
});

test("the main process's characters are whole, however its output is cut", async (t) => {
  const box = await sandbox(t, { command: ["python3", "-c", "print('漢字🐍' * 100000, end='')"] });
  assert.equal(await box.stdout.readText(), "漢字🐍".repeat(100_000));
});

test("the main process's output goes on after the entry that was read last", async (t) => {
  const code = "import sys, time\nfor i in range(20): print(f'ä{i}', flush=True); time.sleep(0.05)";
  const { sandboxId } = await sandbox(t, { command: ["python3", "-c", code] });
  let [lastEntryId, text, calls, over] = ["0-0", "", 0, false];
  while (!over) {
    for await (const batch of modal.cpClient.sandboxGetLogs({ sandboxId, fileDescriptor: 1, timeout: 55, lastEntryId })) {
      assert.ok(batch.entryId, "every batch can be gone on from");
      lastEntryId = batch.entryId;
      for (const { data, fileDescriptor } of batch.items) {
        assert.equal(fileDescriptor, 1);
        text += data;
      }
      over = batch.eof;
      if (over || text.split("\n").length > 5 * (calls + 1)) break;
    }
    calls++;
  }
  assert.ok(calls > 2, `${calls} calls`);
  assert.equal(text, Array.from({ length: 20 }, (_, i) => `ä${i}\n`).join(""));
  await refused(modal.cpClient.sandboxGetLogs({ sandboxId, fileDescriptor: 3, timeout: 1, lastEntryId: "0-0" })[Symbol.asyncIterator]().next(), "INVALID_ARGUMENT", "file_descriptor");
});
