import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { app, create, eventually, modal, newer, py, python, refused, run, sandbox, tier, unique } from "./lib/atoll.mjs";

const environment = async (box) => JSON.parse(await py(box, "import os, json; print(json.dumps(dict(os.environ)))"));

test("a process finds a complete environment", async (t) => {
  const box = await sandbox(t);
  const env = await environment(box);
  assert.equal(env.HOME, "/root");
  assert.equal(env.USER, "root");
  assert.match(env.PATH, /(^|:)\/usr\/bin(:|$)/);
  assert.equal(env.MODAL_SANDBOX_ID, box.sandboxId);
  assert.match(env.MODAL_TASK_ID, /^ta-/);
});

test("a command has the same environment as an exec", async (t) => {
  const box = await sandbox(t, { env: { COLOUR: "blue" }, command: ["env"] });
  const lines = (await box.stdout.readText()).trimEnd().split("\n");
  assert.ok(lines.includes("COLOUR=blue"));
  assert.ok(lines.includes(`MODAL_SANDBOX_ID=${box.sandboxId}`));
  assert.ok(lines.some((line) => line.startsWith("MODAL_TASK_ID=ta-")));
  assert.ok(lines.some((line) => line.startsWith("PATH=/")));
  assert.ok(lines.includes("HOME=/root"));
});

test("secrets apply in order, env over all of them", async (t) => {
  const secrets = [
    await modal.secrets.fromObject({ A: "first", B: "first", C: "first" }),
    await modal.secrets.fromObject({ B: "second", C: "second" }),
  ];
  const box = await sandbox(t, { secrets, env: { C: "own" } });
  assert.equal((await run(box, ["sh", "-c", "echo $A $B $C"])).out, "first second own\n");
});

test("values of the environment are exact", async (t) => {
  const value = "two words\nand 'quotes' \"too\" = $HOME \\ ü";
  const box = await sandbox(t, { env: { VALUE: value, EMPTY: "" } });
  const env = await environment(box);
  assert.equal(env.VALUE, value);
  assert.equal(env.EMPTY, "");
});

test("workdir is where the command and the execs start", async (t) => {
  const box = await sandbox(t, { workdir: "/usr/lib", command: ["sh", "-c", "pwd; sleep 600"] });
  assert.equal((await box.stdout.getReader().read()).value, "/usr/lib\n");
  assert.equal((await run(box, ["pwd"])).out, "/usr/lib\n");
});

test("a process limit, a name, a resolver: what a Linux machine has", async (t) => {
  const box = await sandbox(t);
  assert.equal((await run(box, ["sh", "-c", "hostname > /dev/null && cat /etc/hostname"])).out, await py(box, "import socket; print(socket.gethostname())") + "\n");
  assert.equal(await py(box, "import socket; print(socket.gethostbyname('localhost'))"), "127.0.0.1");
  assert.match((await run(box, ["cat", "/etc/resolv.conf"])).out, /^nameserver \d+\.\d+\.\d+\.\d+$/m);
  assert.equal(await py(box, "import os; print(os.access('/tmp', os.W_OK), oct(os.stat('/tmp').st_mode & 0o7777))"), "True 0o1777");
  assert.equal(await py(box, "print(open('/dev/null').read() == '', len(open('/dev/urandom', 'rb').read(8)), open('/dev/zero', 'rb').read(2))"), "True 8 b'\\x00\\x00'");
});

test("a CPU limit slows a busy loop down", async (t) => {
  const [slow, fast] = await Promise.all([sandbox(t, { cpu: 0.2, cpuLimit: 0.2 }), sandbox(t, { cpu: 1, cpuLimit: 1 })]);
  // Both at once, counted in work: gVisor's own clocks also run for what waits for a core.
  const loop = "import time\nend = time.monotonic() + 3\nrounds = 0\nwhile time.monotonic() < end: rounds += 1\nprint(rounds)";
  const [slowly, fastly] = (await Promise.all([py(slow, loop), py(fast, loop)])).map(Number);
  assert.ok(slowly > 0 && slowly < fastly * 0.6, `${slowly} rounds with 0.2 of a core, ${fastly} with a whole one`);
});

test("memory within the limit can be used", async (t) => {
  const box = await sandbox(t, { memoryMiB: 512, memoryLimitMiB: 512 });
  assert.equal(await py(box, "b = bytearray(200_000_000); print(len(b))"), "200000000");
});

