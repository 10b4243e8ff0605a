// Images mounted in running sandboxes, and images made of folders of these.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import grpc from "@grpc/grpc-js";
import { build, bytes, eventually, modal, py, python, refused, run, sandbox, tier } from "./lib/atoll.mjs";
import { DIGEST, ODD_FILES } from "./lib/digest.mjs";
import * as router from "./lib/router.mjs";

const NO_IMAGE = "im-0123456789abcdefghijAB";

/** Runs a shell script that must succeed; what it prints. */
async function sh(box, script) {
  const { code, out, err } = await run(box, ["sh", "-euc", script]);
  assert.equal(code, 0, err);
  return out;
}

/** An image of a folder; its id is forgotten with the test. */
async function snapshot(t, box, path) {
  const image = await box.snapshotDirectory(path);
  t.after(() => modal.images.delete(image.imageId).catch(() => undefined));
  return image;
}

/** An image with one file, made of a folder of a sandbox. */
async function imageOf(t, box, name, content) {
  const folder = `/tmp/${randomUUID()}`;
  await sh(box, `mkdir ${folder}; echo ${content} > ${folder}/${name}`);
  return snapshot(t, box, folder);
}

/** Older clients mount, but can't unmount. */
async function unmount(box, path) {
  if (box.unmountImage) await box.unmountImage(path);
  else await router.ask(box, "TaskUnmountDirectory", { 2: bytes(path) });
}

test("a folder's image is mounted in another sandbox, written to there, and stays as it was", async (t) => {
  const box = await sandbox(t);
  await sh(box, "mkdir -p /srv/data/sub; echo one > /srv/data/file; echo two > /srv/data/sub/file");
  const image = await snapshot(t, box, "/srv/data");
  assert.match(image.imageId, /^im-[A-Za-z0-9]{22}$/);
  await sh(box, "echo later > /srv/data/file");
  const other = await sandbox(t);
  await other.mountImage("/mnt/data", image);
  assert.equal(await sh(other, "cd /mnt/data; ls -A; cat file sub/file"), "file\nsub\none\ntwo\n");
  await sh(other, "cd /mnt/data; echo changed > file; rm -r sub; mkdir new; mv new newer");
  await box.mountImage("/mnt/same", image);
  assert.equal(await sh(box, "cat /mnt/same/file /mnt/same/sub/file; cat /srv/data/file"), "one\ntwo\nlater\n");
  assert.equal(await sh(other, "cd /mnt/data; ls -A; cat file"), "file\nnewer\nchanged\n");
});

test("a mount hides the folder below, and unmounting shows it again", async (t) => {
  const box = await sandbox(t);
  const image = await imageOf(t, box, "above", "above");
  await sh(box, "mkdir -p /srv/place; echo below > /srv/place/below");
  await box.mountImage("/srv/place", image);
  assert.equal(await sh(box, "ls -A /srv/place"), "above\n");
  await unmount(box, "/srv/place");
  assert.equal(await sh(box, "ls -A /srv/place; cat /srv/place/below"), "below\nbelow\n");
  await refused(unmount(box, "/srv/place"), "NOT_FOUND", "/srv/place");
  await refused(unmount(box, "/srv/nowhere"), "NOT_FOUND", "/srv/nowhere");
});

test("without an image an empty folder is mounted, which can be written to and become an image", async (t) => {
  const box = await sandbox(t);
  await box.mountImage("/usr/share");
  assert.equal(await sh(box, "ls -A /usr/share; stat -c '%a %u %g' /usr/share"), "755 0 0\n");
  await sh(box, "echo mine > /usr/share/mine");
  const image = await snapshot(t, box, "/usr/share");
  await box.mountImage("/usr/share");
  assert.equal(await sh(box, "ls -A /usr/share"), "");
  await box.mountImage("/usr/share", image);
  assert.equal(await sh(box, "cat /usr/share/mine"), "mine\n");
  await unmount(box, "/usr/share");
  assert.equal(await sh(box, "test -d /usr/share/doc && echo there"), "there\n");
});

