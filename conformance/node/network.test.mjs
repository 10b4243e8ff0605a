import assert from "node:assert/strict";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { noPackageIndex, py, run, sandbox } from "./lib/atoll.mjs";

/** Tries to connect from inside; "open", or how it failed. */
const attempt = (box, address, port) =>
  py(box, `import socket\ns = socket.socket(socket.AF_INET6 if ':' in '${address}' else socket.AF_INET); s.settimeout(2)\n`
    + `try:\n  s.connect(('${address}', ${port})); print('open')\nexcept Exception as e: print(type(e).__name__)`);

const ownAddress = (box) =>
  py(box, "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('192.0.2.1', 9)); print(s.getsockname()[0])");

test("the host's services are refused, on the bridge's address and on the outer ones", async (t) => {
  const box = await sandbox(t);
  const reached = [];
  const service = createServer((socket) => { reached.push(socket.localAddress); socket.end(); });
  await new Promise((resolve) => service.listen(0, "0.0.0.0", resolve));
  t.after(() => service.close());
  const { port } = service.address();
  const bridge = /^nameserver (\S+)/m.exec((await run(box, ["cat", "/etc/resolv.conf"])).out)[1];
  const outer = Object.values(networkInterfaces()).flat()
    .filter(({ family, internal }) => family === "IPv4" && !internal).map(({ address }) => address);
  for (const address of new Set([bridge, ...outer])) {
    assert.notEqual(await attempt(box, address, port), "open", address);
  }
  assert.deepEqual(reached, []);
});

test("this server itself is refused", async (t) => {
  const box = await sandbox(t);
  const bridge = /^nameserver (\S+)/m.exec((await run(box, ["cat", "/etc/resolv.conf"])).out)[1];
  assert.notEqual(await attempt(box, bridge, new URL(process.env.MODAL_SERVER_URL).port), "open");
});

test("other sandboxes are refused", async (t) => {
  const [one, two] = await Promise.all([sandbox(t), sandbox(t)]);
  await one.exec(["python3", "-m", "http.server", "8000"]);
  const address = await ownAddress(one);
  assert.equal(await py(one, "import socket, time\nfor _ in range(100):\n  try: socket.create_connection(('127.0.0.1', 8000)); print('up'); break\n  except OSError: time.sleep(0.1)"), "up");
  assert.notEqual(await ownAddress(two), address);
  assert.notEqual(await attempt(two, address, 8000), "open");
});

for (const [what, address] of [
  ["link-local", "169.254.169.254"],
  ["10/8", "10.11.12.13"],
  ["172.16/12", "172.31.255.1"],
  ["192.168/16", "192.168.1.1"],
  ["100.64/10", "100.64.0.1"],
  ["IPv6", "2001:db8::1"],
]) {
  test(`${what} is refused`, async (t) => {
    assert.notEqual(await attempt(await sandbox(t), address, 80), "open");
  });
}

test("the loopback of a sandbox is its own", async (t) => {
  const box = await sandbox(t);
  assert.notEqual(await attempt(box, "127.0.0.1", new URL(process.env.MODAL_SERVER_URL).port), "open");
});

test("names and the internet are there, with the certificates that this machine needs", async (t) => {
  const reason = await noPackageIndex();
  if (reason) return t.skip(reason);
  const box = await sandbox(t);
  const ask = "import urllib.request\nfrom pip._internal.models.index import PyPI\nprint(urllib.request.urlopen(PyPI.simple_url + '/pip/', timeout=30).status)";
  assert.equal(await py(box, ask), "200");
});

test("pip installs, replaces and removes a package", async (t) => {
  const reason = await noPackageIndex();
  if (reason) return t.skip(reason);
  const box = await sandbox(t);
  for (const version of ["1.16.0", "1.17.0"]) {
    const { code, err } = await run(box, ["pip", "install", "--quiet", `six==${version}`]);
    assert.equal(code, 0, err);
    assert.equal(await py(box, "import six; print(six.__version__)"), version);
  }
  assert.equal((await run(box, ["pip", "uninstall", "--quiet", "--yes", "six"])).code, 0);
  assert.notEqual((await run(box, ["python3", "-c", "import six"])).code, 0);
});