test("the root file system can be written, and a folder of the image renamed", async (t) => {
  const box = await sandbox(t);
  const { code, err } = await run(box, ["sh", "-c", "mv /etc/apt /etc/apt-moved && test -d /etc/apt-moved/sources.list.d && test ! -e /etc/apt"]);
  assert.equal(code, 0, err);
});

test("one sandbox's files are not another's", async (t) => {
  const [one, two] = await Promise.all([sandbox(t), sandbox(t)]);
  await run(one, ["sh", "-c", "echo changed > /etc/issue; rm /etc/debian_version"]);
  assert.match((await run(two, ["cat", "/etc/issue"])).out, /Debian/);
  assert.equal((await run(two, ["test", "-f", "/etc/debian_version"])).code, 0);
});

test("users inside can't see the guest agent, or the host's processes", async (t) => {
  const box = await sandbox(t);
  const names = await py(box, "import os\nfor p in sorted(os.listdir('/proc')):\n  if p.isdigit(): print(open(f'/proc/{p}/comm').read().strip())");
  assert.ok(names.split("\n").length < 10, names);
  for (const unwanted of ["java", "runsc", "dnsmasq", "systemd"]) assert.ok(!names.includes(unwanted), names);
});

test("users inside hold no capability to administer a system", async (t) => {
  const box = await sandbox(t);
  const effective = BigInt(`0x${await py(box, "print(next(l.split()[1] for l in open('/proc/self/status') if l.startswith('CapEff')))")}`);
  const [NET_ADMIN, SYS_MODULE, SYS_PTRACE, SYS_ADMIN] = [12n, 16n, 19n, 21n];
  for (const bit of [NET_ADMIN, SYS_MODULE, SYS_PTRACE, SYS_ADMIN]) assert.equal((effective >> bit) & 1n, 0n, `bit ${bit}`);
  assert.notEqual((await run(box, ["mount", "-t", "tmpfs", "none", "/mnt"])).code, 0);
});

test("no mount tells where the server keeps its files", async (t) => {
  const { out } = await run(await sandbox(t), ["cat", "/proc/self/mountinfo"]);
  assert.match(out, / \/\S* \/ /);
  assert.doesNotMatch(out, /images\/(trust|layers|roots)/);
});

test("a proxy that was made is taken, an unknown one is not found", async (t) => {
  const proxy = await modal.proxies.fromName("conformance");
  assert.match(proxy.proxyId, /^pr-/);
  const box = await sandbox(t, { proxy });
  assert.equal((await run(box, ["echo", "up"])).out, "up\n");
  await refused(modal.proxies.fromName("nobodys-proxy"), "NOT_FOUND", "Proxy 'nobodys-proxy' not found");
  proxy.proxyId = "pr-0123456789abcdefghijAB";
  await refused(sandbox(t, { proxy }), "NOT_FOUND", "pr-0123456789abcdefghijAB");
});

test("the well-known clouds and regions are taken", async (t) => {
  const box = await sandbox(t, { cloud: "aws", regions: ["us-east-1", "us-west-2"] });
  assert.equal((await run(box, ["echo", "up"])).out, "up\n");
  // Of each cloud, and the broad ones.
  await sandbox(t, { regions: ["eu-central-2", "europe-west12", "uk-london-1", "northamerica-south1", "us-ashburn-1"] });
  await sandbox(t, { cloud: "auto", regions: ["us", "us-east", "eu", "ap", "uk", "ca", "me", "sa", "af", "mx", "jp"] });
});

test("a command on a terminal: one stream, with a size and a type", async (t) => {
  const script = "test -t 0 && test -t 1 && stty size; echo $TERM $COLORTERM; echo err >&2; read line; echo got $line";
  const box = await sandbox(t, { pty: true, command: ["sh", "-c", script] });
  await box.stdin.writeText("typed\n");
  assert.equal(await box.wait(), 0);
  const out = await box.stdout.readText();
  // The terminal echoes what is typed, whenever that is.
  assert.equal(out.replace("typed\r\n", ""), "24 80\r\nxterm-256color truecolor\r\nerr\r\ngot typed\r\n", out);
  assert.equal(await box.stderr.readText(), "");
});

