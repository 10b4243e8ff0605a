import assert from "node:assert/strict";
import { test } from "node:test";
import { modal, refused, unique } from "./lib/atoll.mjs";

test("an app is made once and found by its name", async () => {
  const name = unique("app");
  const made = await modal.apps.fromName(name, { createIfMissing: true });
  assert.match(made.appId, /^ap-/);
  assert.equal((await modal.apps.fromName(name, { createIfMissing: true })).appId, made.appId);
  assert.equal((await modal.apps.fromName(name)).appId, made.appId);
});

test("an app that nobody made is not found", async () => {
  const name = unique("nobody");
  await refused(modal.apps.fromName(name), "NOT_FOUND", name);
});

for (const [what, name] of [
  ["empty", ""],
  ["with a space", "two words"],
  ["of 65 characters", "a".repeat(65)],
  ["with the shape of an app's id", "ap-0123456789abcdefghijAB"],
]) {
  test(`an app's name that is ${what} is refused`, async () => {
    await refused(modal.apps.fromName(name, { createIfMissing: true }), "INVALID_ARGUMENT", /name/i);
  });
}

test("an unknown environment is not found, and named", async () => {
  const name = unique("app");
  await refused(modal.apps.fromName(name, { createIfMissing: true, environment: "nowhere" }), "NOT_FOUND");
  // The client makes its own sentence of a NOT_FOUND; the server's names the environment.
  const request = { appName: name, environmentName: "nowhere", objectCreationType: 1 };
  await refused(modal.cpClient.appGetOrCreate(request), "NOT_FOUND", "nowhere");
});
