// The door by TLS: MODAL_SERVER_URL is https at an address that clients don't take for their own machine, and
// NODE_EXTRA_CA_CERTS has the authority of its certificate.
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

async function taskOf(box) {
  return (await modal.cpClient.sandboxGetTaskId({ sandboxId: box.sandboxId })).taskId;
}
