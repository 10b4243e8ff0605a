import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { build, bytes, modal, py, refused, run, sandbox, says, text } from "./lib/atoll.mjs";

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

/** The calls themselves: some operations have no method in the client. */
async function raw(box) {
  const { taskId } = await modal.cpClient.sandboxGetTaskId({ sandboxId: box.sandboxId });
  const begin = (request) => modal.cpClient.containerFilesystemExec({ taskId, ...request });
  const outcome = async (execId) => {
    const output = [];
    let end = {};
    for await (const batch of modal.cpClient.containerFilesystemExecGetOutput({ execId, timeout: 55 })) {
      output.push(...batch.output);
      end = { eof: batch.eof, error: batch.error };
    }
    return { data: Buffer.concat(output), ...end };
  };
  const call = async (request) => outcome((await begin(request)).execId);
  const open = async (path, mode) => {
    const { execId, fileDescriptor } = await begin({ fileOpenRequest: { path, mode } });
    return { fileDescriptor, ...(await outcome(execId)) };
  };
  return { begin, outcome, call, open };
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

test("every value of a byte is exact, whichever way it goes", async (t) => {
  const box = await sandbox(t);
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const writing = await box.open("/tmp/all", "w");
  await writing.write(all);
  await writing.close();
  assert.equal(await py(box, "print(open('/tmp/all', 'rb').read() == bytes(range(256)))"), "True");
  await py(box, "open('/tmp/all', 'wb').write(bytes(reversed(range(256))))");
  const reading = await box.open("/tmp/all");
  assert.deepEqual(Uint8Array.from(await reading.read()).reverse(), all);
  await reading.close();
});

test("a appends behind what others have written meanwhile, wherever the position is", async (t) => {
  const box = await sandbox(t);
  const { call } = await raw(box);
  const one = await box.open("/tmp/log", "a+");
  await one.write(bytes("one "));
  await run(box, ["sh", "-c", "printf 'two ' >> /tmp/log"]);
  const { open } = await raw(box);
  const { fileDescriptor } = await open("/tmp/log", "a+");
  assert.ok((await call({ fileSeekRequest: { fileDescriptor, offset: 0, whence: 0 } })).eof);
  assert.ok((await call({ fileWriteRequest: { fileDescriptor, data: bytes("three") } })).eof);
  assert.ok((await call({ fileSeekRequest: { fileDescriptor, offset: 0, whence: 0 } })).eof);
  assert.equal(text((await call({ fileReadRequest: { fileDescriptor } })).data), "one two three");
  await one.close();
});

test("w empties a file at its opening, for a process too; r+ does not", async (t) => {
  const box = await sandbox(t);
  await put(box, "/tmp/file", "content");
  const kept = await box.open("/tmp/file", "r+");
  assert.equal((await run(box, ["cat", "/tmp/file"])).out, "content");
  const emptied = await box.open("/tmp/file", "w");
  assert.equal((await run(box, ["cat", "/tmp/file"])).out, "");
  await Promise.all([kept.close(), emptied.close()]);
});

test("reading in parts, by lines and from another position", async (t) => {
  const box = await sandbox(t);
  const { call, open } = await raw(box);
  const long = "x".repeat(100_000);
  await put(box, "/tmp/lines", `first\nsecond\n${long}\nlast`);
  const { fileDescriptor } = await open("/tmp/lines", "r");
  const read = async (n) => text((await call({ fileReadRequest: { fileDescriptor, n } })).data);
  const line = async () => text((await call({ fileReadLineRequest: { fileDescriptor } })).data);
  const seek = (offset, whence) => call({ fileSeekRequest: { fileDescriptor, offset, whence } });
  assert.equal(await read(3), "fir");
  assert.equal(await line(), "st\n");
  assert.equal(await read(0), "");
  assert.equal(await line(), "second\n");
  assert.equal(await line(), `${long}\n`);
  assert.equal(await line(), "last");
  assert.equal(await line(), "");
  await seek(6, 0);
  assert.equal(await read(6), "second");
  await seek(-6, 1);
  assert.equal(await line(), "second\n");
  await seek(-4, 2);
  assert.equal(await read(100), "last");
  assert.equal((await seek(-1, 0)).error.errorCode, 22);
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

test("what the image's user may not do is refused", async (t) => {
  const image = await build(["USER 65534:65534"]);
  const box = await sandbox(t, {}, image);
  says(await failing(box.open("/etc/shadow", "r")), /permission denied/i);
  says(await failing(box.open("/etc/file", "w")), /permission denied/i);
  await put(box, "/tmp/file", "mine");
  assert.equal((await run(box, ["stat", "-c", "%u:%g %a", "/tmp/file"])).out, "65534:65534 644\n");
});

test("a mount that is read-only can't be written", async (t) => {
  const box = await sandbox(t);
  says(await failing(box.open("/etc/hosts", "w")), /permission denied/i);
});

test("an error is told as often as it is asked for, without an end", async (t) => {
  const box = await sandbox(t);
  const { begin, outcome } = await raw(box);
  const codes = { "/no/such/file": 2, "/etc": 21, "/etc/passwd/file": 20 };
  for (const [path, code] of Object.entries(codes)) {
    const { execId } = await begin({ fileOpenRequest: { path, mode: "r" } });
    for (let i = 0; i < 12; i++) {
      const { eof, error } = await outcome(execId);
      assert.deepEqual([eof, error.errorCode], [false, code]);
      assert.ok(error.errorMessage.includes(path), error.errorMessage);
    }
  }
});

test("an outcome is told as often as it is asked for", async (t) => {
  const box = await sandbox(t);
  const { begin, outcome, open } = await raw(box);
  const { fileDescriptor } = await open("/tmp/file", "w+");
  const writing = await begin({ fileWriteRequest: { fileDescriptor, data: bytes("once") } });
  for (let i = 0; i < 3; i++) assert.ok((await outcome(writing.execId)).eof);
  await outcome((await begin({ fileSeekRequest: { fileDescriptor, offset: 0, whence: 0 } })).execId);
  const reading = await begin({ fileReadRequest: { fileDescriptor } });
  for (let i = 0; i < 3; i++) assert.equal(text((await outcome(reading.execId)).data), "once");
});

test("more than 100 MiB can't be read at once, and are not lost", async (t) => {
  const box = await sandbox(t);
  const { call, open } = await raw(box);
  await run(box, ["truncate", "-s", `${(100 << 20) + 1}`, "/tmp/huge"]);
  const { fileDescriptor } = await open("/tmp/huge", "r");
  const { eof, error } = await call({ fileReadRequest: { fileDescriptor } });
  assert.deepEqual([eof, error.errorCode], [false, 27]);
  assert.match(error.errorMessage, /104857600/);
  let size = 0;
  for (;;) {
    const { data } = await call({ fileReadRequest: { fileDescriptor, n: 64 << 20 } });
    if (data.length === 0) break;
    size += data.length;
  }
  assert.equal(size, (100 << 20) + 1);
});

test("what the server does not offer is refused at once, with what to do instead", async (t) => {
  const box = await sandbox(t);
  const { begin } = await raw(box);
  await refused(begin({ fileLsRequest: { path: "/" } }), "UNIMPLEMENTED", "file_ls_request", "exec");
  await refused(begin({ fileMkdirRequest: { path: "/x" } }), "UNIMPLEMENTED", "file_mkdir_request");
  await refused(begin({ fileRmRequest: { path: "/x" } }), "UNIMPLEMENTED", "file_rm_request");
});

test("nothing can be asked of the files of a sandbox that has ended", async (t) => {
  const box = await sandbox(t);
  const { begin, outcome, open } = await raw(box);
  const { fileDescriptor } = await open("/tmp/file", "w");
  const { execId } = await begin({ fileFlushRequest: { fileDescriptor } });
  assert.ok((await outcome(execId)).eof);
  await modal.cpClient.sandboxTerminate({ sandboxId: box.sandboxId });
  await box.wait();
  await refused(outcome(execId), "NOT_FOUND");
  await refused(begin({ fileFlushRequest: { fileDescriptor } }), "NOT_FOUND");
  await refused(outcome("nonsense"), "NOT_FOUND", "nonsense");
});

test("a wrong mode is refused", async (t) => {
  const box = await sandbox(t);
  says(await failing(box.open("/tmp/file", "q")), /mode/i);
});

test("a handle that was closed can't be used", async (t) => {
  const box = await sandbox(t);
  const file = await box.open("/tmp/file", "w");
  await file.close();
  says(await failing(file.write(bytes("late"))), /not open/i);
  says(await failing(file.close()), /not open/i);
  const { call } = await raw(box);
  const { error } = await call({ fileReadRequest: { fileDescriptor: "never-opened" } });
  assert.equal(error.errorCode, 22);
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
  const counting = run(box, ["sh", "-c", "for i in $(seq 100); do echo $i; sleep 0.02; done"]);
  const started = Date.now();
  for (const mode of ["r", "w", "r+"]) {
    says(await failing(box.open("/tmp/fifo", mode)), /fifo/i);
  }
  assert.ok(Date.now() - started < 10_000);
  const { out } = await counting;
  assert.equal(out.split("\n").length, 101);
});

// What serves a file is a process that the sandbox's owner can stop and kill.
const SERVING = `
import os, signal, sys
def serving(pid):
    return pid.isdigit() and pid != "1" and open(f"/proc/{pid}/cmdline").read().startswith("/bin/agent")
for pid in filter(serving, os.listdir("/proc")):
    os.kill(int(pid), int(sys.argv[1]))
`;

test("a file whose process was stopped stalls nothing else", async (t) => {
  const box = await sandbox(t);
  const stopped = await box.open("/tmp/one", "w");
  await run(box, ["python3", "-c", SERVING, "19"]);
  let written = false;
  const writing = stopped.write(randomBytes(4_000_000)).then(() => (written = true));
  await put(box, "/tmp/two", "2");
  assert.equal((await run(box, ["cat", "/tmp/two"])).out, "2");
  assert.equal(written, false);
  await run(box, ["python3", "-c", SERVING, "18"]);
  await writing;
  await stopped.close();
  assert.equal((await run(box, ["stat", "-c", "%s", "/tmp/one"])).out, "4000000\n");
});

test("a file whose process was killed is an error of that file alone", async (t) => {
  const box = await sandbox(t);
  const killed = await box.open("/tmp/one", "w");
  await run(box, ["python3", "-c", SERVING, "9"]);
  says(await failing(killed.write(bytes("x"))), "/tmp/one");
  await put(box, "/tmp/two", "2");
  assert.equal(await get(box, "/tmp/two"), "2");
});