test("an image made by a build, a pulled tag and a file system's snapshot are mounted", async (t) => {
  const box = await sandbox(t);
  const built = await build(["RUN echo built > /built; chmod 600 /built; chown 1000:33 /built"]);
  await box.mountImage("/mnt/built", built);
  assert.equal(await sh(box, "cat /mnt/built/built; stat -c '%a %u %g' /mnt/built/built"), "built\n600 1000 33\n");
  assert.equal(await sh(box, "cmp /mnt/built/etc/debian_version /etc/debian_version && echo same"), "same\n");
  const tag = await python.build(await modal.apps.fromName("conformance", { createIfMissing: true }));
  await box.mountImage("/mnt/tag", tag);
  assert.equal(await sh(box, "cmp /mnt/tag/etc/passwd /etc/passwd && echo same"), "same\n");
  await sh(box, "echo whole > /root/whole");
  const whole = await box.snapshotFilesystem();
  t.after(() => modal.images.delete(whole.imageId).catch(() => undefined));
  await box.mountImage("/mnt/whole", whole);
  assert.equal(await sh(box, "cat /mnt/whole/root/whole"), "whole\n");
});

test("a mounted image is replaced while processes are in it", async (t) => {
  const box = await sandbox(t);
  const [first, second] = [await imageOf(t, box, "file", "first"), await imageOf(t, box, "file", "second")];
  await box.mountImage("/mnt/data", first);
  const reader = await box.exec(["sh", "-c", "cd /mnt/data; exec 3< file; echo ready; read go; cat <&3; cat /mnt/data/file"]);
  const output = reader.stdout.getReader();
  assert.equal((await output.read()).value, "ready\n");
  await box.mountImage("/mnt/data", second);
  assert.equal(await sh(box, "cat /mnt/data/file"), "second\n");
  await reader.stdin.writeText("go\n");
  let rest = "";
  for (let part = await output.read(); !part.done; part = await output.read()) rest += part.value;
  assert.equal(rest, "first\nsecond\n");
  for (let i = 0; i < 40; i++) await box.mountImage("/mnt/data", i % 2 ? first : second);
  assert.equal(await sh(box, "cat /mnt/data/file; grep -c /mnt/data /proc/mounts"), "first\n1\n");
  await unmount(box, "/mnt/data");
  assert.equal(await sh(box, "ls -A /mnt/data"), "");
});

test("a snapshot of a mounted image has what was mounted and what was changed", async (t) => {
  const box = await sandbox(t);
  await sh(box, "mkdir /srv/data; cd /srv/data; echo kept > kept; echo old > changed; mkdir gone moved; echo x > gone/x; echo in > moved/in");
  await box.mountImage("/mnt/data", await snapshot(t, box, "/srv/data"));
  await sh(box, "cd /mnt/data; echo new > changed; rm -r gone; mv moved there; mkdir -p a/b; echo deep > a/b/c");
  const changed = await snapshot(t, box, "/mnt/data");
  const inner = await snapshot(t, box, "/mnt/data/a");
  const other = await sandbox(t);
  await other.mountImage("/mnt/data", changed);
  assert.equal(await sh(other, "cd /mnt/data; ls -A; cat kept changed there/in a/b/c"), "a\nchanged\nkept\nthere\nkept\nnew\nin\ndeep\n");
  await other.mountImage("/mnt/inner", inner);
  assert.equal(await sh(other, "cd /mnt/inner; find . | sort | tr '\\n' ' '; cat b/c"), ". ./b ./b/c deep\n");
  await sh(other, "echo once more >> /mnt/data/kept");
  await box.mountImage("/mnt/data", await snapshot(t, other, "/mnt/data"));
  assert.equal(await sh(box, "cat /mnt/data/kept /mnt/data/changed"), "kept\nonce more\nnew\n");
});

