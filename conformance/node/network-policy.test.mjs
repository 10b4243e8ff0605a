// Sandboxes that may reach less than the others: chosen at their create, and replaced while they run.
import assert from "node:assert/strict";
import { test } from "node:test";
import { app, eventually, modal, newer, py, python, refused, run, sandbox } from "./lib/atoll.mjs";
import { ALLOWLIST, BLOCKED, OPEN, setNetworkAccess } from "./lib/network-access.mjs";
import { ADDRESS, OTHER_ADDRESS, outside } from "./lib/outside.mjs";

const EVERYTHING = ["tcp", "udp", "icmp", "names over udp", "names over tcp"];
const NAMES = ["names over udp", "names over tcp"];

/** Tries every way to an address, all at once, and asks the forwarder, which knows its own version, over both transports. */
const PROBE = `
import concurrent.futures, re, socket, struct, sys
address = sys.argv[1]
forwarder = re.search(r"nameserver (\\S+)", open("/etc/resolv.conf").read())[1]
question = b"\\x12\\x34\\x01\\x00\\x00\\x01" + bytes(6) + b"\\x07version\\x04bind\\x00\\x00\\x10\\x00\\x03"

def ask(family, kind, protocol, target, data, answered):
    with socket.socket(family, kind, protocol) as s:
        s.settimeout(2)
        s.connect(target)
        s.send(data)
        return answered(s.recv(2000))

def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    return ~((total >> 16) + total) & 0xffff

echo = struct.pack("!BBHHH", 8, 0, 0, 7, 1)
echo = echo[:2] + struct.pack("!H", checksum(echo)) + echo[4:]
same = lambda answer: answer == b"echo"
inet, inet6, tcp, udp = socket.AF_INET, socket.AF_INET6, socket.SOCK_STREAM, socket.SOCK_DGRAM
ways = {
    "tcp": (inet, tcp, 0, (address, 7), b"echo", same),
    "udp": (inet, udp, 0, (address, 7), b"echo", same),
    "icmp": (inet, socket.SOCK_RAW, socket.IPPROTO_ICMP, (address, 0), echo, lambda answer: answer[20] == 0),
    "names over udp": (inet, udp, 0, (forwarder, 53), question, lambda answer: answer[:2] == b"\\x12\\x34"),
    "names over tcp": (inet, tcp, 0, (forwarder, 53), b"\\x00" + bytes([len(question)]) + question, lambda answer: len(answer) > 0),
    "ipv6": (inet6, tcp, 0, ("2001:db8::2", 7), b"echo", same),
    "ipv6 on the link": (inet6, udp, 0, ("fe80::1%eth0", 7), b"echo", same),
}

def leads_there(way):
    try:
        return ask(*ways[way])
    except OSError:
        return False

with concurrent.futures.ThreadPoolExecutor(len(ways)) as threads:
    for way, reached in zip(ways, threads.map(leads_there, ways)):
        if reached: print(way)
`;

async function reached(box, address) {
  const { code, out, err } = await run(box, ["python3", "-c", PROBE, address]);
  assert.equal(code, 0, err);
  return out.split("\n").filter((way) => way);
}

test("without a choice everything is reached", async (t) => {
  await outside(t);
  assert.deepEqual(await reached(await sandbox(t), ADDRESS), EVERYTHING);
});

for (const [what, params] of [
  ["blockNetwork", { blockNetwork: true }],
  ["an empty cidrAllowlist", { cidrAllowlist: [] }],
]) {
  test(`with ${what} nothing is reached, from the first process on`, async (t) => {
    await outside(t);
    const first = await sandbox(t, { ...params, command: ["python3", "-c", PROBE, ADDRESS] });
    assert.equal(await first.stdout.readText(), "");
    assert.equal(await first.wait(), 0);
    const box = await sandbox(t, params);
    assert.deepEqual(await reached(box, ADDRESS), []);
    const { out } = await run(box, ["python3", "-c", "import socket\ntry: socket.gethostbyname('name.example')\nexcept OSError: print('no name')"], { env: { RES_OPTIONS: "timeout:1 attempts:1" } });
    assert.equal(out, "no name\n");
  });
}

