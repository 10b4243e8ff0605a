// Ways from outside into a sandbox's ports. NODE_EXTRA_CA_CERTS has what `atoll ca` prints.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import https from "node:https";
import net from "node:net";
import { test } from "node:test";
import tls from "node:tls";
import { SandboxTimeoutError } from "modal";
import { app, eventually, modal, noPackageIndex, py, python, refused, sandbox, text } from "./lib/atoll.mjs";

/** Speaks HTTP/1.1 on port 8000 and says "up" once it does. */
const WEB = `
import hashlib, http.server, time
class Handler(http.server.BaseHTTPRequestHandler):
  protocol_version = "HTTP/1.1"
  def answer(self, body):
    self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
  def do_GET(self):
    if self.path == "/peer": self.answer(str(self.client_address[1]).encode())
    elif self.path == "/big":
      self.send_response(200); self.send_header("Content-Length", str(100 << 20)); self.end_headers()
      for i in range(100): self.wfile.write(bytes([i]) * (1 << 20))
    elif self.path == "/events":
      self.send_response(200); self.send_header("Content-Type", "text/event-stream"); self.send_header("Connection", "close"); self.end_headers()
      for i in range(3): self.wfile.write(b"data: %d\\n\\n" % i); self.wfile.flush(); time.sleep(0.3)
    elif self.path == "/socket":
      self.send_response(101); self.send_header("Connection", "Upgrade"); self.send_header("Upgrade", "websocket"); self.end_headers()
      while data := self.connection.recv(65536): self.connection.sendall(data)
      self.close_connection = True
  def do_POST(self):
    left, digest = int(self.headers["Content-Length"]), hashlib.sha256()
    while left > 0: chunk = self.rfile.read(min(left, 1 << 16)); left -= len(chunk); digest.update(chunk)
    self.answer(digest.hexdigest().encode())
  def log_message(self, *_): pass
class Server(http.server.ThreadingHTTPServer): request_queue_size = 200
server = Server(("0.0.0.0", 8000), Handler)
print("up", flush=True)
server.serve_forever()
`;

/** Greets, sends back what comes on port 7000, then how much that was, after the client's end; resets when asked to. */
const ECHO = `
import socket, struct, threading
def serve(c):
  c.sendall(b"hello\\n"); count = 0
  while data := c.recv(65536):
    if data == b"reset": c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); c.close(); return
    count += len(data); c.sendall(data)
  c.sendall(b"%d" % count); c.close()
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("0.0.0.0", 7000)); s.listen(200)
print("up", flush=True)
while True: threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
`;

/** A sandbox that serves, and its tunnels. */
async function serving(t, program, params) {
  const box = await sandbox(t, { command: ["python3", "-c", program], ...params });
  const reader = box.stdout.getReader();
  assert.equal((await reader.read()).value, "up\n");
  reader.releaseLock();
  return { box, tunnels: await box.tunnels() };
}