test("a folder of the image itself, changed a little, becomes an image", async (t) => {
  const box = await sandbox(t);
  const list = "cd /etc; find . ! -path ./hosts ! -path ./hostname ! -path ./resolv.conf ! -path './ssl*' ! -path './atoll*' \\( -type d -printf '%p %y %m %U\\n' -o -printf '%p %y %m %U %s\\n' \\) | sort; test ! -e debian_version; cat added";
  await sh(box, "rm /etc/debian_version; echo added > /etc/added");
  const seen = await sh(box, list);
  const other = await sandbox(t);
  await other.mountImage("/mnt/etc", await snapshot(t, box, "/etc"));
  assert.equal(await sh(other, list.replace("/etc", "/mnt/etc")), seen);
  assert.equal(await sh(other, "test ! -e /mnt/etc/atoll && test ! -L /mnt/etc/ssl/certs/ca-certificates.crt && test -s /mnt/etc/ssl/certs/ca-certificates.crt && grep -c $(hostname) /mnt/etc/hosts || true"), "0\n", "nothing that only the sandbox has");
});

test("permissions, owners, links, holes, times and odd names survive in a folder's image", async (t) => {
  const box = await sandbox(t);
  await py(box, ODD_FILES);
  await sh(box, "chmod 1750 /data; chown 12:34 /data; touch -d @1000000000 /data");
  const before = await py(box, DIGEST);
  const other = await sandbox(t);
  await other.mountImage("/data", await snapshot(t, box, "/data"));
  assert.deepEqual(JSON.parse(await py(other, DIGEST)), JSON.parse(before));
  await other.mountImage("/data", await snapshot(t, other, "/data"));
  assert.deepEqual(JSON.parse(await py(other, DIGEST)), JSON.parse(before));
});

test("a FIFO is kept in a folder's image, or that is refused", async (t) => {
  const box = await sandbox(t);
  await box.mountImage("/mnt/data");
  await sh(box, "mkdir -p /srv/with /srv/without; mkfifo /srv/with/pipe /mnt/data/pipe");
  for (const folder of ["/srv/with", "/mnt/data"]) {
    if (tier === "gvisor") {
      await refused(box.snapshotDirectory(folder), "FAILED_PRECONDITION", `the FIFO '${folder}/pipe'`, "Remove them");
    } else {
      await box.mountImage("/mnt/copy", await snapshot(t, box, folder));
      assert.equal(await sh(box, "test -p /mnt/copy/pipe && echo pipe"), "pipe\n");
    }
  }
  await snapshot(t, box, "/srv/without");
});

test("the root's snapshot is one of the whole file system", async (t) => {
  const box = await sandbox(t);
  await sh(box, "echo whole > /root/file");
  const copy = await sandbox(t, {}, await snapshot(t, box, "/"));
  assert.equal(await py(copy, "print(open('/root/file').read().strip(), 6 * 7)"), "whole 42");
});

test("mounted images are no part of a file system's snapshot, nor of one of a folder above", async (t) => {
  const box = await sandbox(t);
  await sh(box, "mkdir -p /srv/data/place; echo below > /srv/data/place/below; echo beside > /srv/data/beside");
  await box.mountImage("/srv/data/place", await imageOf(t, box, "above", "above"));
  await box.mountImage("/srv/data/new", await imageOf(t, box, "above", "above"));
  const folder = await snapshot(t, box, "/srv/data");
  const whole = await box.snapshotFilesystem();
  t.after(() => modal.images.delete(whole.imageId).catch(() => undefined));
  const copy = await sandbox(t, {}, whole);
  const look = (root) => `cd ${root}; find . -type f | sort | tr '\\n' ' '; ls -A new | wc -l`;
  assert.equal(await sh(copy, look("/srv/data")), "./beside ./place/below 0\n");
  await copy.mountImage("/mnt", folder);
  assert.equal(await sh(copy, look("/mnt")), "./beside ./place/below 0\n");
});