test("sandboxes without a network don't reach each other, nor are they reached", async (t) => {
  const [open, blocked] = await Promise.all([sandbox(t), sandbox(t, { blockNetwork: true })]);
  const addresses = [];
  for (const box of [open, blocked]) {
    addresses.push((await run(box, ["sh", "-c", "awk 'END { print $1 }' /etc/hosts"])).out.trim());
    await box.exec(["python3", "-m", "http.server", "7"]);
    await eventually(async () => (await run(box, ["python3", "-c", "import socket; socket.create_connection(('127.0.0.1', 7))"])).code === 0, 10_000, "the server inside");
  }
  assert.deepEqual(await reached(blocked, addresses[0]), []);
  assert.deepEqual(await reached(open, addresses[1]), NAMES);
});

test("a cidrAllowlist opens its ranges and names, nothing else", async (t) => {
  await outside(t);
  for (const option of newer ? ["cidrAllowlist", "outboundCidrAllowlist"] : ["cidrAllowlist"]) {
    const box = await sandbox(t, { [option]: [`${ADDRESS}/32`, "203.0.113.0/24"] });
    assert.deepEqual(await reached(box, ADDRESS), EVERYTHING, option);
    assert.deepEqual(await reached(box, OTHER_ADDRESS), NAMES, option);
  }
});

test("a cidrAllowlist opens nothing that is refused to all", async (t) => {
  await outside(t);
  const other = await sandbox(t);
  await other.exec(["python3", "-m", "http.server", "7"]);
  const address = (await run(other, ["sh", "-c", "awk 'END { print $1 }' /etc/hosts"])).out.trim();
  const box = await sandbox(t, { cidrAllowlist: ["0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8"] });
  assert.deepEqual(await reached(box, ADDRESS), EVERYTHING);
  for (const refusedToAll of ["198.51.100.1", address, "10.11.12.13", "192.168.1.1", "169.254.169.254"]) {
    assert.deepEqual(await reached(box, refusedToAll), NAMES, refusedToAll);
  }
});

test("a list with every address is no list", async (t) => {
  await outside(t);
  assert.deepEqual(await reached(await sandbox(t, { cidrAllowlist: ["0.0.0.0/0"] }), ADDRESS), EVERYTHING);
});

test("a replaced policy also ends connections that are open", async (t) => {
  await outside(t);
  const box = await sandbox(t);
  const talk = await box.exec(["python3", "-uc", `import socket, sys
s = socket.create_connection(("${ADDRESS}", 7)); s.settimeout(5)
for line in sys.stdin:
  try:
    s.sendall(line.encode()); print(s.recv(100).decode(), end="")
  except OSError as e: print(type(e).__name__); break`]);
  const answers = talk.stdout.getReader();
  const writer = talk.stdin.getWriter();
  const say = async (line) => {
    await writer.write(line);
    return (await answers.read()).value;
  };
  assert.equal(await say("one\n"), "one\n");
  await setNetworkAccess(box, ALLOWLIST, [`${ADDRESS}/32`]);
  assert.equal(await say("two\n"), "two\n");
  await setNetworkAccess(box, ALLOWLIST, [`${OTHER_ADDRESS}/32`]);
  assert.match(await say("three\n"), /Error/);
  assert.deepEqual(await reached(box, ADDRESS), NAMES);
  assert.deepEqual(await reached(box, OTHER_ADDRESS), EVERYTHING);
  await setNetworkAccess(box, BLOCKED);
  assert.deepEqual(await reached(box, OTHER_ADDRESS), []);
  await setNetworkAccess(box, OPEN);
  assert.deepEqual(await reached(box, ADDRESS), EVERYTHING);
  await setNetworkAccess(box, ALLOWLIST);
  assert.deepEqual(await reached(box, ADDRESS), []);
  await setNetworkAccess(box, ALLOWLIST, ["0.0.0.0/0"], ["*"]);
  assert.deepEqual(await reached(box, ADDRESS), EVERYTHING);
});

