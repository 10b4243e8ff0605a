// Tunnels and connect tokens of a server with a domain of its own for them. No resolver knows that domain: TUNNEL_DOMAIN
// has its name, NODE_EXTRA_CA_CERTS the authority of its certificate.
import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { after, before, test } from "node:test";
import tls from "node:tls";
import { app, eventually, modal, text } from "../lib/atoll.mjs";

const domain = process.env.TUNNEL_DOMAIN;
const HOST = new RegExp(`^[a-z2-7]{26}\\.${domain.replaceAll(".", "\\.")}$`);
const TOKEN = "_modal_connect_token";

/** Answers a request with its head; after a request to upgrade, sends back what comes. */
const ECHO = `#!/bin/sh
head=
while IFS= read -r line; do
  line=\${line%$(printf '\\r')}
  [ -n "$line" ] || break
  head="$head$line
"
done
case $head in
  *[Uu]pgrade:*) printf 'HTTP/1.1 101 Switching\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n'; cat ;;
  *) printf 'HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\nConnection: close\\r\\n\\r\\n%s' \${#head} "$head" ;;
esac
`;
const SERVE = `printf '%s' "$ECHO" > /tmp/echo; chmod +x /tmp/echo; nc -ll -p 7000 -e cat & nc -ll -p 8080 -e /tmp/echo & exec nc -ll -p 8000 -e /tmp/echo`;

let box;
let tunnels;
before(async () => {
  const tiny = modal.images.fromRegistry("tiny:1");
  const ports = { encryptedPorts: [8000, 9000], h2Ports: [8443], unencryptedPorts: [7000] };
  box = await modal.sandboxes.create(await app(), tiny, { command: ["sh", "-c", SERVE], env: { ECHO }, ...ports });
  tunnels = await box.tunnels();
  await eventually(async () => (await ask(tunnels[8000].url)).status === 200, 10_000, "the server in the sandbox answers");
});
after(() => end(box));

const end = ({ sandboxId }) => modal.cpClient.sandboxTerminate({ sandboxId });

/** Stands for the operator's resolver. */
function lookup(host, options, answer) {
  if (options.all) answer(null, [{ address: "127.0.0.1", family: 4 }]);
  else answer(null, "127.0.0.1", 4);
}

async function ask(url, { headers = {} } = {}) {
  const request = https.get(url, { lookup, headers, agent: false });
  const [response] = await once(request, "response");
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: text(Buffer.concat(chunks)) };
}

async function secure(servername, options) {
  const { port } = new URL(tunnels[8000].url);
  const socket = tls.connect({ host: "127.0.0.1", port, servername, allowHalfOpen: true, ...options });
  socket.on("error", () => {});
  await once(socket, "secureConnect", { signal: AbortSignal.timeout(10_000) });
  return socket;
}

async function refusal(servername) {
  try {
    (await secure(servername)).destroy();
  } catch (error) {
    return error.message;
  }
  return "none";
}

async function rest(socket) {
  const chunks = [];
  for await (const chunk of socket) chunks.push(chunk);
  return text(Buffer.concat(chunks));
}

test("each port has a name below the domain, all of them one port and one certificate", async () => {
  const hosts = Object.values(tunnels).map(({ url }) => new URL(url));
  for (const { hostname } of hosts) assert.match(hostname, HOST);
  assert.equal(new Set(hosts.map(({ hostname }) => hostname)).size, 4);
  assert.equal(new Set(hosts.map(({ port }) => port)).size, 1);
  for (const { hostname } of hosts) assert.ok(!hostname.includes(box.sandboxId.slice(3).toLowerCase()));
  const { status, body } = await ask(`${tunnels[8000].url}/path`);
  assert.equal(status, 200);
  assert.match(body, /^GET \/path HTTP\/1\.1$/m);
});

test("only an h2 port's name selects HTTP/2", async () => {
  const both = { ALPNProtocols: ["h2", "http/1.1"] };
  for (const [port, protocol] of [[8443, "h2"], [8000, "http/1.1"], [7000, "http/1.1"]]) {
    const socket = await secure(new URL(tunnels[port].url).hostname, both);
    assert.equal(socket.alpnProtocol, protocol);
    socket.destroy();
  }
});