test("links on the way are followed inside the sandbox, and lead nowhere else", async (t) => {
  const box = await sandbox(t);
  await sh(box, "mkdir -p /srv/real/dir; echo in > /srv/real/dir/file; ln -s /srv/real /srv/link; ln -s ../../../../../../etc /srv/up; echo mark > /etc/mark");
  const image = await snapshot(t, box, "/srv/link/dir/../dir/");
  await box.mountImage("/srv/link/mount", image);
  assert.equal(await sh(box, "cat /srv/real/mount/file"), "in\n");
  await box.mountImage("/mnt/etc", await snapshot(t, box, "/srv/up"));
  assert.equal(await sh(box, "cat /mnt/etc/mark"), "mark\n");
  await unmount(box, "/srv/real/mount");
  assert.equal(await sh(box, "ls -A /srv/real/mount"), "");
});

test("a mount is found where the folder that it is in was moved", async (t) => {
  const box = await sandbox(t);
  await sh(box, "mkdir -p /srv/before");
  await box.mountImage("/srv/before/mount", await imageOf(t, box, "file", "first"));
  await sh(box, "mv /srv/before /srv/after; echo more > /srv/after/mount/more");
  await box.mountImage("/mnt", await snapshot(t, box, "/srv/after/mount"));
  assert.equal(await sh(box, "cat /mnt/file /mnt/more"), "first\nmore\n");
  await box.mountImage("/srv/after/mount", await imageOf(t, box, "file", "second"));
  assert.equal(await sh(box, "cat /srv/after/mount/file; grep -c mount$ /proc/mounts || true"), "second\n0\n");
  await unmount(box, "/srv/after/mount");
  assert.equal(await sh(box, "ls -A /srv/after/mount"), "");
});

test("an image is mounted in a mounted one, and is unmounted first", async (t) => {
  const box = await sandbox(t);
  const image = await imageOf(t, box, "file", "content");
  await box.mountImage("/mnt/outer", image);
  await box.mountImage("/mnt/outer/inner", image);
  assert.equal(await sh(box, "cat /mnt/outer/file /mnt/outer/inner/file"), "content\ncontent\n");
  await refused(unmount(box, "/mnt/outer"), "FAILED_PRECONDITION", "/mnt/outer", "below");
  await refused(box.mountImage("/mnt/outer", image), "FAILED_PRECONDITION", "/mnt/outer", "below");
  assert.equal(await sh(box, "cat /mnt/outer/file /mnt/outer/inner/file"), "content\ncontent\n");
  await unmount(box, "/mnt/outer/inner");
  await unmount(box, "/mnt/outer");
  assert.equal(await sh(box, "ls -A /mnt/outer"), "");
});

test("a mount belongs to the operator: the image's user needs no right to the folder", async (t) => {
  const base = await build(["RUN useradd -m worker", "USER worker"]);
  const box = await sandbox(t, {}, base);
  await sh(box, "mkdir /tmp/mine; echo mine > /tmp/mine/file");
  const image = await snapshot(t, box, "/tmp/mine");
  await box.mountImage("/opt/mine", image);
  assert.equal(await sh(box, "cat /opt/mine/file; echo more >> /opt/mine/file; stat -c %U /opt/mine /opt/mine/file | tr '\\n' ' '"), "mine\nworker worker ");
  const root = await snapshot(t, box, "/root");
  await box.mountImage("/opt/root", root);
  const { code } = await run(box, ["ls", "/opt/root"]);
  assert.notEqual(code, 0, "the folder's permissions still count inside");
});

