// Connect tokens: HTTP to a sandbox's port for who has one, and for nobody else.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { after, before, test } from "node:test";
import { app, bytes, eventually, modal, python, refused, sandbox, text } from "./lib/atoll.mjs";

const TOKEN = "_modal_connect_token";

/** Speaks HTTP/1.1 on port 8080, and tells what it was told. */
const WEB = `
import hashlib, http.server, json, os, socket, struct, threading, time
release = threading.Event()
class Handler(http.server.BaseHTTPRequestHandler):
  protocol_version = "HTTP/1.1"
  def answer(self, body, status=200):
    self.send_response(status); self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
  def do_GET(self):
    if self.path == "/big":
      self.send_response(200); self.send_header("Content-Length", str(64 << 20)); self.end_headers()
      for i in range(64): self.wfile.write(bytes([i]) * (1 << 20))
    elif self.path == "/unsized":
      self.send_response(200); self.send_header("Connection", "close"); self.end_headers()
      self.wfile.write(b"until the end"); self.close_connection = True
    elif self.path == "/cut":
      self.send_response(200); self.send_header("Content-Length", "100"); self.end_headers()
      self.wfile.write(b"half"); self.close_connection = True
    elif self.path == "/reset":
      release.clear(); self.send_response(200); self.end_headers(); self.wfile.write(b"half"); release.wait(10)
      self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
      os.close(self.connection.detach()); self.close_connection = True
    elif self.path == "/release": release.set(); self.answer(b"")
    elif self.path == "/nothing": self.close_connection = True
    elif self.path == "/events":
      self.send_response(200); self.send_header("Content-Type", "text/event-stream"); self.send_header("Connection", "close"); self.end_headers()
      for i in range(3): self.wfile.write(b"data: %d\\n\\n" % i); self.wfile.flush(); time.sleep(0.3)
      self.close_connection = True
    elif self.path == "/socket":
      self.send_response(101); self.send_header("Connection", "Upgrade"); self.send_header("Upgrade", "websocket"); self.end_headers()
      while data := self.connection.recv(65536): self.connection.sendall(data)
      self.close_connection = True
    else: self.answer(json.dumps({"path": self.path, "headers": [[k.lower(), v.encode("latin-1").decode()] for k, v in self.headers.items()]}).encode())
  do_HEAD = do_DELETE = do_GET
  def do_POST(self):
    digest = hashlib.sha256()
    if self.headers["Transfer-Encoding"] == "chunked":
      while size := int(self.rfile.readline(), 16): digest.update(self.rfile.read(size)); self.rfile.readline()
      self.rfile.readline()
    else:
      left = int(self.headers["Content-Length"])
      while left > 0: chunk = self.rfile.read(min(left, 1 << 16)); left -= len(chunk); digest.update(chunk)
    self.answer(digest.hexdigest().encode())
  def log_message(self, *_): pass
class Server(http.server.ThreadingHTTPServer): request_queue_size = 200
server = Server(("0.0.0.0", 8080), Handler)
print("up", flush=True)
server.serve_forever()
`;

let box;
before(async () => {
  box = await modal.sandboxes.create(await app(), python, { command: ["python3", "-c", WEB] });
  const reader = box.stdout.getReader();
  assert.equal((await reader.read()).value, "up\n");
  reader.releaseLock();
});
after(() => modal.cpClient.sandboxTerminate({ sandboxId: box.sandboxId }));

/** A token for the box; options as the client has them. */
function grant(options) {
  return box.createConnectToken(options);
}

