// Images made of running sandboxes, and sandboxes made of those.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { app, eventually, modal, py, python, refused, run, sandbox, unique } from "./lib/atoll.mjs";
import { DIGEST, ODD_FILES } from "./lib/digest.mjs";
import * as router from "./lib/router.mjs";

const NO_IMAGE = "im-0123456789abcdefghijAB";

/** Runs a shell script that must succeed; what it prints. */
async function sh(box, script) {
  const { code, out, err } = await run(box, ["sh", "-euc", script]);
  assert.equal(code, 0, err);
  return out;
}

/** An image of a sandbox's files; its id is forgotten with the test. */
async function snapshot(t, box) {
  const image = await box.snapshotFilesystem();
  t.after(() => modal.images.delete(image.imageId).catch(() => undefined));
  return image;
}

test("a sandbox from a snapshot has what was written, and the first one goes on by itself", async (t) => {
  const box = await sandbox(t);
  await sh(box, "echo before > /root/file; mkdir -p /srv/app/empty; echo data > /srv/app/data");
  const image = await snapshot(t, box);
  assert.match(image.imageId, /^im-[A-Za-z0-9]{22}$/);
  await sh(box, "echo after > /root/file");
  const copy = await sandbox(t, {}, image);
  assert.equal(await sh(copy, "cat /root/file /srv/app/data; ls -A /srv/app/empty | wc -l"), "before\ndata\n0\n");
  await sh(copy, "echo copy > /root/file");
  assert.equal(await sh(box, "cat /root/file"), "after\n");
  const again = await sandbox(t, {}, await modal.images.fromId(image.imageId));
  assert.equal(await sh(again, "cat /root/file"), "before\n");
});

test("a snapshot of an untouched sandbox starts as its image does", async (t) => {
  const copy = await sandbox(t, {}, await snapshot(t, await sandbox(t)));
  assert.equal(await py(copy, "print(6 * 7)"), "42");
});

test("files that are deleted, renamed or replaced stay so", async (t) => {
  const box = await sandbox(t);
  const script = `
    rm /etc/debian_version
    rm -r /usr/share/doc; mkdir /usr/share/doc; echo mine > /usr/share/doc/readme
    mv /etc/hostname.d /etc/nothing 2>/dev/null || true
    mv /etc/passwd /etc/people; cp /etc/people /etc/passwd
    mv /var/cache /var/moved
    rm -r /var/mail; echo file > /var/mail`;
  await sh(box, script);
  const look = `
    test ! -e /etc/debian_version && ls /usr/share/doc && cat /usr/share/doc/readme
    cmp /etc/passwd /etc/people && test ! -e /var/cache && ls /var/moved && cat /var/mail`;
  const seen = await sh(box, look);
  const copy = await sandbox(t, {}, await snapshot(t, box));
  assert.equal(await sh(copy, look), seen);
  assert.match(seen, /^readme\nmine\n/);
});

test("permissions, owners, links, holes, times, empty folders and odd names survive", async (t) => {
  const box = await sandbox(t);
  await py(box, ODD_FILES);
  const before = await py(box, DIGEST);
  const copy = await sandbox(t, {}, await snapshot(t, box));
  assert.deepEqual(JSON.parse(await py(copy, DIGEST)), JSON.parse(before));
  assert.equal(await sh(copy, "stat -c %h /data/one /data/two /data/deep/er/three | tr '\\n' ' '"), "3 3 3 ");
  const blocks = "import os; print(os.stat('/data/holes').st_blocks)";
  assert.equal(await py(copy, blocks), await py(box, blocks), "a hole takes no space");
});

test("what is mounted for the sandbox alone does not reach the image", async (t) => {
  const box = await sandbox(t);
  const copy = await sandbox(t, {}, await snapshot(t, box));
  assert.equal(await sh(copy, "hostname; grep -c . /etc/resolv.conf; grep -c $(hostname) /etc/hosts"), `${copy.sandboxId}\n1\n1\n`);
  assert.equal(await sh(copy, "ls -A /dev/shm; ls -d /.atoll /dock /agent 2>/dev/null || true"), "");
});

test("environment, working directory, user and entrypoint of the image apply", async (t) => {
  const base = await python
    .dockerfileCommands(["RUN useradd -m worker", "ENV COLOUR=blue", "WORKDIR /home/worker", "USER worker", 'ENTRYPOINT ["env", "MARK=set"]'])
    .build(await app());
  const box = await sandbox(t, {}, base);
  await sh(box, "echo mine > file");
  const image = await snapshot(t, box);
  const copy = await sandbox(t, { command: ["sh", "-c", "echo $MARK $COLOUR $(pwd) $(id -un); cat file"] }, image);
  assert.equal(await copy.stdout.readText(), "set blue /home/worker worker\nmine\n");
  assert.equal(await copy.wait(), 0);
});