for (const path of ["/", "//", "/..", "/proc", "/sys/", "/dev", "/dev/shm/x", "/mnt/../proc/self", "/tmp/root", "/tmp/devices", "/tmp/devices/shm"]) {
  test(`nothing is mounted over ${path}`, async (t) => {
    const box = await sandbox(t);
    await sh(box, "ln -s / /tmp/root; ln -s /dev /tmp/devices");
    await refused(box.mountImage(path), "INVALID_ARGUMENT", path, "/proc, /sys and /dev");
    assert.equal(await sh(box, "ls -d /dev/null /proc/self/stat /bin/sh | wc -l"), "3\n");
  });
}

for (const path of ["/proc", "/proc/self", "/sys", "/dev", "/dev/shm", "/tmp/devices"]) {
  test(`${path} is no part of a sandbox's files`, async (t) => {
    const box = await sandbox(t);
    await sh(box, "ln -s /dev /tmp/devices");
    await refused(box.snapshotDirectory(path), "INVALID_ARGUMENT", path);
  });
}

test("paths that are no folders are refused, in words", async (t) => {
  const box = await sandbox(t);
  await sh(box, "echo x > /tmp/file; ln -s nowhere /tmp/dangling; ln -s loop /tmp/loop; mkfifo /tmp/fifo");
  const long = `/tmp/${"n".repeat(256)}`;
  for (const [path, status, ...parts] of [
    ["relative/path", "INVALID_ARGUMENT", "relative/path", "absolute"],
    ["", "INVALID_ARGUMENT", "empty"],
    ["/tmp/file", "INVALID_ARGUMENT", "/tmp/file", "not a folder"],
    ["/tmp/file/below", "INVALID_ARGUMENT", "not a folder"],
    ["/tmp/fifo", "INVALID_ARGUMENT", "not a folder"],
    ["/tmp/loop", "INVALID_ARGUMENT", "symbolic links"],
    [long, "INVALID_ARGUMENT", "too long"],
    [`/${"x/".repeat(2100)}`, "INVALID_ARGUMENT", "4095"],
    ["/tmp/\0", "INVALID_ARGUMENT", "NUL"],
  ]) {
    await refused(box.mountImage(path), status, ...parts);
    await refused(box.snapshotDirectory(path), status, ...parts);
    await refused(unmount(box, path), path.startsWith("/") && path.length < 4096 && !path.includes("\0") ? "NOT_FOUND" : status);
  }
  await refused(box.snapshotDirectory("/tmp/missing"), "NOT_FOUND", "/tmp/missing");
  await refused(box.snapshotDirectory("/tmp/dangling"), "NOT_FOUND", "/tmp/dangling");
  await refused(box.mountImage("/tmp/dangling"), "NOT_FOUND", "/tmp/dangling");
  await refused(router.ask(box, "TaskMountDirectory", { 2: Uint8Array.of(0x2f, 0xff) }), "INVALID_ARGUMENT", "UTF-8");
  assert.equal(await sh(box, "cat /tmp/file; ls -A /tmp | sort | tr '\\n' ' '"), "x\ndangling fifo file loop ");
});

test("an image that is not there is not mounted, and what was mounted stays", async (t) => {
  const box = await sandbox(t);
  await box.mountImage("/mnt", await imageOf(t, box, "file", "first"));
  await refused(box.mountImage("/mnt", { imageId: NO_IMAGE }), "NOT_FOUND", NO_IMAGE);
  assert.equal(await sh(box, "cat /mnt/file"), "first\n");
});

test("a mounted image keeps its files when its id is deleted", async (t) => {
  const box = await sandbox(t);
  const image = await imageOf(t, box, "file", "kept");
  await box.mountImage("/mnt", image);
  await modal.images.delete(image.imageId);
  await refused(modal.images.fromId(image.imageId), "NOT_FOUND", image.imageId);
  await refused(box.mountImage("/srv", image), "NOT_FOUND", image.imageId);
  assert.equal(await sh(box, "cat /mnt/file"), "kept\n");
  await box.mountImage("/srv", await snapshot(t, box, "/mnt"));
  await unmount(box, "/mnt");
  assert.equal(await sh(box, "cat /srv/file"), "kept\n");
});