/** One request with Node's plain client, which sends any header. */
async function ask({ url, token }, path = "/", { headers = {}, bearer = true, method = "GET", agent, body } = {}) {
  const sent = bearer ? { authorization: `Bearer ${token}`, ...headers } : headers;
  const request = http.request(new URL(path, url), { method, headers: sent, agent });
  request.end(body);
  const [response] = await once(request, "response");
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

/** What the server in the sandbox saw of a request. */
async function seen(access, path, options) {
  const { status, body } = await ask(access, path, options);
  assert.equal(status, 200, text(body));
  const told = JSON.parse(text(body));
  return { path: told.path, all: told.headers, header: (name) => told.headers.filter(([key]) => key === name).map(([, value]) => value) };
}

test("a token opens port 8080 of its sandbox, which need not have been opened", async () => {
  const access = await grant();
  assert.match(access.url, /^http:\/\/127\.\d+\.\d+\.\d+:\d+$/);
  const response = await fetch(`${access.url}/some/path?a=1&b=2`, { headers: { authorization: `Bearer ${access.token}` } });
  assert.equal(response.status, 200);
  assert.equal((await response.json()).path, "/some/path?a=1&b=2");
});

test("without a valid token nothing reaches the sandbox", async () => {
  const access = await grant();
  const other = await modal.sandboxes.create(await app(), python);
  try {
    const foreign = (await other.createConnectToken()).token;
    for (const token of ["", "wrong", access.token.slice(0, -1), foreign]) {
      const { status, headers, body } = await ask({ url: access.url, token }, "/big");
      assert.equal(status, 401, token);
      assert.equal(headers["www-authenticate"], "Bearer");
      assert.match(text(body), /connect token/);
    }
    assert.equal((await ask(access, `/?${TOKEN}=wrong`, { bearer: false })).status, 401);
    assert.equal((await ask(access, "/", { bearer: false, headers: { cookie: `${TOKEN}=wrong` } })).status, 401);
    const post = await ask({ url: access.url, token: "wrong" }, "/", { method: "POST", body: randomBytes(4 << 20) });
    assert.equal(post.status, 401);
  } finally {
    await other.terminate();
  }
});

test("the token goes no further: not as a header, not in the query, not as a cookie", async () => {
  const access = await grant();
  const byHeader = await seen(access, "/");
  assert.deepEqual(byHeader.header("authorization"), []);

  const byQuery = await seen(access, `/p?a=1&${TOKEN}=${access.token}&b=%20`, { bearer: false });
  assert.equal(byQuery.path, "/p?a=1&b=%20");
  assert.equal((await seen(access, `/p?${TOKEN}=${access.token}`, { bearer: false })).path, "/p");

  const cookie = `theme=dark; ${TOKEN}=${access.token}; lang=en`;
  assert.deepEqual((await seen(access, "/", { bearer: false, headers: { cookie } })).header("cookie"), ["theme=dark; lang=en"]);
  const own = await seen(access, "/", { bearer: false, headers: { cookie, authorization: "Bearer of-the-app" } });
  assert.deepEqual(own.header("authorization"), ["Bearer of-the-app"], "the app's own header passes");
  for (const told of [byHeader, byQuery, own]) {
    assert.ok(!JSON.stringify(told.all).includes(access.token));
  }
});

test("a token in the query sets a cookie that opens what the page loads", async () => {
  const access = await grant();
  const { headers } = await ask(access, `/?${TOKEN}=${access.token}`, { bearer: false });
  assert.deepEqual(headers["set-cookie"], [`${TOKEN}=${access.token}; Path=/; HttpOnly; SameSite=Lax`]);
  const cookie = headers["set-cookie"][0].split(";")[0];
  const { status, headers: next } = await ask(access, "/style.css", { bearer: false, headers: { cookie } });
  assert.equal(status, 200);
  assert.equal(next["set-cookie"], undefined);
});

test("the sandbox is told who the user is, by nobody else", async () => {
  const userMetadata = JSON.stringify({ user: "Zoë", role: "admin" });
  const access = await grant({ userMetadata });
  assert.deepEqual((await seen(access)).header("x-verified-user-data"), [userMetadata]);
  const forged = await seen(access, "/", {
    headers: {
      "X-Verified-User-Data": "forged",
      "x-verified-user-DATA": "forged",
      X_Verified_User_Data: "forged",
      "X-Verified_User-Data": "forged",
      Connection: "close, X-Verified-User-Data",
    },
  });
  assert.deepEqual(forged.header("x-verified-user-data"), [userMetadata]);
  assert.deepEqual(forged.header("connection"), ["close"]);
  assert.ok(!JSON.stringify(forged.all).includes("forged"));
  assert.deepEqual((await seen(await grant())).header("x-verified-user-data"), [""]);
});

test("what would break the header is refused", async () => {
  await refused(grant({ userMetadata: "a\r\nX-Role: admin" }), "INVALID_ARGUMENT", /user_metadata/);
  await refused(grant({ userMetadata: "a".repeat(5000) }), "INVALID_ARGUMENT", /user_metadata.*4096/);
});

test("requests share a connection, and bodies of any size pass both ways", async () => {
  const access = await grant();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  try {
    for (let i = 0; i < 3; i++) assert.equal((await ask(access, `/${i}`, { agent })).status, 200);
    const upload = randomBytes(16 << 20);
    const digest = createHash("sha256").update(upload).digest("hex");
    const sized = await ask(access, "/", { agent, method: "POST", body: upload, headers: { "content-length": upload.length } });
    assert.equal(text(sized.body), digest);
    const chunked = await ask(access, "/", { agent, method: "POST", body: upload, headers: { "transfer-encoding": "chunked" } });
    assert.equal(text(chunked.body), digest);
    const big = await ask(access, "/big", { agent });
    assert.equal(big.body.length, 64 << 20);
    assert.ok(big.body.subarray(63 << 20).every((byte) => byte === 63));
    assert.equal((await ask(access, "/", { agent, method: "HEAD" })).status, 200);
    assert.equal(text((await ask(access, "/unsized", { agent })).body), "until the end");
    assert.equal((await ask(access, "/after", { agent })).status, 200);
    assert.equal(Object.values(agent.sockets).concat(Object.values(agent.freeSockets)).flat().length, 1, "one connection for all");
  } finally {
    agent.destroy();
  }
});

test("events arrive as they are sent", async () => {
  const access = await grant();
  const request = http.get(`${access.url}/events`, { headers: { authorization: `Bearer ${access.token}` } });
  const [response] = await once(request, "response");
  const times = [];
  for await (const _ of response) times.push(performance.now());
  assert.ok(times.at(-1) - times[0] > 400, `all at once: ${times}`);
});

test("a WebSocket passes after its handshake, and closes on both ends", async () => {
  const access = await grant({ userMetadata: "u" });
  const request = http.get(`${access.url}/socket?${TOKEN}=${access.token}`, { headers: { connection: "Upgrade", upgrade: "websocket" } });
  const [response, socket] = await once(request, "upgrade");
  assert.equal(response.statusCode, 101);
  const sent = randomBytes(1 << 20);
  socket.write(sent);
  const received = [];
  let count = 0;
  for await (const chunk of socket) {
    received.push(chunk);
    count += chunk.length;
    if (count === sent.length) socket.end();
  }
  assert.ok(Buffer.concat(received).equals(sent));
});

/** Reads what the box answers, and has it reset the connection once half of that is there. */
async function releaseAfterHalf(access, answer) {
  let received = "";
  for await (const chunk of answer) {
    received += text(chunk);
    if (received.endsWith("half")) await ask(access, "/release");
  }
}

test("an answer that is cut off is not whole for the client either, and none is a 502", async () => {
  const access = await grant();
  await assert.rejects(ask(access, "/cut"), /aborted|socket hang up|ECONNRESET/);

  const unsized = http.get(`${access.url}/reset`, { headers: { authorization: `Bearer ${access.token}` } });
  const [response] = await once(unsized, "response");
  await assert.rejects(releaseAfterHalf(access, response), /aborted|ECONNRESET/);

  const { hostname, port } = new URL(access.url);
  const old = net.connect(port, hostname);
  old.write(`GET /reset HTTP/1.0\r\nAuthorization: Bearer ${access.token}\r\n\r\n`);
  await assert.rejects(releaseAfterHalf(access, old), /ECONNRESET/, "one that takes no chunks");

  const none = await ask(access, "/nothing");
  assert.equal(none.status, 502);
  assert.match(text(none.body), /without an HTTP answer/);
});

test("what is no request for a path is answered with 400", async () => {
  const access = await grant();
  const { hostname, port } = new URL(access.url);
  const lines = [
    "BAD\r\n\r\n",
    `CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${access.token}\r\n\r\n`,
    `GET http://127.0.0.1/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${access.token}\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${access.token}\r\nX: ${"a".repeat(40_000)}\r\n\r\n`,
  ];
  for (const line of lines) {
    const socket = net.connect(port, hostname);
    socket.end(line);
    const answer = [];
    for await (const chunk of socket) answer.push(chunk);
    assert.match(text(Buffer.concat(answer)), /^HTTP\/1\.1 400 /, line.slice(0, 40));
  }
});

test("many clients at once are all answered", async () => {
  const access = await grant();
  const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => seen(access, `/${i}`)));
  answers.forEach((told, i) => assert.equal(told.path, `/${i}`));
});

