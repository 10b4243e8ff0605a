// Times to interactive, through the official client: told what to do by lines on stdin, answers each with a line of JSON.
//
//   echo                 one sandbox: create, then the first output of `echo`
//   many COUNT GAP_MS    so many sandboxes, one begun every so many milliseconds (0: all at once); each is created, runs
//                        a probe of its identity, then a second command; they end when all are done
//
// Times are in milliseconds since the call of create. Nothing is tried again: what fails is counted by its class.
import { createInterface } from "node:readline";
import { ModalClient } from "modal";

const [tag] = process.argv.slice(2);
const modal = new ModalClient();
const app = await modal.apps.fromName("bench", { createIfMissing: true });
const image = await modal.images.fromRegistry(tag).build(app);

// Who finds the mark of an earlier sandbox was not given a new one.
const MARKS = ["/tmp/.bench_ephemeral_check", "/var/tmp/.bench_ephemeral_check"];
const PROBE = `mkdir -p /tmp /var/tmp
for mark in ${MARKS.join(" ")}; do [ ! -e $mark ] || exit 9; echo used > $mark; done
ls -l /proc/self/ns
cat /proc/self/cgroup /proc/sys/kernel/random/boot_id /proc/1/comm /proc/uptime`;

async function run(sandbox, command) {
  const child = await sandbox.exec(command);
  const reader = child.stdout.getReader();
  await reader.read();
  const first = performance.now();
  while (!(await reader.read()).done);
  const code = await child.wait();
  if (code !== 0) throw Object.assign(new Error(`${command[0]} exited with ${code}`), { name: `exit ${code}` });
  return first;
}

async function echo() {
  const start = performance.now();
  const sandbox = await modal.sandboxes.create(app, image);
  const created = performance.now();
  const first = await run(sandbox, ["/bin/echo", "hello"]);
  await sandbox.terminate({ wait: true });
  return { create: created - start, first: first - start };
}

async function interactive(started) {
  const start = performance.now();
  try {
    const sandbox = await modal.sandboxes.create(app, image);
    started.push(sandbox);
    const create = performance.now() - start;
    await run(sandbox, ["/bin/sh", "-c", PROBE]);
    const first = performance.now() - start;
    await run(sandbox, ["/bin/echo", "ready"]);
    return { create, first, second: performance.now() - start };
  } catch (error) {
    return { failure: error.name };
  }
}

async function many(count, gap) {
  const started = [];
  const start = performance.now();
  const runs = [];
  for (let i = 0; i < count; i++) {
    runs.push(interactive(started));
    if (gap > 0) await new Promise((resolve) => setTimeout(resolve, start + (i + 1) * gap - performance.now()));
  }
  const sandboxes = await Promise.all(runs);
  const wall = performance.now() - start;
  await Promise.all(started.map((sandbox) => sandbox.terminate({ wait: true })));
  return { wall, sandboxes };
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...numbers] = line.split(" ");
  const answer = command === "echo" ? await echo() : await many(...numbers.map(Number));
  console.log(JSON.stringify(answer));
}
modal.close();
