// Where the two isolations differ; docs/tiers.md has a line for each of these tests.
import assert from "node:assert/strict";
import { test } from "node:test";
import { build, follow, modal, py, refused, run, sandbox, tier, unique } from "./lib/atoll.mjs";

const gvisor = tier === "gvisor";

test("what runs the system calls", async (t) => {
  const { out } = await run(await sandbox(t), ["sh", "-c", "dmesg 2> /dev/null | head -n 3; cat /proc/version"]);
  assert.equal(/gvisor/i.test(out), gvisor, out);
});

test("extended attributes: kept in runc, refused or kept in gVisor, as its release does", async (t) => {
  const box = await sandbox(t);
  const result = await py(box, "import os\nopen('/root/f', 'w').close()\ntry:\n  os.setxattr('/root/f', 'user.colour', b'blue'); print(os.getxattr('/root/f', 'user.colour').decode())\nexcept OSError as e: print(os.strerror(e.errno))");
  if (gvisor && result !== "blue") assert.equal(result, "Operation not supported");
  else assert.equal(result, "blue");
});

test("device nodes can't be made", async (t) => {
  const box = await sandbox(t);
  const result = await py(box, "import os, stat\ntry:\n  os.mknod('/root/disk', stat.S_IFBLK | 0o600, os.makedev(8, 0)); print('made')\nexcept OSError as e: print(os.strerror(e.errno))");
  assert.equal(result, "Operation not permitted");
});

test("a FIFO carries bytes between two processes", async (t) => {
  const box = await sandbox(t);
  assert.equal((await run(box, ["sh", "-c", "mkfifo /tmp/p && (echo through > /tmp/p &) && cat /tmp/p"])).out, "through\n");
});

test("a FIFO that a build step makes is kept, or the log names it", async (t) => {
  const image = await build([`RUN mkfifo /opt/pipe && echo ${unique("made")}`]);
  const { code } = await run(await sandbox(t, {}, image), ["test", "-p", "/opt/pipe"]);
  assert.equal(code, gvisor ? 1 : 0);
  const { log } = await follow(image.imageId);
  const lines = log.split("\n").filter((line) => line.includes("FIFO"));
  assert.deepEqual(lines, gvisor ? ["warning: the image will lack the FIFO '/opt/pipe': gVisor keeps FIFOs in memory. Make them when the sandbox runs"] : []);
});

test("a FIFO is kept in a snapshot, or the snapshot is refused", async (t) => {
  const box = await sandbox(t);
  await py(box, "import os\nos.mkfifo('/opt/old'); os.makedirs('/root/a/b', 0o700); os.mkfifo('/root/a/b/deep'); os.mkfifo('/dev/shm/no-matter')\nos.rename('/root/a', '/srv/moved')");
  // More names than gVisor remembers: a folder with a FIFO must not be forgotten with the others.
  await run(box, ["find", "/", "-xdev", "-size", "+1000000"]);
  if (gvisor) {
    await refused(box.snapshotFilesystem(), "FAILED_PRECONDITION", "the FIFOs '/opt/old', '/srv/moved/b/deep':", "Remove them");
    await py(box, "import os; os.remove('/opt/old'); os.remove('/srv/moved/b/deep')");
  }
  const image = await box.snapshotFilesystem();
  t.after(() => modal.images.delete(image.imageId).catch(() => undefined));
  const copy = await sandbox(t, {}, image);
  assert.equal((await run(copy, ["find", "/", "-xdev", "-type", "p"])).out, gvisor ? "" : "/opt/old\n/srv/moved/b/deep\n");
});

