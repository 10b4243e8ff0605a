// How sandboxes are found: by name, by listing, by tags.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, modal, newer, python, refused, tier, unique } from "./lib/atoll.mjs";

/** An app of the test's own, whose sandboxes end with it. */
async function ownApp(t) {
  const name = unique("finding");
  const app = await modal.apps.fromName(name, { createIfMissing: true });
  const made = [];
  t.after(() => Promise.all(made.map((box) => modal.cpClient.sandboxTerminate({ sandboxId: box.sandboxId }))));
  const create = async (params) => {
    const box = await modal.sandboxes.create(app, python, params);
    made.push(box);
    return box;
  };
  return { name, appId: app.appId, create };
}

async function ids(params) {
  const found = [];
  for await (const box of modal.sandboxes.list(params)) found.push(box.sandboxId);
  return found;
}

test("a name finds a running sandbox, and is free again at its end", async (t) => {
  const { name, create } = await ownApp(t);
  const first = await create({ name: "worker-1" });
  assert.equal((await modal.sandboxes.fromName(name, "worker-1")).sandboxId, first.sandboxId);
  await refused(create({ name: "worker-1" }), "ALREADY_EXISTS", "worker-1", /already exists/);
  await first.terminate();
  await eventually(() => modal.sandboxes.fromName(name, "worker-1").then(() => false, () => true), 5_000, "the name is free");
  const second = await create({ name: "worker-1" });
  assert.equal((await modal.sandboxes.fromName(name, "worker-1")).sandboxId, second.sandboxId);
});

test("the same name in two apps means two sandboxes", async (t) => {
  const [one, two] = [await ownApp(t), await ownApp(t)];
  const [a, b] = [await one.create({ name: "same" }), await two.create({ name: "same" })];
  assert.equal((await modal.sandboxes.fromName(one.name, "same")).sandboxId, a.sandboxId);
  assert.equal((await modal.sandboxes.fromName(two.name, "same")).sandboxId, b.sandboxId);
});

test("a name that nobody has, in an app that nobody made, is not found", async (t) => {
  const { name } = await ownApp(t);
  await refused(modal.sandboxes.fromName(name, "nobody"), "NOT_FOUND", "nobody");
  await refused(modal.sandboxes.fromName(unique("no-app"), "nobody"), "NOT_FOUND");
});

test("a handle that was found does what the first one does", async (t) => {
  const { create } = await ownApp(t);
  const made = await create();
  const found = await modal.sandboxes.fromId(made.sandboxId);
  assert.equal(await (await found.exec(["echo", "found"])).stdout.readText(), "found\n");
  await found.terminate();
  assert.equal(await made.wait(), 137);
});

test("a listing has an app's running sandboxes, the newest first", async (t) => {
  const { appId, create } = await ownApp(t);
  const boxes = [await create(), await create(), await create()];
  assert.deepEqual(await ids({ appId }), boxes.map((box) => box.sandboxId).reverse());
  await boxes[1].terminate();
  await boxes[1].wait();
  assert.deepEqual(await ids({ appId }), [boxes[2].sandboxId, boxes[0].sandboxId]);
  const all = await ids();
  assert.ok(all.includes(boxes[0].sandboxId) && all.includes(boxes[2].sandboxId), "without an app: of the whole environment");
  assert.deepEqual(await ids({ appId: "ap-0123456789abcdefghijAB" }).catch(({ code }) => code), 5);
});

test("tags are replaced as a whole, and a listing by tags takes those that have all", async (t) => {
  const { appId, create } = await ownApp(t);
  const [red, green] = [await create(), await create()];
  assert.deepEqual(await red.getTags(), {});
  await red.setTags({ color: "red", stage: "test" });
  await green.setTags({ color: "green", stage: "test" });
  assert.deepEqual(await red.getTags(), { color: "red", stage: "test" });
  assert.deepEqual(await ids({ appId, tags: { stage: "test" } }), [green.sandboxId, red.sandboxId]);
  assert.deepEqual(await ids({ appId, tags: { stage: "test", color: "red" } }), [red.sandboxId]);
  assert.deepEqual(await ids({ tags: { color: "red", stage: "none" } }), []);
  await red.setTags({ color: "blue" });
  assert.deepEqual(await red.getTags(), { color: "blue" });
  assert.deepEqual(await ids({ appId, tags: { color: "red" } }), []);
  await refused(red.setTags({ "": "x" }), "INVALID_ARGUMENT", /tag/);
  assert.deepEqual(await red.getTags(), { color: "blue" }, "a refusal changes nothing");
});

if (newer) {
  test("tags of a create are there from the first moment", async (t) => {
    const { appId, create } = await ownApp(t);
    const box = await create({ tags: { stage: "test", color: "red" } });
    await create({ tags: { stage: "test" } });
    assert.deepEqual(await box.getTags(), { stage: "test", color: "red" });
    assert.deepEqual(await ids({ appId, tags: { color: "red" } }), [box.sandboxId]);
    await refused(create({ tags: { "": "x" } }), "INVALID_ARGUMENT", /tag/);
  });
}

test("an environment has its own sandboxes, names and listings", async (t) => {
  const environment = unique("staging");
  await modal.cpClient.environmentCreate({ name: environment });
  t.after(() => modal.cpClient.environmentDelete({ name: environment }));
  const name = unique("app");
  const [here, there] = [await modal.apps.fromName(name, { createIfMissing: true }), await modal.apps.fromName(name, { createIfMissing: true, environment })];
  assert.notEqual(here.appId, there.appId);
  const [one, other] = [await modal.sandboxes.create(here, python, { name: "same" }), await modal.sandboxes.create(there, python, { name: "same" })];
  try {
    assert.equal((await modal.sandboxes.fromName(name, "same")).sandboxId, one.sandboxId);
    assert.equal((await modal.sandboxes.fromName(name, "same", { environment })).sandboxId, other.sandboxId);
    assert.deepEqual(await ids({ environment }), [other.sandboxId]);
    assert.ok(!(await ids()).includes(other.sandboxId));
    await refused(ids({ environment: "nowhere" }), "NOT_FOUND", "nowhere");
    await refused(modal.sandboxes.fromName(name, "same", { environment: "nowhere" }), "NOT_FOUND");
  } finally {
    for (const box of [one, other]) await box.terminate({ wait: true });
  }
});

test("what runs all the time is listed exactly once while others start and end", async (t) => {
  const { appId, create } = await ownApp(t);
  const count = tier === "gvisor" ? 12 : 30;
  const steady = (await Promise.all(Array.from({ length: count }, () => create()))).map((box) => box.sandboxId);
  let stop = false;
  const churn = (async () => {
    while (!stop) {
      const box = await create();
      await box.terminate();
    }
  })();
  for (let i = 0; i < 10; i++) {
    const listed = await ids({ appId });
    assert.equal(new Set(listed).size, listed.length, "no sandbox twice");
    assert.deepEqual(listed.filter((id) => steady.includes(id)).sort(), [...steady].sort(), "none is missing");
  }
  stop = true;
  await churn;
});

test("a detached handle is closed, and the sandbox goes on", async (t) => {
  const { create } = await ownApp(t);
  const box = await create();
  assert.equal(await (await box.exec(["true"])).wait(), 0);
  box.detach();
  await assert.rejects(box.exec(["true"]), /ClientClosedError|detached|closed/i);
  const again = await modal.sandboxes.fromId(box.sandboxId);
  assert.equal(await again.poll(), null);
  assert.equal(await (await again.exec(["true"])).wait(), 0);
});