test("secrets of the sandbox are not in its snapshot", async (t) => {
  const secret = await modal.secrets.fromObject({ KEY: unique("hidden") });
  const image = await snapshot(t, await sandbox(t, { secrets: [secret] }));
  assert.equal(await py(await sandbox(t, {}, image), "import os; print(os.environ.get('KEY'))"), "None");
});

// Two files get the same numbers, one after the other: at no moment is the second ahead, or the first by two.
const WRITER = `
import os
one, two = os.open('/root/one', os.O_RDWR | os.O_CREAT), os.open('/root/two', os.O_RDWR | os.O_CREAT)
n = 0
while True:
    n += 1
    os.pwrite(one, n.to_bytes(8, 'big'), 0); os.pwrite(two, n.to_bytes(8, 'big'), 0)
    if n == 1: print('writing', flush=True)
    open(f'/root/log{n % 100}', 'w').write('x' * 5000)`;

test("a snapshot while processes write is one moment of all files, and they go on", async (t) => {
  const box = await sandbox(t);
  const writer = await box.exec(["python3", "-c", WRITER]);
  await writer.stdout.getReader().read();
  const count = "print(*[int.from_bytes(open('/root/' + f, 'rb').read(), 'big') for f in ('one', 'two')])";
  let last = 0;
  for (let i = 0; i < 3; i++) {
    const copy = await sandbox(t, {}, await snapshot(t, box));
    const [one, two] = (await py(copy, count)).split(" ").map(Number);
    assert.ok(one === two || one === two + 1, `${one} and ${two}`);
    assert.ok(two > last, `${two} after ${last}: the writer stands still`);
    last = two;
  }
});

test("processes of the sandbox get no signal from a snapshot", async (t) => {
  const box = await sandbox(t);
  const code = "import signal, time\nfor s in (signal.SIGCONT, signal.SIGTSTP): signal.signal(s, lambda n, f: print('signal', n, flush=True))\nprint('ready', flush=True)\ninput()\nprint('end')";
  const process = await box.exec(["python3", "-c", code]);
  const reader = process.stdout.getReader();
  assert.equal((await reader.read()).value, "ready\n");
  await snapshot(t, box);
  await process.stdin.writeText("go\n");
  await process.stdin.close?.();
  assert.equal((await reader.read()).value, "end\n");
});

test("a snapshot of a snapshot, ten deep", async (t) => {
  let box = await sandbox(t);
  for (let depth = 1; depth <= 10; depth++) {
    await sh(box, `echo ${depth} >> /root/depths; echo ${depth} > /root/file${depth}; test ${depth} = 1 || mv /root/dir$((${depth} - 1)) /root/dir${depth}; mkdir -p /root/dir${depth}; touch /root/dir${depth}/in${depth}; test ${depth} -le 2 || rm /root/file$((${depth} - 2))`);
    const image = await snapshot(t, box);
    const next = await sandbox(t, {}, image);
    await box.terminate();
    box = next;
  }
  const seen = await sh(box, "tr '\\n' ' ' < /root/depths; ls /root | tr '\\n' ' '; ls /root/dir10 | sort -V | tr '\\n' ' '");
  assert.equal(seen, "1 2 3 4 5 6 7 8 9 10 depths dir10 file10 file9 in1 in2 in3 in4 in5 in6 in7 in8 in9 in10 ");
});

test("more layers are built on a snapshot", async (t) => {
  const box = await sandbox(t);
  await sh(box, "echo below > /root/below");
  const image = await snapshot(t, box);
  const built = await modal.images.fromRegistry(image.imageId).dockerfileCommands(["RUN cat /root/below > /root/above"]).build(await app());
  assert.equal(await sh(await sandbox(t, {}, built), "cat /root/above"), "below\n");
});

test("a snapshot outlives its sandbox, and is deleted as any image", async (t) => {
  const box = await sandbox(t);
  await sh(box, "echo kept > /root/file");
  const { imageId } = await snapshot(t, box);
  await box.terminate({ wait: true });
  const copy = await sandbox(t, {}, await modal.images.fromId(imageId));
  assert.equal(await sh(copy, "cat /root/file"), "kept\n");
  await refused(modal.cpClient.imageDelete({ imageId }), "FAILED_PRECONDITION", imageId, "running sandbox");
  await copy.terminate({ wait: true });
  await modal.images.delete(imageId);
  await refused(modal.images.fromId(imageId), "NOT_FOUND", imageId);
});