test("what a snapshot keeps beside files, folders and links", async (t) => {
  const box = await sandbox(t);
  const script = "import os, socket\nos.makedirs('/root/odd'); socket.socket(socket.AF_UNIX).bind('/root/odd/socket'); open('/root/odd/file', 'w').close()\ntry: os.setxattr('/root/odd/file', 'user.colour', b'blue'); print('kept')\nexcept OSError: print('refused')\nprint(*sorted(os.listdir('/root/odd')))";
  const [attributes, files] = (await py(box, script)).split("\n");
  assert.equal(files, "file socket");
  const image = await box.snapshotFilesystem();
  const copy = await sandbox(t, {}, image);
  t.after(() => modal.images.delete(image.imageId).catch(() => undefined));
  assert.equal(await py(copy, "import os; print(*sorted(os.listdir('/root/odd')))"), "file");
  if (!gvisor) assert.equal(attributes, "kept");
  if (attributes === "kept") assert.equal(await py(copy, "import os; print(os.getxattr('/root/odd/file', 'user.colour').decode())"), "blue");
});

test("out of memory: the sandbox ends in gVisor, only the process in runc", async (t) => {
  const box = await sandbox(t, { memoryMiB: 256, memoryLimitMiB: 256 });
  const hungry = ["python3", "-c", "b = bytearray(1_000_000_000)\nfor i in range(0, len(b), 4096): b[i] = 1\nprint('got it')"];
  const { code, out } = await run(box, hungry);
  assert.equal(out, "");
  assert.equal(code, 137);
  if (gvisor) {
    // Ended by its memory, whoever asks for its end now.
    await modal.cpClient.sandboxTerminate({ sandboxId: box.sandboxId });
    const { result } = await modal.cpClient.sandboxWait({ sandboxId: box.sandboxId, timeout: 10 });
    assert.match(result.exception, /more memory than its limit/);
    assert.equal(await box.wait(), 137);
    await refused(run(box, ["echo", "alive"]), "NOT_FOUND", "more memory than its limit");
  } else {
    assert.equal((await run(box, ["echo", "alive"])).out, "alive\n");
    assert.equal(await box.poll(), null);
  }
});

test("root inside is nobody outside: a user namespace in runc, a kernel of its own in gVisor", async (t) => {
  const box = await sandbox(t);
  const map = await py(box, "print(open('/proc/self/uid_map').read().split())");
  if (gvisor) assert.equal(map, "['0', '0', '4294967295']");
  else assert.match(map, /^\['0', '[1-9]\d*', '\d+'\]$/);
});

test("killing process 1 inside", async (t) => {
  const box = await sandbox(t);
  await run(box, ["sh", "-c", "kill -9 1"]).catch(() => undefined);
  if (gvisor) {
    assert.notEqual(await box.wait(), 0);
  } else {
    assert.equal((await run(box, ["echo", "alive"])).out, "alive\n");
  }
});

test("user numbers from 65536 on: refused in runc", async (t) => {
  const box = await sandbox(t, {}, await build(["USER 70000"]));
  if (gvisor) assert.equal((await run(box, ["id", "-u"])).out, "70000\n");
  else await refused(run(box, ["id", "-u"]), "INVALID_ARGUMENT", "'id'", "65536");
});

test("making namespaces inside: refused in runc", async (t) => {
  const box = await sandbox(t);
  const { code, out, err } = await run(box, ["unshare", "--user", "--mount", "echo", "made"]);
  if (gvisor) assert.equal(out, "made\n", err);
  else {
    assert.notEqual(code, 0);
    assert.match(err, /Operation not permitted/);
  }
});

test("executing a file that is open for writing: refused in runc", async (t) => {
  const box = await sandbox(t);
  await run(box, ["cp", "/bin/true", "/tmp/busy"]);
  const writer = await box.exec(["sh", "-c", "exec 3<> /tmp/busy; echo open; sleep 60"]);
  const { value } = await writer.stdout.getReader().read();
  assert.match(String(value), /open/);
  if (gvisor) assert.equal((await run(box, ["/tmp/busy"])).code, 0);
  else await refused(run(box, ["/tmp/busy"]), "FAILED_PRECONDITION", "'/tmp/busy'", "open for writing");
});

test("a UDP packet that the network refuses: an error in runc, silence in gVisor", async (t) => {
  const box = await sandbox(t);
  const result = await py(box, "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(2); s.connect(('10.1.2.3', 9)); s.send(b'x')\ntry: print(s.recv(1))\nexcept OSError as e: print(e.strerror or e)");
  assert.equal(result, gvisor ? "timed out" : "No route to host");
});