test("an unencrypted port has a name below the domain and a port of its own, and TLS beside it", async () => {
  const [host, port] = tunnels[7000].tcpSocket;
  assert.equal(host, new URL(tunnels[7000].url).hostname);
  assert.notEqual(String(port), new URL(tunnels[7000].url).port);
  for (const socket of [net.connect({ host, port, lookup, allowHalfOpen: true }), await secure(host)]) {
    socket.end("x".repeat(1_000_000));
    assert.equal((await rest(socket)).length, 1_000_000);
  }
});

test("a port that nothing listens on answers 502 below the domain, too", async () => {
  const { status, body } = await ask(tunnels[9000].url);
  assert.equal(status, 502);
  assert.match(body, /9000/);
});

test("names that nobody has are refused at once, and those of sandboxes that have ended", async () => {
  assert.match(await refusal(`${"a".repeat(26)}.${domain}`), /unrecognized.name/);
  assert.match(await refusal(domain), /unrecognized.name/);
  assert.match(await refusal("localhost"), /unrecognized.name/);
  assert.match(await refusal(""), /missing.extension/);
  const other = await modal.sandboxes.create(await app(), modal.images.fromRegistry("tiny:1"), { command: ["sleep", "99"], encryptedPorts: [80] });
  const name = new URL((await other.tunnels())[80].url).hostname;
  (await secure(name)).destroy();
  const { url, token } = await other.createConnectToken();
  const none = await ask(url, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(none.status, 502);
  assert.match(none.body, /8080/);
  await end(other);
  assert.match(await refusal(name), /unrecognized.name/);
  assert.match(await refusal(new URL(url).hostname), /unrecognized.name/);
});

test("a connect token is taken at a name of its own", async () => {
  const access = await box.createConnectToken({ userMetadata: "ada" });
  assert.match(new URL(access.url).hostname, HOST);
  assert.equal((await ask(access.url)).status, 401);
  const headers = { authorization: `Bearer ${access.token}`, "X-Verified-User-Data": "forged" };
  const { status, body } = await ask(access.url, { headers });
  assert.equal(status, 200);
  assert.match(body, /^x-verified-user-data: ada$/im);
  assert.ok(!body.includes("forged") && !body.includes(access.token));
  assert.equal((await ask(tunnels[8000].url)).status, 200, "an open port asks for no token");
});

test("the cookie of a connect token is sent with TLS only, and not passed on", async () => {
  const access = await box.createConnectToken();
  const { headers } = await ask(`${access.url}/?${TOKEN}=${access.token}`);
  assert.deepEqual(headers["set-cookie"], [`${TOKEN}=${access.token}; Path=/; HttpOnly; SameSite=Lax; Secure`]);
  // A cookie that another sandbox has set for the whole domain is in no one's way.
  const { status, body } = await ask(access.url, { headers: { cookie: `${TOKEN}=tossed; a=b; ${TOKEN}=${access.token}` } });
  assert.equal(status, 200);
  assert.match(body, /^cookie: a=b$/im);
});

test("a WebSocket passes at the name of a connect token", async () => {
  const access = await box.createConnectToken();
  const request = https.get(access.url, { lookup, agent: false, headers: { authorization: `Bearer ${access.token}`, connection: "Upgrade", upgrade: "websocket" } });
  const [response, socket] = await once(request, "upgrade");
  assert.equal(response.statusCode, 101);
  socket.write("ping");
  assert.equal(text((await once(socket, "data"))[0]), "ping");
  socket.end();
});

test("the server itself has no name below the domain", async () => {
  const door = new URL(process.env.MODAL_SERVER_URL);
  for (const [host, expected] of [[new URL(tunnels[8000].url).hostname, 421], [domain.toUpperCase(), 421], [`${domain}.:80`, 421], ["localhost", 200]]) {
    const request = http.get({ host: door.hostname, port: door.port, path: "/healthz", headers: { host } });
    const [response] = await once(request, "response");
    response.resume();
    assert.equal(response.statusCode, expected, host);
  }
});