test("many snapshots at once, of one sandbox and of several", async (t) => {
  const boxes = await Promise.all([0, 1, 2].map(() => sandbox(t)));
  await Promise.all(boxes.map((box, i) => sh(box, `echo ${i} > /root/file`)));
  const asked = [...boxes, ...boxes];
  const images = await Promise.all(asked.map((box) => snapshot(t, box)));
  assert.equal(new Set(images.map((image) => image.imageId)).size, 6);
  const copies = await Promise.all(images.map((image) => sandbox(t, {}, image)));
  assert.deepEqual(await Promise.all(copies.map((copy) => sh(copy, "cat /root/file"))), ["0\n", "1\n", "2\n", "0\n", "1\n", "2\n"]);
});

test("no snapshot of a sandbox that has ended", async (t) => {
  const box = await sandbox(t, { command: ["true"] });
  await box.wait();
  await assert.rejects(box.snapshotFilesystem(), (error) => /ended|finished|completed|not found/i.test(error.details ?? error.message));
});

test("no snapshot of a sandbox that does not exist", async () => {
  await refused(modal.cpClient.sandboxSnapshotFs({ sandboxId: "sb-0123456789abcdefghijAB", timeout: 5 }), "NOT_FOUND");
  await refused(modal.images.fromId(NO_IMAGE), "NOT_FOUND", NO_IMAGE);
});

test("a snapshot that takes too long fails, and the sandbox goes on", async (t) => {
  const box = await sandbox(t);
  await py(box, "import os\nos.makedirs('/root/many')\nfor i in range(4000): open(f'/root/many/{i}', 'w').close()");
  await assert.rejects(box.snapshotFilesystem(5), /time|within/i);
  assert.equal(await sh(box, "ls /root/many | wc -l"), "4000\n");
  const copy = await sandbox(t, {}, await snapshot(t, box));
  assert.equal(await sh(copy, "ls /root/many | wc -l"), "4000\n");
});

test("a sandbox that ends while its snapshot is made gives no half of one", async (t) => {
  const box = await sandbox(t);
  await py(box, "import os\nos.makedirs('/root/many')\nfor i in range(4000): open(f'/root/many/{i}', 'w').close()");
  const asked = box.snapshotFilesystem().then(
    (image) => image,
    (error) => error,
  );
  await box.terminate({ wait: true });
  const answer = await asked;
  if (answer instanceof Error) return;
  const copy = await sandbox(t, {}, answer);
  assert.equal(await sh(copy, "ls /root/many | wc -l"), "4000\n");
});

/** Asks the command router as newer clients do, also for what they never ask. */
async function ask(t, box, { snapshotId, ttl }) {
  const imageId = await router.ask(box, "TaskSnapshotFilesystem", { 2: snapshotId, ...(ttl === undefined ? {} : { 3: ttl }) });
  t.after(() => modal.images.delete(imageId).catch(() => undefined));
  return imageId;
}

test("the same snapshot id means the same image, at once and later", async (t) => {
  const box = await sandbox(t);
  const snapshotId = randomUUID();
  const ids = await Promise.all([1, 2, 3].map(() => ask(t, box, { snapshotId, ttl: -1 })));
  assert.equal(new Set(ids).size, 1);
  assert.equal(await ask(t, box, { snapshotId, ttl: -1 }), ids[0]);
  assert.notEqual(await ask(t, box, { snapshotId: randomUUID() }), ids[0]);
  assert.notEqual(await ask(t, await sandbox(t), { snapshotId, ttl: -1 }), ids[0], "another sandbox's");
  await modal.images.delete(ids[0]);
  assert.notEqual(await ask(t, box, { snapshotId, ttl: -1 }), ids[0], "that one is deleted");
});

test("a snapshot is gone when its time is over, but not under a sandbox that runs on it", async (t) => {
  const box = await sandbox(t);
  const imageId = await ask(t, box, { snapshotId: randomUUID(), ttl: 3 });
  const copy = await sandbox(t, {}, await modal.images.fromId(imageId));
  await eventually(() => modal.images.fromId(imageId).then(() => false, (error) => error), 10_000, "the image's end");
  await refused(sandbox(t, {}, { imageId, build: async () => ({ imageId }) }), "NOT_FOUND", imageId);
  assert.equal((await run(copy, ["echo", "here"])).out, "here\n");
});

for (const ttl of [0, -2, Number.MAX_SAFE_INTEGER]) {
  test(`a snapshot that lasts ${ttl} seconds is refused`, async (t) => {
    await refused(ask(t, await sandbox(t), { snapshotId: randomUUID(), ttl }), "INVALID_ARGUMENT", "ttl_seconds", String(ttl));
  });
}
