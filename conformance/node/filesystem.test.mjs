// The program behind sandbox.filesystem, and those helpers where the client has them (from 0.7.6 on).
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import * as client from "modal";
import { build, modal, py, run, sandbox } from "./lib/atoll.mjs";

const TOOL = "/__modal/.bin/modal-sandbox-fs-tools";
const command = (operation, parameters) => [TOOL, JSON.stringify({ [operation]: parameters })];

const helpers = "filesystem" in client.Sandbox.prototype;

test("the program says what it did, or why not", async (t) => {
  const box = await sandbox(t);
  const { code, out } = await run(box, command("Stat", { path: "/etc/passwd" }));
  assert.equal(code, 0);
  const { name, path, type, permissions, owner, group, symlink_target } = JSON.parse(out);
  assert.deepEqual({ name, path, type, permissions, owner, group, symlink_target }, { name: "passwd", path: "/etc/passwd", type: "file", permissions: "0644", owner: "root", group: "root", symlink_target: null });
  const failed = await run(box, command("Stat", { path: "/no/such/file" }));
  assert.equal(failed.code, 1);
  assert.equal(failed.out, "");
  const { version, error_kind, message } = JSON.parse(failed.err);
  assert.deepEqual({ version, error_kind, message }, { version: 1, error_kind: "NotFound", message: "No such file or directory" });
});

test("the program can't be changed from inside", async (t) => {
  const box = await sandbox(t);
  const before = await py(box, `import hashlib; print(hashlib.sha256(open('${TOOL}', 'rb').read()).hexdigest())`);
  const attempts = [
    `echo x > ${TOOL}`,
    `rm -f ${TOOL}`,
    `chmod 777 ${TOOL}`,
    "touch /__modal/new",
    "mkdir /__modal/.bin/new",
    "rm -rf /__modal",
    "mv /__modal /elsewhere",
    "mount -o remount,rw,bind /__modal",
    "umount /__modal",
    // In gVisor a user may have namespaces: neither there.
    `unshare --user --map-root-user --mount sh -c 'mount -o remount,rw,bind /__modal; echo x > ${TOOL}'`,
    "unshare --user --map-root-user --mount sh -c 'umount /__modal; touch /__modal/.bin/new && mv /__modal /elsewhere'",
  ];
  for (const attempt of attempts) assert.notEqual((await run(box, ["sh", "-c", attempt])).code, 0, attempt);
  assert.equal(await py(box, `import hashlib; print(hashlib.sha256(open('${TOOL}', 'rb').read()).hexdigest())`), before);
  assert.equal((await run(box, ["find", "/__modal"])).out, `/__modal\n/__modal/.bin\n${TOOL}\n`);
});

test("the program runs in an image that has nothing: no shell, no library, no /etc", async (t) => {
  const box = await sandbox(t, {}, modal.images.fromRegistry("empty:1"));
  const writing = await box.exec(command("WriteFile", { path: "/srv/new/file" }));
  await writing.stdin.writeText("content");
  await writing.stdin.close();
  assert.equal(await writing.wait(), 0);
  assert.equal((await run(box, command("ReadFile", { path: "/srv/new/file" }))).out, "content");
  const [entry] = JSON.parse((await run(box, command("ListFiles", { path: "/srv/new" }))).out);
  assert.deepEqual([entry.name, entry.owner, entry.group], ["file", "0", "0"]);
});

test("the program is not in a snapshot, and the snapshot's sandbox has its own", async (t) => {
  const box = await sandbox(t, {}, modal.images.fromRegistry("empty:1"));
  assert.equal((await run(box, command("MakeDirectory", { path: "/srv/made", parents: true }))).code, 0);
  const image = await box.snapshotFilesystem();
  t.after(() => modal.images.delete(image.imageId).catch(() => undefined));
  const copy = await sandbox(t, {}, image);
  const entries = JSON.parse((await run(copy, command("ListFiles", { path: "/srv" }))).out);
  assert.deepEqual(entries.map(({ name }) => name), ["made"]);
});

/** The events of a watch, as they come. */
async function* events(process) {
  let rest = "";
  for await (const chunk of process.stdout) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop();
    yield* lines.map((line) => JSON.parse(line));
  }
  assert.equal(rest, "");
}

/** Nothing says that a watch has begun: files are made until one is told of. */
async function begun(box, watching, folder) {
  let done = false;
  const making = (async () => {
    for (let i = 0; !done; i++) await run(box, ["touch", `${folder}/begin-${i}`]);
  })();
  const { value } = await watching.next();
  done = true;
  await making;
  return value;
}

/** The next event that is not of a file that begun() made. */
async function following(watching) {
  for (;;) {
    const { value, done } = await watching.next();
    assert.ok(!done, "the watch has ended");
    if (!value.paths[0].includes("/begin-")) return `${value.event_type} ${value.paths.join(" ")}`;
  }
}

const CHANGES = ["Create", "Remove", "Rename", "RenameFrom", "RenameTo"];

