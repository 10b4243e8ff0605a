import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { bytes, run, sandbox, says, text } from "./lib/atoll.mjs";

async function put(box, path, content, mode = "w") {
  const file = await box.open(path, mode);
  await file.write(bytes(content));
  await file.close();
}

async function get(box, path) {
  const file = await box.open(path);
  const data = await file.read();
  await file.close();
  return text(data);
}

async function failing(call) {
  return assert.rejects(call).then(() => call.catch((error) => error));
}

test("w makes a file, r reads it, a process sees it", async (t) => {
  const box = await sandbox(t);
  await put(box, "/tmp/file", "hello ümlaut\n");
  assert.equal(await get(box, "/tmp/file"), "hello ümlaut\n");
  assert.equal((await run(box, ["cat", "/tmp/file"])).out, "hello ümlaut\n");
});

test("w empties a file that is there", async (t) => {
  const box = await sandbox(t);
  await put(box, "/tmp/file", "a long content");
  await put(box, "/tmp/file", "short");
  assert.equal(await get(box, "/tmp/file"), "short");
});

test("a appends, and makes the file", async (t) => {
  const box = await sandbox(t);
  await put(box, "/tmp/log", "one\n", "a");
  await put(box, "/tmp/log", "two\n", "a");
  assert.equal(await get(box, "/tmp/log"), "one\ntwo\n");
});

test("r+ reads and writes from the start, and keeps the rest", async (t) => {
  const box = await sandbox(t);
  await put(box, "/tmp/file", "0123456789");
  const file = await box.open("/tmp/file", "r+");
  await file.write(bytes("abc"));
  assert.equal(text(await file.read()), "3456789");
  await file.close();
  assert.equal(await get(box, "/tmp/file"), "abc3456789");
});

test("w+ empties, writes, and reads on from where it is", async (t) => {
  const box = await sandbox(t);
  await put(box, "/tmp/file", "0123456789");
  const file = await box.open("/tmp/file", "w+");
  assert.equal(text(await file.read()), "");
  await file.write(bytes("new"));
  assert.equal(text(await file.read()), "");
  await file.close();
  assert.equal(await get(box, "/tmp/file"), "new");
});

test("a+ reads, and writes at the end", async (t) => {
  const box = await sandbox(t);
  await put(box, "/tmp/file", "old ");
  const file = await box.open("/tmp/file", "a+");
  await file.write(bytes("new"));
  await file.close();
  assert.equal(await get(box, "/tmp/file"), "old new");
});

test("a second read of one handle is empty", async (t) => {
  const box = await sandbox(t);
  await put(box, "/tmp/file", "once");
  const file = await box.open("/tmp/file", "r");
  assert.equal(text(await file.read()), "once");
  assert.equal(text(await file.read()), "");
  await file.close();
});

test("what was flushed is seen before the file is closed", async (t) => {
  const box = await sandbox(t);
  const file = await box.open("/tmp/file", "w");
  await file.write(bytes("flushed"));
  await file.flush();
  assert.equal((await run(box, ["cat", "/tmp/file"])).out, "flushed");
  await file.close();
});

test("20 MB of any bytes are exact", async (t) => {
  const box = await sandbox(t);
  const data = randomBytes(20_000_000);
  const writing = await box.open("/tmp/big", "w");
  await writing.write(data);
  await writing.close();
  const reading = await box.open("/tmp/big", "r");
  assert.ok(Buffer.from(await reading.read()).equals(data));
  await reading.close();
});

test("several handles are apart", async (t) => {
  const box = await sandbox(t);
  const [one, two] = await Promise.all([box.open("/tmp/one", "w"), box.open("/tmp/two", "w")]);
  await Promise.all([one.write(bytes("1")), two.write(bytes("2"))]);
  await Promise.all([one.close(), two.close()]);
  assert.equal(await get(box, "/tmp/one") + (await get(box, "/tmp/two")), "12");
});

test("a relative path starts at the working directory", async (t) => {
  const box = await sandbox(t, { workdir: "/var/tmp" });
  await put(box, "note", "here");
  assert.equal((await run(box, ["cat", "/var/tmp/note"])).out, "here");
});

for (const mode of ["r", "r+"]) {
  test(`${mode} of a file that is not there fails, and names it`, async (t) => {
    const box = await sandbox(t);
    says(await failing(box.open("/no/such/file", mode)), /no such file/i);
  });
}

for (const mode of ["w", "a", "w+", "a+"]) {
  test(`${mode} below a folder that is not there fails`, async (t) => {
    const box = await sandbox(t);
    says(await failing(box.open("/no/such/file", mode)), /no such file/i);
  });
}

test("a folder can't be opened as a file", async (t) => {
  const box = await sandbox(t);
  says(await failing((async () => (await box.open("/etc", "r")).read())()), /is a directory/i);
  says(await failing(box.open("/etc", "w")), /is a directory/i);
});

test("a path through a symlink loop fails", async (t) => {
  const box = await sandbox(t);
  await run(box, ["sh", "-c", "ln -s /tmp/b /tmp/a; ln -s /tmp/a /tmp/b"]);
  says(await failing(box.open("/tmp/a/file", "r")), /symbolic links/i);
});

test("a path through a file fails", async (t) => {
  const box = await sandbox(t);
  says(await failing(box.open("/etc/hostname/file", "r")), /not a directory/i);
});

test("a wrong mode is refused", async (t) => {
  const box = await sandbox(t);
  says(await failing(box.open("/tmp/file", "q")), /mode/i);
});

test("a handle that was closed can't be used", async (t) => {
  const box = await sandbox(t);
  const file = await box.open("/tmp/file", "w");
  await file.close();
  await assert.rejects(file.write(bytes("late")));
});

test("reading a handle that only writes fails, writing one that only reads fails", async (t) => {
  const box = await sandbox(t);
  const writing = await box.open("/tmp/file", "w");
  await assert.rejects(writing.read());
  const reading = await box.open("/tmp/file", "r");
  await assert.rejects(reading.write(bytes("x")));
});

test("a FIFO can't be opened as a file, and stalls nothing", async (t) => {
  const box = await sandbox(t);
  await run(box, ["mkfifo", "/tmp/fifo"]);
  const started = Date.now();
  await assert.rejects(box.open("/tmp/fifo", "r"));
  assert.ok(Date.now() - started < 10_000);
  assert.equal((await run(box, ["echo", "alive"])).out, "alive\n");
});
