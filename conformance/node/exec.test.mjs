import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { modal, py, run, sandbox, text } from "./lib/atoll.mjs";

test("a process gets its arguments byte by byte, and says its output and status", async (t) => {
  const box = await sandbox(t);
  const words = ["a b", "", "'\"$HOME`\\", "ümlaut 漢字 🐍", "-x", "new\nline"];
  const { code, out, err } = await run(box, [
    "python3", "-c", "import sys, json; print(json.dumps(sys.argv[1:])); print('bad', file=sys.stderr); sys.exit(7)",
    ...words,
  ]);
  assert.deepEqual(JSON.parse(out), words);
  assert.equal(err, "bad\n");
  assert.equal(code, 7);
});

test("environment: the image's, the sandbox's, the secrets' in order, then the exec's own", async (t) => {
  const box = await sandbox(t, { env: { LEVEL: "sandbox", KEPT: "yes" } });
  const secrets = [
    await modal.secrets.fromObject({ LEVEL: "first", ONE: "1" }),
    await modal.secrets.fromObject({ LEVEL: "second", TWO: "2" }),
  ];
  const show = ["sh", "-c", "echo $LEVEL $KEPT $ONE $TWO"];
  assert.equal((await run(box, show, { secrets, env: { TWO: "own" } })).out, "second yes 1 own\n");
  assert.equal((await run(box, show, { secrets })).out, "second yes 1 2\n");
  assert.equal((await run(box, show)).out, "sandbox yes\n", "an exec's secrets stay with that exec");
});

test("the working directory is the exec's, else the sandbox's", async (t) => {
  const box = await sandbox(t, { workdir: "/usr" });
  assert.equal((await run(box, ["pwd"])).out, "/usr\n");
  assert.equal((await run(box, ["pwd"], { workdir: "/etc" })).out, "/etc\n");
});

test("text streams keep characters whole", async (t) => {
  const box = await sandbox(t);
  const { out } = await run(box, ["python3", "-c", "print('漢字🐍' * 100000, end='')"]);
  assert.equal(out, "漢字🐍".repeat(100_000));
});

test("binary streams are exact in both directions", async (t) => {
  const box = await sandbox(t);
  const data = randomBytes(3_000_001);
  const process = await box.exec(["cat"], { mode: "binary" });
  const reading = process.stdout.readBytes();
  await process.stdin.writeBytes(data);
  await process.stdin.close();
  assert.ok(Buffer.from(await reading).equals(data));
  assert.equal(await process.wait(), 0);
});

test("stdin is written in pieces and closed", async (t) => {
  const box = await sandbox(t);
  const process = await box.exec(["sh", "-c", "while read line; do echo got $line; done; echo end"]);
  const writer = process.stdin.getWriter();
  await writer.write("one\ntw");
  await writer.write("o\n");
  await writer.close();
  assert.equal(await process.stdout.readText(), "got one\ngot two\nend\n");
});

test("a dialogue: each line is answered before the next one is sent", async (t) => {
  const box = await sandbox(t);
  const process = await box.exec(["python3", "-u", "-c", "for line in open(0): print(int(line) + 1)"]);
  const writer = process.stdin.getWriter();
  const reader = process.stdout.getReader();
  for (let number = 0; number < 20; number++) {
    await writer.write(`${number}\n`);
    let line = "";
    while (!line.endsWith("\n")) line += (await reader.read()).value;
    assert.equal(line, `${number + 1}\n`);
  }
  await writer.close();
  assert.equal(await process.wait(), 0);
});

test("output is there before the process ends", async (t) => {
  const box = await sandbox(t);
  const process = await box.exec(["sh", "-c", "echo early; sleep 600"]);
  const first = await process.stdout.getReader().read();
  assert.equal(first.value, "early\n");
});

test("50,000 lines on both streams at once, none lost or mixed up", async (t) => {
  const box = await sandbox(t);
  const { code, out, err } = await run(box, [
    "python3", "-c",
    "import sys\nfor i in range(50000):\n  sys.stdout.write(f'out {i}\\n'); sys.stderr.write(f'err {i}\\n')",
  ]);
  assert.equal(code, 0);
  const lines = (name) => Array.from({ length: 50_000 }, (_, i) => `${name} ${i}\n`).join("");
  assert.ok(out === lines("out"), `${out.length} characters of stdout`);
  assert.ok(err === lines("err"), `${err.length} characters of stderr`);
});