test("a sandbox has at most 32 mounted images", async (t) => {
  const box = await sandbox(t);
  const image = await imageOf(t, box, "file", "content");
  await Promise.all(Array.from({ length: 32 }, (_, i) => box.mountImage(`/mnt/${i}`, image)));
  await refused(box.mountImage("/mnt/more", image), "RESOURCE_EXHAUSTED", "32", "unmount");
  await box.mountImage("/mnt/7");
  assert.equal(await sh(box, "cat /mnt/*/file | sort -u; ls -d /mnt/*/file | wc -l; test ! -e /mnt/more"), "content\n31\n");
  await unmount(box, "/mnt/7");
  await box.mountImage("/mnt/more", image);
});

test("mounts and snapshots at once take turns", async (t) => {
  const box = await sandbox(t);
  const image = await imageOf(t, box, "file", "content");
  const work = [];
  for (let i = 0; i < 8; i++) {
    work.push(box.mountImage("/mnt/same", image), box.mountImage(`/mnt/${i}`, image), snapshot(t, box, "/root"));
  }
  await Promise.all(work);
  assert.equal(await sh(box, "cat /mnt/*/file | sort -u; ls /mnt | wc -l; grep -c /mnt/same /proc/mounts"), "content\n9\n1\n");
});

// Two files get the same numbers, one after the other: at no moment is the second ahead, or the first by two.
const WRITER = `
import os, sys
one, two = [os.open(sys.argv[1] + '/' + name, os.O_RDWR | os.O_CREAT) for name in ('one', 'two')]
n = 0
while True:
    n += 1
    os.pwrite(one, n.to_bytes(8, 'big'), 0); os.pwrite(two, n.to_bytes(8, 'big'), 0)
    if n == 1: print('writing', flush=True)`;

for (const kind of ["a plain folder", "a mounted image"]) {
  test(`a snapshot of ${kind} while processes write is one moment of all its files`, async (t) => {
    const box = await sandbox(t);
    if (kind === "a mounted image") await box.mountImage("/srv/data");
    else await sh(box, "mkdir /srv/data");
    const writer = await box.exec(["python3", "-c", WRITER, "/srv/data"]);
    await writer.stdout.getReader().read();
    const count = "print(*[int.from_bytes(open('/mnt/' + f, 'rb').read(), 'big') for f in ('one', 'two')])";
    let last = 0;
    for (let i = 0; i < 3; i++) {
      await box.mountImage("/mnt", await snapshot(t, box, "/srv/data"));
      const [one, two] = (await py(box, count)).split(" ").map(Number);
      assert.ok(one === two || one === two + 1, `${one} and ${two}`);
      assert.ok(two > last, `${two} after ${last}: the writer stands still`);
      last = two;
    }
  });
}

/** Asks as newer clients do, also for what they never ask. */
async function ask(t, box, path, { snapshotId, ttl, deadline }) {
  const fields = { 2: bytes(path), 3: snapshotId, ...(ttl === undefined ? {} : { 4: ttl }) };
  const imageId = await router.ask(box, "TaskSnapshotDirectory", fields, { deadline });
  t.after(() => modal.images.delete(imageId).catch(() => undefined));
  return imageId;
}

test("the same snapshot id means the same image of a folder, at once and later", async (t) => {
  const box = await sandbox(t);
  const snapshotId = randomUUID();
  const ids = await Promise.all([1, 2, 3].map(() => ask(t, box, "/root", { snapshotId })));
  assert.equal(new Set(ids).size, 1);
  assert.equal(await ask(t, box, "/root", { snapshotId }), ids[0]);
  assert.notEqual(await ask(t, box, "/root", { snapshotId: randomUUID() }), ids[0]);
  await modal.images.delete(ids[0]);
  assert.notEqual(await ask(t, box, "/root", { snapshotId }), ids[0], "that one is deleted");
});