/** Everything until the other side's end. */
async function rest(socket) {
  const chunks = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function connected(socket, event = "connect") {
  await once(socket, event, { signal: AbortSignal.timeout(15_000) });
  return socket;
}

const plain = ([host, port]) => connected(net.connect({ host, port, allowHalfOpen: true }));
const secure = ([host, port], options) =>
  connected(tls.connect({ host, port, servername: host, allowHalfOpen: true, ...options }), "secureConnect");

/** "open", or how connecting failed. */
async function attempt([host, port]) {
  try {
    (await connected(net.connect({ host, port }))).destroy();
    return "open";
  } catch (error) {
    return error.code;
  }
}

test("HTTP/1.1 goes through an encrypted port, with a certificate of the local authority, and stays on one connection", async (t) => {
  const { tunnels } = await serving(t, WEB, { encryptedPorts: [8000] });
  assert.deepEqual(Object.keys(tunnels), ["8000"]);
  assert.match(tunnels[8000].url, /^https:\/\/localhost:\d+$/);
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const get = () => new Promise((resolve, reject) => {
    https.get(`${tunnels[8000].url}/peer`, { agent }, async (answer) => resolve(text(await rest(answer)))).on("error", reject);
  });
  const first = await get();
  assert.match(first, /^\d+$/);
  assert.equal(await get(), first);
  assert.throws(() => tunnels[8000].tcpSocket, /unencrypted/i);
});

test("a body of 100 MB comes and goes whole", async (t) => {
  const { tunnels } = await serving(t, WEB, { encryptedPorts: [8000] });
  const body = Buffer.alloc(100 << 20);
  for (let i = 0; i < 100; i++) body.fill(i, i << 20, (i + 1) << 20);
  const digest = createHash("sha256").update(body).digest("hex");
  assert.equal(await (await fetch(tunnels[8000].url, { method: "POST", body })).text(), digest);
  const back = Buffer.from(await (await fetch(`${tunnels[8000].url}/big`)).arrayBuffer());
  assert.equal(createHash("sha256").update(back).digest("hex"), digest);
});

test("events come as they are sent", async (t) => {
  const { tunnels } = await serving(t, WEB, { encryptedPorts: [8000] });
  const seen = [];
  for await (const chunk of (await fetch(`${tunnels[8000].url}/events`)).body) seen.push(text(chunk));
  assert.equal(seen.join(""), "data: 0\n\ndata: 1\n\ndata: 2\n\n");
  assert.equal(seen.length, 3);
});

test("an upgraded connection carries bytes both ways", async (t) => {
  const { tunnels } = await serving(t, WEB, { encryptedPorts: [8000] });
  const request = https.get(`${tunnels[8000].url}/socket`, { headers: { Connection: "Upgrade", Upgrade: "websocket" } });
  const [answer, socket] = await once(request, "upgrade");
  assert.equal(answer.statusCode, 101);
  for (const word of ["ping", "pong"]) {
    socket.write(word);
    assert.equal(text((await once(socket, "data"))[0]), word);
  }
  socket.destroy();
});

test("50 clients at once are all answered", async (t) => {
  const { tunnels } = await serving(t, WEB, { encryptedPorts: [8000] });
  const agent = new https.Agent({ maxSockets: 50 });
  t.after(() => agent.destroy());
  const answers = await Promise.all(Array.from({ length: 50 }, () => new Promise((resolve, reject) => {
    https.get(`${tunnels[8000].url}/peer`, { agent }, async (answer) => resolve(text(await rest(answer)))).on("error", reject);
  })));
  assert.equal(new Set(answers).size, 50);
});

test("an unencrypted port takes plain TCP, also half-closed and reset, and TLS beside it", async (t) => {
  const { tunnels } = await serving(t, ECHO, { unencryptedPorts: [7000] });
  for (const socket of [await plain(tunnels[7000].tcpSocket), await secure(tunnels[7000].tlsSocket)]) {
    const all = rest(socket);
    socket.end("x".repeat(3_000_000));
    assert.equal(text(await all), `hello\n${"x".repeat(3_000_000)}3000000`);
  }
  for (const socket of [await plain(tunnels[7000].tcpSocket), await secure(tunnels[7000].tlsSocket)]) {
    // Node takes a reset that comes together with data for an orderly end.
    assert.equal(text((await once(socket, "data"))[0]), "hello\n");
    socket.write("reset");
    await assert.rejects(rest(socket), /ECONNRESET/);
  }
});

test("a server that speaks first is heard before the client says anything", async (t) => {
  const { tunnels } = await serving(t, ECHO, { encryptedPorts: [7000] });
  const socket = await secure(tunnels[7000].tlsSocket);
  assert.equal(text((await once(socket, "data"))[0]), "hello\n");
  socket.destroy();
});

test("a client that reads or writes slowly gets and gives everything", async (t) => {
  const { tunnels } = await serving(t, WEB, { unencryptedPorts: [8000] });
  const socket = await plain(tunnels[8000].tcpSocket);
  socket.write("GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  let count = 0;
  for await (const chunk of socket) {
    count += chunk.length;
    if (count % 16 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.ok(count > 100 << 20, `${count}`);

  const upload = await plain(tunnels[8000].tcpSocket);
  upload.write("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 8\r\n\r\n");
  for (const letter of "a slow b") {
    await new Promise((resolve) => setTimeout(resolve, 100));
    upload.write(letter);
  }
  assert.match(text(await rest(upload)), new RegExp(createHash("sha256").update("a slow b").digest("hex")));
});

test("HTTP/2 is negotiated on h2 ports only", async (t) => {
  const { tunnels } = await serving(t, ECHO, { h2Ports: [7000], encryptedPorts: [8000] });
  const both = { ALPNProtocols: ["h2", "http/1.1"] };
  const h2 = await secure(tunnels[7000].tlsSocket, both);
  assert.equal(h2.alpnProtocol, "h2");
  assert.equal(text((await once(h2, "data"))[0]), "hello\n");
  h2.destroy();
  const http = await secure(tunnels[8000].tlsSocket, both);
  assert.equal(http.alpnProtocol, "http/1.1");
  http.destroy();
});

test("a port that nothing listens on yet answers 502 to HTTP and hangs up on others", async (t) => {
  const box = await sandbox(t, { encryptedPorts: [8000], h2Ports: [8001], unencryptedPorts: [7000] });
  const tunnels = await box.tunnels();
  const answer = await fetch(tunnels[8000].url, { method: "POST", body: "x".repeat(200_000) });
  assert.equal(answer.status, 502);
  assert.match(await answer.text(), /8000/);
  const raw = await secure(tunnels[8000].tlsSocket);
  raw.write("\0\0");
  assert.equal((await rest(raw)).length, 0);
  assert.equal((await rest(await secure(tunnels[8001].tlsSocket, { ALPNProtocols: ["h2"] }))).length, 0);
  assert.equal((await rest(await plain(tunnels[7000].tcpSocket))).length, 0);
  await box.exec(["python3", "-c", WEB]);
  await eventually(async () => (await fetch(`${tunnels[8000].url}/peer`)).status === 200, 20_000, "the server is reached");
});

test("tunnels end with their sandbox", async (t) => {
  const { box, tunnels } = await serving(t, ECHO, { unencryptedPorts: [7000] });
  const open = await plain(tunnels[7000].tcpSocket);
  open.on("error", () => {});
  const closed = once(open, "close", { signal: AbortSignal.timeout(15_000) });
  open.resume();
  open.on("end", () => open.end());
  await modal.cpClient.sandboxTerminate({ sandboxId: box.sandboxId });
  await closed;
  assert.equal(await attempt(tunnels[7000].tcpSocket), "ECONNREFUSED");
  assert.notEqual(await attempt(tunnels[7000].tlsSocket), "open");
  await refused(modal.cpClient.sandboxGetTunnels({ sandboxId: box.sandboxId, timeout: 5 }), "FAILED_PRECONDITION", "has ended");
});

test("tunnels end with a main process that ends by itself", async (t) => {
  const box = await sandbox(t, { command: ["cat"], unencryptedPorts: [7000] });
  const tunnels = await box.tunnels();
  assert.equal(await attempt(tunnels[7000].tcpSocket), "open");
  await box.stdin.getWriter().close();
  await box.wait();
  assert.equal(await attempt(tunnels[7000].tcpSocket), "ECONNREFUSED");
});

test("an open connection keeps an idle sandbox alive, and no longer", async (t) => {
  const box = await sandbox(t, { unencryptedPorts: [7000], idleTimeoutMs: 3000 });
  const tunnels = await box.tunnels();
  const server = await box.exec(["sh", "-c", "nohup python3 -c \"$PROGRAM\" > /tmp/out 2>&1 & until grep -q up /tmp/out; do sleep 0.1; done"], { env: { PROGRAM: ECHO } });
  assert.equal(await server.wait(), 0);
  const socket = await plain(tunnels[7000].tcpSocket);
  socket.resume();
  const ended = box.wait();
  const early = await Promise.race([ended.then(() => "ended"), new Promise((resolve) => setTimeout(resolve, 5000, "runs"))]);
  assert.equal(early, "runs");
  socket.destroy();
  const late = await Promise.race([ended.then(() => "ended"), new Promise((resolve) => setTimeout(resolve, 15_000, "runs"))]);
  assert.equal(late, "ended");
});

test("another sandbox can't use a port that is open", async (t) => {
  const [{ box: one }, two] = await Promise.all([serving(t, WEB, { encryptedPorts: [8000] }), sandbox(t)]);
  const address = await py(one, "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('192.0.2.1', 9)); print(s.getsockname()[0])");
  const outcome = await py(two, `import socket\ntry:\n  socket.create_connection(('${address}', 8000), 3); print('open')\nexcept OSError: print('refused')`);
  assert.equal(outcome, "refused");
});

test("a sandbox without a network is reached all the same", async (t) => {
  const { tunnels } = await serving(t, WEB, { encryptedPorts: [8000], blockNetwork: true });
  assert.equal((await fetch(`${tunnels[8000].url}/peer`)).status, 200);
});

test("who doesn't know the authority doesn't trust it, and it vouches for no other name", async (t) => {
  const box = await sandbox(t, { encryptedPorts: [8000] });
  const tunnels = await box.tunnels();
  await assert.rejects(secure(tunnels[8000].tlsSocket, { ca: [] }), /certificate/);
  await assert.rejects(secure(tunnels[8000].tlsSocket, { servername: "example.com" }), /altnames|Hostname/i);
});

test("a sandbox without ports has no tunnels", async (t) => {
  assert.deepEqual(await (await sandbox(t)).tunnels(), {});
});

test("an unknown sandbox has none either", async () => {
  const sandboxId = "sb-0123456789abcdefghijAB";
  await refused(modal.cpClient.sandboxGetTunnels({ sandboxId, timeout: 1 }), "NOT_FOUND", sandboxId);
});

test("asking for tunnels of sandboxes that don't run yet times out, and succeeds later", async (t) => {
  await python.build(await app());
  const boxes = await Promise.all(Array.from({ length: 16 }, () => sandbox(t, { encryptedPorts: [8000] })));
  const first = await Promise.allSettled(boxes.map((box) => box.tunnels(0)));
  for (const { reason } of first.filter(({ status }) => status === "rejected")) assert.ok(reason instanceof SandboxTimeoutError, reason);
  assert.ok(first.some(({ status }) => status === "rejected"));
  for (const box of boxes) assert.ok((await box.tunnels())[8000].url);
});

for (const [what, ports, ...parts] of [
  ["0", [{ port: 0 }], "open_ports", "65535"],
  ["65536", [{ port: 65536 }], "open_ports", "65536"],
  ["that is there twice", [{ port: 80 }, { port: 80, unencrypted: true }], "open_ports", "80", "twice"],
]) {
  test(`create refuses a port ${what}`, async () => {
    const { appId } = await app();
    const { imageId } = await python.build(await app());
    const definition = { imageId, timeoutSecs: 300, networkAccess: { networkAccessType: 1 }, openPorts: { ports: ports.map((port) => ({ unencrypted: false, ...port })) } };
    await refused(modal.cpClient.sandboxCreate({ appId, definition }), "INVALID_ARGUMENT", ...parts);
  });
}

test("the reference's web server is reached at its URL", async (t) => {
  const reason = await noPackageIndex();
  if (reason) return t.skip(reason);
  const image = python.dockerfileCommands([
    "RUN pip install fastapi uvicorn",
    "RUN printf 'from fastapi import FastAPI\\napp = FastAPI()\\n@app.get(\"/\")\\ndef root(): return {\"hello\": \"world\"}\\n' > main.py",
  ]);
  const created = await modal.sandboxes.create(await app(), image, {
    encryptedPorts: [8000],
    command: ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"],
  });
  t.after(() => created.terminate());
  const tunnels = await created.tunnels();
  const answer = await eventually(async () => {
    const answer = await fetch(tunnels[8000].url);
    return answer.status === 200 && answer.json();
  }, 60_000, "uvicorn answers");
  assert.deepEqual(answer, { hello: "world" });
});