test("a watch tells of a tree until its input ends", async (t) => {
  const box = await sandbox(t);
  await run(box, ["mkdir", "-p", "/srv/watched/deep"]);
  const process = await box.exec(command("Watch", { path: "/srv/watched", recursive: true, filter: CHANGES, timeout_secs: null }));
  const watching = events(process);
  assert.equal((await begun(box, watching, "/srv/watched")).event_type, "Create");
  await run(box, ["sh", "-c", "cd /srv/watched/deep && echo x > a && mv a ../b && mv ../b /tmp/b && mv /tmp/b c && rm c"]);
  const expected = [
    "Create /srv/watched/deep/a",
    "Rename /srv/watched/deep/a /srv/watched/b",
    "RenameFrom /srv/watched/b",
    "RenameTo /srv/watched/deep/c",
    "Remove /srv/watched/deep/c",
  ];
  const seen = [];
  while (seen.length < expected.length) seen.push(await following(watching));
  assert.deepEqual(seen, expected);
  await run(box, ["mkdir", "/srv/watched/new"]);
  assert.equal(await following(watching), "Create /srv/watched/new");
  await run(box, ["touch", "/srv/watched/new/file"]);
  assert.equal(await following(watching), "Create /srv/watched/new/file");
  // What the program writes itself is there at once, and so is one event.
  for (const event of ["Create", "RenameTo"]) {
    const writing = await box.exec(command("WriteFile", { path: "/srv/watched/new/written" }));
    await writing.stdin.writeText(event);
    await writing.stdin.close();
    assert.equal(await writing.wait(), 0);
    assert.equal(await following(watching), `${event} /srv/watched/new/written`);
  }
  await process.stdin.close();
  assert.equal(await process.wait(), 0);
  assert.ok((await watching.next()).done);
});

test("a watch of one folder tells of its children only, and ends with its time", async (t) => {
  const box = await sandbox(t);
  await run(box, ["mkdir", "-p", "/srv/watched/deep"]);
  const process = await box.exec(command("Watch", { path: "/srv/watched", recursive: false, filter: ["Modify"], timeout_secs: 600 }));
  const watching = events(process);
  // touch changes the time of a file that is there.
  await run(box, ["touch", "/srv/watched/begin-0"]);
  await begun(box, watching, "/srv/watched");
  await run(box, ["sh", "-c", "cd /srv/watched && echo x > deep/file && echo x > own"]);
  assert.equal(await following(watching), "Modify /srv/watched/own");
  await process.stdin.close();
  assert.equal(await process.wait(), 0);
  const start = Date.now();
  assert.equal((await run(box, command("Watch", { path: "/srv", recursive: false, filter: null, timeout_secs: 1 }))).code, 0);
  assert.ok(Date.now() - start >= 1000);
  assert.equal((await run(box, command("Watch", { path: "/srv", recursive: false, filter: null, timeout_secs: 0 }))).code, 0);
  const failed = await run(box, command("Watch", { path: "/none", recursive: false, filter: null, timeout_secs: null }));
  assert.equal(JSON.parse(failed.err).error_kind, "NotFound");
});