test("100 MB of output arrive with their digest", async (t) => {
  const box = await sandbox(t);
  const process = await box.exec(
    ["python3", "-c",
      "import sys, hashlib, random\nr = random.Random(1); h = hashlib.sha256()\n"
      + "for i in range(100):\n  b = r.randbytes(1000000); h.update(b); sys.stdout.buffer.write(b)\n"
      + "sys.stderr.write(h.hexdigest())"],
    { mode: "binary" },
  );
  const stderr = process.stderr.readBytes();
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of process.stdout) {
    hash.update(chunk);
    size += chunk.length;
  }
  assert.equal(size, 100_000_000);
  assert.equal(hash.digest("hex"), text(await stderr));
});

test("output that is read long after the end is complete", async (t) => {
  const box = await sandbox(t);
  const process = await box.exec(["sh", "-c", "seq 200000; seq 300000 >&2"]);
  assert.equal(await process.wait(), 0);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const out = await process.stdout.readText();
  const err = await process.stderr.readText();
  assert.ok(out.endsWith("\n199999\n200000\n") && out.startsWith("1\n2\n"));
  assert.ok(err.endsWith("\n299999\n300000\n"));
});

test("streams that nobody reads hold nothing up", async (t) => {
  const box = await sandbox(t);
  const process = await box.exec(["sh", "-c", "head -c 20000000 /dev/zero; head -c 20000000 /dev/zero >&2; exit 4"]);
  assert.equal(await process.wait(), 4);
  // An open stream would keep this program alive.
  await Promise.all([process.stdout.cancel(), process.stderr.cancel()]);
});

test("an ignored stream ends at once and empty", async (t) => {
  const box = await sandbox(t);
  const { code, out, err } = await run(box, ["sh", "-c", "echo out; echo err >&2"], { stdout: "ignore" });
  assert.deepEqual({ code, out, err }, { code: 0, out: "", err: "err\n" });
});

for (const [name, number] of [["TERM", 15], ["KILL", 9], ["SEGV", 11], ["HUP", 1]]) {
  test(`a process that SIG${name} ends has the status ${128 + number}`, async (t) => {
    const box = await sandbox(t);
    assert.equal((await run(box, ["sh", "-c", `kill -${name} $$`])).code, 128 + number);
  });
}

test("every exit status from 0 to 255 comes back", async (t) => {
  const box = await sandbox(t);
  for (const status of [0, 1, 2, 126, 127, 128, 137, 254, 255]) {
    assert.equal((await run(box, ["sh", "-c", `exit ${status}`])).code, status);
  }
});

test("a time limit kills the process and its children, and keeps what was printed", async (t) => {
  const box = await sandbox(t);
  const started = Date.now();
  const process = await box.exec(["sh", "-c", "echo before; sleep 600 & sleep 600"], { timeoutMs: 1000 });
  const reading = process.stdout.readText().catch((error) => assert.match(error.message, /deadline/i));
  const [out, code] = await Promise.all([reading, process.wait()]);
  const took = Date.now() - started;
  assert.equal(code, 137);
  assert.ok(took >= 800 && took < 4000, `${took} ms`);
  if (out !== undefined) assert.equal(out, "before\n");
  const sleeping = "import os; print(sum(open(f'/proc/{p}/comm').read() == 'sleep\\n' for p in os.listdir('/proc') if p.isdigit()))";
  assert.equal(await py(box, sleeping), "0");
});

test("a terminal: one stream, with a size and a type", async (t) => {
  const box = await sandbox(t);
  const { code, out } = await run(box, ["sh", "-c", "test -t 0 && test -t 1 && stty size; echo $TERM; echo err >&2"], { pty: true });
  assert.equal(code, 0);
  assert.match(out, /^24 80\r\nxterm-256color\r\nerr\r\n$/);
});

test("a child that outlives its parent keeps the stream open, not the exit", async (t) => {
  const box = await sandbox(t);
  const process = await box.exec(["sh", "-c", "(sleep 2; echo late) & echo now"]);
  assert.equal(await process.wait(), 0);
  assert.equal(await process.stdout.readText(), "now\nlate\n");
});

test("twenty execs at once keep their outputs apart", async (t) => {
  const box = await sandbox(t);
  const results = await Promise.all(Array.from({ length: 20 }, (_, i) => run(box, ["sh", "-c", `echo ${i}; exit ${i}`])));
  results.forEach(({ code, out }, i) => assert.deepEqual({ code, out }, { code: i, out: `${i}\n` }));
});

test("an exec sees what another one wrote", async (t) => {
  const box = await sandbox(t);
  await run(box, ["sh", "-c", "echo kept > /var/tmp/note"]);
  assert.equal((await run(box, ["cat", "/var/tmp/note"])).out, "kept\n");
});