test("a sandbox without a network is reached, too, and its token ends with it", async (t) => {
  const blocked = await sandbox(t, { blockNetwork: true, command: ["python3", "-c", WEB] });
  const access = await blocked.createConnectToken();
  await eventually(async () => (await ask(access)).status === 200, 10_000, "an answer of the sandbox");
  await blocked.terminate();
  await eventually(() => ask(access).then(() => false, ({ code }) => code === "ECONNREFUSED"), 5_000, "the address is closed");
  await refused(modal.cpClient.sandboxCreateConnectToken({ sandboxId: blocked.sandboxId, userMetadata: "" }), "FAILED_PRECONDITION", /has ended/);
  await refused(modal.cpClient.sandboxCreateConnectToken({ sandboxId: "sb-0000000000000000000000", userMetadata: "" }), "NOT_FOUND", /sb-0000000000000000000000/);
});

test("the address of each sandbox is its own", async (t) => {
  const other = await sandbox(t);
  const [one, two] = await Promise.all([grant(), other.createConnectToken()]);
  assert.notEqual(new URL(one.url).hostname, new URL(two.url).hostname);
  assert.equal((await grant()).url, one.url, "one address for all tokens of a sandbox");
});

test("who has no token does not keep a sandbox from being idle; requests do", async (t) => {
  const idle = await sandbox(t, { idleTimeoutMs: 2_000, command: ["python3", "-c", WEB] });
  const access = await idle.createConnectToken();
  const until = performance.now() + 3_000;
  while (performance.now() < until) {
    assert.ok([200, 502].includes((await ask(access)).status));
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  assert.equal(await idle.poll(), null, "requests keep it");
  const { hostname, port } = new URL(access.url);
  const silent = net.connect(port, hostname);
  silent.on("error", () => {});
  try {
    await eventually(async () => (await idle.poll()) !== null, 8_000, "the idle sandbox has ended");
  } finally {
    silent.destroy();
  }
});