if (helpers) {
  test("texts and bytes are written and read again", async (t) => {
    const box = await sandbox(t);
    await box.filesystem.writeText("hello ümlaut\n", "/srv/made/on/the/way");
    assert.equal(await box.filesystem.readText("/srv/made/on/the/way"), "hello ümlaut\n");
    assert.equal((await run(box, ["cat", "/srv/made/on/the/way"])).out, "hello ümlaut\n");
    const data = randomBytes(9_000_001);
    await box.filesystem.writeBytes(data, "/srv/bytes");
    assert.ok(Buffer.from(await box.filesystem.readBytes("/srv/bytes")).equals(data));
    await box.filesystem.writeText("", "/srv/bytes");
    assert.equal(await box.filesystem.readText("/srv/bytes"), "");
    assert.equal((await run(box, ["sh", "-c", "ls -A /srv"])).out, "bytes\nmade\n");
  });

  test("local files are copied both ways", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "atoll-"));
    t.after(() => rm(folder, { recursive: true }));
    const box = await sandbox(t);
    const data = randomBytes(300_000);
    await writeFile(join(folder, "from"), data);
    await box.filesystem.copyFromLocal(join(folder, "from"), "/srv/copy");
    await box.filesystem.copyToLocal("/srv/copy", join(folder, "to", "here"));
    assert.ok((await readFile(join(folder, "to", "here"))).equals(data));
    await assert.rejects(box.filesystem.copyFromLocal(join(folder, "from"), "/srv"), { name: "SandboxFilesystemIsADirectoryError" });
  });

  test("a folder is listed, and a link tells of itself", async (t) => {
    const box = await sandbox(t);
    await run(box, ["sh", "-c", "mkdir -p /srv/l/.d && cd /srv/l && printf 12345 > z && chmod 640 z && touch -d @1700000000 z && ln -s 'no where' a && chown 12345:daemon a -h"]);
    const files = await box.filesystem.listFiles("/srv/l");
    assert.deepEqual(files.map(({ name, path, type, permissions, owner, group, symlinkTarget }) => [name, path, type, permissions, owner, group, symlinkTarget]), [
      [".d", "/srv/l/.d", "directory", "0755", "root", "root", null],
      ["a", "/srv/l/a", "symlink", "0777", "12345", "daemon", "no where"],
      ["z", "/srv/l/z", "file", "0640", "root", "root", null],
    ]);
    const { size, mode, modifiedTime } = files[2];
    assert.deepEqual({ size, mode, modifiedTime }, { size: 5, mode: 0o100640, modifiedTime: 1_700_000_000 });
    assert.deepEqual(await box.filesystem.stat("/srv/l/a"), files[1]);
    assert.deepEqual(await box.filesystem.listFiles("/srv/l/.d"), []);
  });

  test("folders are made and removed", async (t) => {
    const box = await sandbox(t);
    await box.filesystem.makeDirectory("/srv/a/b");
    await box.filesystem.makeDirectory("/srv/a/b");
    await box.filesystem.makeDirectory("/srv/a/c", { createParents: false });
    await box.filesystem.remove("/srv/a/c");
    await box.filesystem.remove("/srv/a", { recursive: true });
    assert.deepEqual(await box.filesystem.listFiles("/srv"), []);
  });

  test("each failure is an error of its own kind, and names the path", async (t) => {
    const box = await sandbox(t);
    await run(box, ["sh", "-c", "mkdir -p /srv/full/x; touch /srv/file; truncate -s 6G /srv/big"]);
    const fs = box.filesystem;
    const failures = [
      [() => fs.readText("/srv/none"), "NotFound", "/srv/none"],
      [() => fs.readText("/srv/full"), "IsADirectory", "/srv/full"],
      [() => fs.readBytes("/srv/big"), "FileTooLarge", "/srv/big"],
      [() => fs.writeText("x", "/srv/full"), "IsADirectory", "/srv/full"],
      [() => fs.writeText("x", "/srv/file/x"), "NotADirectory", "/srv/file/x"],
      [() => fs.writeBytes(randomBytes(9_000_000), "/srv/file/y"), "NotADirectory", "/srv/file/y"],
      [() => fs.writeText("x", "/etc/hosts"), "Permission", "/etc/hosts"],
      [() => fs.listFiles("/srv/file"), "NotADirectory", "/srv/file"],
      [() => fs.listFiles("/srv/none"), "NotFound", "/srv/none"],
      [() => fs.stat("/srv/none"), "NotFound", "/srv/none"],
      [() => fs.stat("/srv/file/x"), "NotADirectory", "/srv/file/x"],
      [() => fs.makeDirectory("/srv/full", { createParents: false }), "PathAlreadyExists", "/srv/full"],
      [() => fs.makeDirectory("/srv/file"), "PathAlreadyExists", "/srv/file"],
      [() => fs.makeDirectory("/srv/none/x", { createParents: false }), "NotFound", "/srv/none/x"],
      [() => fs.makeDirectory("/srv/file/x/y"), "NotADirectory", "/srv/file/x/y"],
      [() => fs.remove("/srv/full"), "DirectoryNotEmpty", "/srv/full"],
      [() => fs.remove("/srv/none", { recursive: true }), "NotFound", "/srv/none"],
    ];
    for (const [call, kind, path] of failures) {
      const error = await call().then(() => assert.fail(`${path}: no failure`), (thrown) => thrown);
      assert.equal(error.name, `SandboxFilesystem${kind}Error`, `${path}: ${error.message}`);
      assert.ok(error instanceof client[error.name] && error instanceof client.SandboxFilesystemError, error.name);
      assert.ok(error.message.endsWith(`: ${path}`), error.message);
    }
    assert.equal((await run(box, ["ls", "-A", "/srv"])).out, "big\nfile\nfull\n");
  });

  test("the image's user can do what its permissions allow", async (t) => {
    const box = await sandbox(t, {}, await build(["USER 1234"]));
    await assert.rejects(box.filesystem.writeText("x", "/etc/new"), { name: "SandboxFilesystemPermissionError" });
    await assert.rejects(box.filesystem.writeText("x", "/etc/passwd"), { name: "SandboxFilesystemPermissionError" });
    await assert.rejects(box.filesystem.readText("/etc/shadow"), { name: "SandboxFilesystemPermissionError" });
    await assert.rejects(box.filesystem.makeDirectory("/etc/new"), { name: "SandboxFilesystemPermissionError" });
    await assert.rejects(box.filesystem.remove("/etc/passwd"), { name: "SandboxFilesystemPermissionError" });
    await assert.rejects(box.filesystem.listFiles("/root"), { name: "SandboxFilesystemPermissionError" });
    await box.filesystem.writeText("mine", "/tmp/mine");
    assert.equal((await box.filesystem.stat("/tmp/mine")).owner, "1234");
  });

  test("a sandbox that has ended is said to be unavailable", async (t) => {
    const box = await sandbox(t);
    await box.filesystem.stat("/");
    await modal.cpClient.sandboxTerminate({ sandboxId: box.sandboxId });
    await assert.rejects(box.filesystem.readText("/etc/passwd"), { name: "NotFoundError", message: /The Sandbox is unavailable/ });
  });
}
