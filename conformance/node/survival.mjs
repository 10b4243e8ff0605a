// A client that stays while its server is killed, and while another hands over. Who starts it says "next" on stdin
// when a new server runs, and reads on stdout how far this is.
import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { ModalClient } from "modal";

// Counts until it is told to stop; quick, but no load.
const COUNT =
  "i=0; until [ -e /tmp/stop ]; do echo line $i; i=$((i+1)); [ $((i % 100)) = 0 ] && usleep 100000; done; echo end $i; exit 7";
const ANSWER = "while read word; do echo got $word; done; echo bye; exit 4";

const orders = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const modal = new ModalClient();
const app = await modal.apps.fromName("survival", { createIfMissing: true });
const image = modal.images.fromRegistry("tiny:1");

/** Reads a stream to its end; what came so far is in `text`. */
function reading(stream) {
  const read = { text: "" };
  read.end = (async () => {
    for await (const chunk of stream) read.text += chunk;
  })();
  return read;
}

async function until(what, ask) {
  const deadline = Date.now() + 20_000;
  while (!(await ask())) {
    assert.ok(Date.now() < deadline, `${what}: not within 20 s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** More comes than what is there now. */
async function goesOn(read) {
  const before = read.text.length;
  await until("the open stream goes on", () => read.text.length > before);
}

/** Waits for the next server. This client gives such a call up after 0.7 s; whoever calls repeats it. */
async function nextServer() {
  await orders.next();
  await until("an answer", () => box.poll().then(() => true, () => false));
}

const box = await modal.sandboxes.create(app, image);
const count = await box.exec(["sh", "-c", COUNT]);
const counted = reading(count.stdout);
const cat = await box.exec(["cat"]);
const echoed = reading(cat.stdout);
const main = await modal.sandboxes.create(app, image, { command: ["sh", "-c", ANSWER] });
const answers = reading(main.stdout);

await cat.stdin.writeText("first half, ");
await main.stdin.writeText("one\n");
await goesOn(counted);
await until("an answer", () => answers.text === "got one\n");
console.log("ready");

await nextServer();
await goesOn(counted);
await cat.stdin.writeText("second half, ");
await main.stdin.writeText("two\n");
await until("the second answer", () => answers.text === "got one\ngot two\n");
console.log("resumed");

await nextServer();
await goesOn(counted);
await (await box.exec(["touch", "/tmp/stop"])).wait();
assert.equal(await count.wait(), 7);
await counted.end;
const lines = Number(/end (\d+)\n$/.exec(counted.text)?.[1]);
const expected = Array.from({ length: lines }, (_, i) => `line ${i}\n`).join("") + `end ${lines}\n`;
assert.ok(counted.text === expected, `${counted.text.length} characters of ${expected.length}, or others`);

await cat.stdin.writeText("end");
await cat.stdin.close();
assert.equal(await cat.wait(), 0);
await echoed.end;
assert.equal(echoed.text, "first half, second half, end");

await main.stdin.writeText("three\n");
await main.stdin.close();
assert.equal(await main.wait(), 4);
await answers.end;
assert.equal(answers.text, "got one\ngot two\ngot three\nbye\n");
await box.terminate();
modal.close();
console.log("done");
process.exit(0);
