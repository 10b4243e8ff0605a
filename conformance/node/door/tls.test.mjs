// The door by TLS: MODAL_SERVER_URL is https, NODE_EXTRA_CA_CERTS has the authority of its certificate, and the server's
// maximumMessage is 1MiB.
import assert from "node:assert/strict";
import { test } from "node:test";
import { app, modal, run } from "../lib/atoll.mjs";

test("a sandbox is made, and an exec runs, by TLS", async () => {
  const tiny = modal.images.fromRegistry("tiny:1");
  const box = await modal.sandboxes.create(await app(), tiny);
  try {
    const { code, out } = await run(box, ["sh", "-c", "echo from $PLACE"], { env: { PLACE: "inside" } });
    assert.deepEqual({ code, out }, { code: 0, out: "from inside\n" });
    const { url } = await modal.cpClient.taskGetCommandRouterAccess({ taskId: await taskOf(box) });
    assert.equal(url, process.env.MODAL_SERVER_URL);
  } finally {
    await box.terminate();
  }
});

test("a message that is too large is refused with the limit", async () => {
  const large = { envDict: { LARGE: "x".repeat((1 << 20) + 1) } };
  await assert.rejects(modal.cpClient.secretGetOrCreate(large), /RESOURCE_EXHAUSTED.*1048576/);
});

async function taskOf(box) {
  return (await modal.cpClient.sandboxGetTaskId({ sandboxId: box.sandboxId })).taskId;
}