test("a replaced policy is checked as at a create", async (t) => {
  const box = await sandbox(t);
  await refused(setNetworkAccess(box, ALLOWLIST, ["not-a-cidr"]), "INVALID_ARGUMENT", "Invalid CIDR: not-a-cidr");
  await refused(setNetworkAccess(box, ALLOWLIST, [], ["not a valid domain!"]), "INVALID_ARGUMENT", "not a valid domain!");
  await refused(setNetworkAccess(box, ALLOWLIST, [], ["example.com"]), "UNIMPLEMENTED", "allowed_domains");
  await refused(setNetworkAccess(box, 0), "INVALID_ARGUMENT", "network_access_type");
});

test("a sandbox that was created without a network stays without", async (t) => {
  const box = await sandbox(t, { blockNetwork: true });
  await refused(setNetworkAccess(box, ALLOWLIST, ["0.0.0.0/0"], ["*"]), "FAILED_PRECONDITION", "without a network");
});

/** A create as the client sends it, with changes to its definition. */
async function create(definition) {
  const { appId } = await app();
  const { imageId } = await python.build(await app());
  return modal.cpClient.sandboxCreate({ appId, definition: { imageId, timeoutSecs: 300, ...definition } });
}

test("the older field block_network blocks, too", async (t) => {
  const { sandboxId } = await create({ blockNetwork: true });
  t.after(() => modal.cpClient.sandboxTerminate({ sandboxId }));
  assert.deepEqual(await reached(await modal.sandboxes.fromId(sandboxId), ADDRESS), []);
});

for (const [what, definition, ...parts] of [
  ["an address without a prefix", { networkAccess: { networkAccessType: ALLOWLIST, allowedCidrs: ["10.0.0.1"] } }, "Invalid CIDR: 10.0.0.1"],
  ["what is no range", { networkAccess: { networkAccessType: ALLOWLIST, allowedCidrs: ["10.0.0.0/8", "not-a-cidr"] } }, "Invalid CIDR: not-a-cidr"],
  ["a range of IPv6", { networkAccess: { networkAccessType: ALLOWLIST, allowedCidrs: ["2001:db8::/32"] } }, "Invalid CIDR: 2001:db8::/32", "IPv6"],
  ["more ranges than a thousand", { networkAccess: { networkAccessType: ALLOWLIST, allowedCidrs: Array(1001).fill("10.0.0.0/8") } }, "1001"],
  ["a list beside an open network", { networkAccess: { networkAccessType: OPEN, allowedCidrs: ["10.0.0.0/8"] } }, "ALLOWLIST"],
  ["block_network beside an open network", { blockNetwork: true, networkAccess: { networkAccessType: OPEN } }, "block_network", "OPEN"],
]) {
  test(`create refuses ${what}`, async () => {
    await refused(create(definition), "INVALID_ARGUMENT", ...parts);
  });
}

test("many sandboxes with policies leave none behind", async (t) => {
  await outside(t);
  for (let round = 0; round < 3; round++) {
    const boxes = await Promise.all(Array.from({ length: 6 }, (_, i) =>
      sandbox(t, i % 2 ? { blockNetwork: true } : { cidrAllowlist: [`${i % 4 ? ADDRESS : OTHER_ADDRESS}/32`] })));
    const ways = await Promise.all(boxes.map((box) => py(box, `import socket
try: socket.create_connection(("${ADDRESS}", 7), 2); print("open")
except OSError: print("refused")`)));
    assert.deepEqual(ways, ["refused", "refused", "open", "refused", "refused", "refused"]);
    await Promise.all(boxes.map((box) => box.terminate()));
  }
  assert.deepEqual(await reached(await sandbox(t), ADDRESS), EVERYTHING);
});