test("an execution on a terminal is told what shows it", async (t) => {
  const ptyInfo = { enabled: true, winszRows: 50, winszCols: 132, envTerm: "vt100", envTermProgram: "shower" };
  const { sandboxId } = await create({ ptyInfo, entrypointArgs: ["sh", "-c", "stty size; echo $TERM [$COLORTERM] $TERM_PROGRAM"] });
  const box = await modal.sandboxes.fromId(sandboxId);
  assert.equal(await box.stdout.readText(), "50 132\r\nvt100 [] shower\r\n");
});

/** The server's log about a sandbox, once a line has that part. */
function told(sandboxId, part) {
  const lines = () => readFileSync(process.env.ATOLL_LOG, "utf8").split("\n").filter((line) => line.includes(sandboxId));
  return eventually(() => (lines().some((line) => line.includes(part)) ? lines() : false), 5_000, `'${part}' of ${sandboxId} in the log`);
}

test("verbose: the server's log has what the create took, and how it ended", async (t) => {
  const [loud, quiet] = await Promise.all([sandbox(t, { verbose: true }), sandbox(t)]);
  for (const box of [loud, quiet]) assert.equal((await run(box, ["echo", "up"])).out, "up\n");
  for (const box of [loud, quiet]) await box.terminate();
  const [some, all] = [await told(quiet.sandboxId, " ended: "), await told(loud.sandboxId, " ended: ")];
  assert.match(all.join("\n"), / INFO .* runs \(\d+ us: placed \d+, image \d+, (waiting|booted) cell \d+, root \d+, network \d+, claim \d+, exec \d+\); image im-\S+, task ta-/);
  assert.match(all.join("\n"), / INFO .* ended: TERMINATED .*\(exit code 137, [\d.]+ s after its create, [\d.]+ s of CPU, at most \d+ MiB/);
  assert.match(some.join("\n"), / INFO .* runs \(\d+ us\)$/m);
  assert.equal(some.filter((line) => / WARN /.test(line)).length, 0, some.join("\n"));
});

test("what is taken without effect is named in the server's log", async (t) => {
  const box = await sandbox(t, { experimentalOptions: { faster_please: true, "two\nlines": true, enable_docker: false } });
  assert.equal((await run(box, ["echo", "up"])).out, "up\n");
  const [line, ...more] = (await told(box.sandboxId, "without effect")).filter((said) => said.includes("without effect"));
  assert.deepEqual(more, []);
  assert.match(line, / WARN .*: taken without effect: experimental option 'faster_please', experimental option 'two\?lines'$/);
});

test("each field that has no effect is taken and named", async (t) => {
  const { sandboxId } = await create({
    runtimeDebug: true,
    workerId: "wo-1",
    snapshotVersion: 2,
    preloadPathPrefixes: ["/usr"],
    runtime: tier,
    ...(tier === "gvisor" ? { runscRuntimeVersion: "release-1.0" } : {}),
    schedulerPlacement: { Zone: "us-east-1a", Lifecycle: "spot", InstanceTypes: ["big"], nonpreemptible: true },
    RestoreInstanceType: "c7i",
  });
  t.after(() => modal.cpClient.sandboxTerminate({ sandboxId }));
  const lines = (await told(sandboxId, "without effect")).join("\n");
  const named = ["runtime_debug", "worker_id 'wo-1'", "snapshot_version", "preload_path_prefixes"];
  if (tier === "gvisor") named.push("runsc_runtime_version 'release-1.0' (this server runs runsc");
  for (const part of named) assert.ok(lines.includes(part), `${part}: ${lines}`);
});

if (newer) {
  test("the second generation's create gives the same sandboxes", async (t) => {
    const secret = await modal.secrets.fromObject({ FROM: "secret", OVER: "secret" });
    const box = await modal.sandboxes.experimentalCreate(await app(), python, {
      command: ["sh", "-c", "echo $FROM $OVER; read line; echo got $line; exit 3"],
      secrets: [secret],
      env: { OVER: "env" },
      encryptedPorts: [8000],
      name: unique("second"),
    });
    t.after(() => modal.cpClient.sandboxTerminate({ sandboxId: box.sandboxId }));
    assert.match((await box.tunnels())[8000].url, /^https:\/\//);
    assert.equal((await run(box, ["sh", "-c", "echo $OVER"])).out, "env\n");
    assert.equal(await box.poll(), null);
    const again = await modal.sandboxes.fromId(box.sandboxId);
    await again.stdin.writeText("more\n");
    assert.equal(await box.wait(), 3);
    assert.equal(await again.stdout.readText(), "secret env\ngot more\n");
    assert.equal(await again.poll(), 3);
  });
}