test("a folder's image is gone when its time is over, but not under a sandbox that has it mounted", async (t) => {
  const box = await sandbox(t);
  await sh(box, "echo here > /root/file");
  const imageId = await ask(t, box, "/root", { snapshotId: randomUUID(), ttl: 3 });
  await box.mountImage("/mnt", { imageId });
  await eventually(() => modal.images.fromId(imageId).then(() => false, (error) => error), 10_000, "the image's end");
  await refused(box.mountImage("/srv", { imageId }), "NOT_FOUND", imageId);
  assert.equal(await sh(box, "cat /mnt/file"), "here\n");
});

for (const ttl of [0, -2, Number.MAX_SAFE_INTEGER]) {
  test(`a folder's image that lasts ${ttl} seconds is refused`, async (t) => {
    await refused(ask(t, await sandbox(t), "/root", { snapshotId: randomUUID(), ttl }), "INVALID_ARGUMENT", "ttl_seconds", String(ttl));
  });
}

test("a folder's snapshot that takes too long leaves nothing, and the sandbox goes on", async (t) => {
  const box = await sandbox(t);
  await py(box, "import os\nos.makedirs('/root/many')\nfor i in range(4000): open(f'/root/many/{i}', 'w').close()");
  const snapshotId = randomUUID();
  await assert.rejects(ask(t, box, "/root", { snapshotId, deadline: 30 }), ({ code }) => code === 1 || code === 4);
  await box.mountImage("/mnt", { imageId: await ask(t, box, "/root", { snapshotId }) });
  assert.equal(await sh(box, "ls /mnt/many | wc -l"), "4000\n");
});

test("fields that this server does not serve are refused", async (t) => {
  const box = await sandbox(t);
  const key = new Uint8Array(16);
  await refused(router.ask(box, "TaskSnapshotDirectory", { 2: bytes("/root"), 5: key }), "UNIMPLEMENTED", "encryption");
  await refused(router.ask(box, "TaskMountDirectory", { 2: bytes("/mnt"), 4: key }), "UNIMPLEMENTED", "encryption");
  await refused(router.ask(box, "TaskMountDirectory", { 2: bytes("/mnt"), 5: "ctr-x" }), "UNIMPLEMENTED", "ctr-x");
  await refused(router.ask(box, "TaskUnmountDirectory", { 2: bytes("/mnt"), 3: "ctr-x" }), "UNIMPLEMENTED", "ctr-x");
});

test("a sandbox that has ended takes no mounts and gives no images", async (t) => {
  const box = await sandbox(t);
  await box.mountImage("/mnt");
  await box.terminate({ wait: true });
  const ended = (error) => /ended|finished|completed|not found|no such|detached/i.test(error.details ?? error.message);
  await assert.rejects(box.mountImage("/srv"), ended);
  await assert.rejects(box.snapshotDirectory("/root"), ended);
  await assert.rejects(router.ask(box, "TaskMountDirectory", { 2: bytes("/srv") }), ended);
  await assert.rejects(router.ask(box, "TaskSnapshotDirectory", { 2: bytes("/root") }), ended);
});

test("a sandbox ends while images are mounted in it", async (t) => {
  for (let i = 0; i < 3; i++) {
    const box = await sandbox(t);
    const image = await imageOf(t, box, "file", "content");
    const asked = Array.from({ length: 10 }, (_, n) => router.ask(box, "TaskMountDirectory", { 2: bytes(`/mnt/${n}`), 3: image.imageId }));
    const answers = Promise.allSettled(asked);
    await box.terminate();
    for (const { reason } of await answers) {
      if (reason) assert.ok(["NOT_FOUND", "FAILED_PRECONDITION"].includes(grpc.status[reason.code]), reason.message);
    }
  }
});
