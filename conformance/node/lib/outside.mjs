// A network namespace that plays the outside: two addresses of the range for documentation (RFC 5737), with echo over
// TCP and UDP on port 7. Run as a program, this file is its server.
import { execFileSync, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

export const ADDRESS = "198.51.100.2";
export const OTHER_ADDRESS = "198.51.100.3";
const NAMESPACE = `atoll-outside-${process.pid}`;
const LINK = "atoutside0";

const ip = (...words) => execFileSync("ip", words);

/** Opens it for one test. */
export async function outside(t) {
  ip("netns", "add", NAMESPACE);
  t.after(() => ip("netns", "del", NAMESPACE));
  ip("link", "add", "name", LINK, "type", "veth", "peer", "name", "eth0", "netns", NAMESPACE);
  t.after(() => ip("link", "del", LINK));
  ip("address", "add", "198.51.100.1/29", "dev", LINK);
  ip("link", "set", LINK, "up");
  // As for an uplink: its answers go on to the sandboxes.
  writeFileSync(`/proc/sys/net/ipv4/conf/${LINK}/forwarding`, "1");
  for (const address of [ADDRESS, OTHER_ADDRESS]) ip("-n", NAMESPACE, "address", "add", `${address}/29`, "dev", "eth0");
  ip("-n", NAMESPACE, "link", "set", "lo", "up");
  ip("-n", NAMESPACE, "link", "set", "eth0", "up");
  const server = spawn("ip", ["netns", "exec", NAMESPACE, process.execPath, fileURLToPath(import.meta.url)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(server, "exit");
  t.after(async () => {
    server.kill();
    await ended;
  });
  await once(server.stdout, "data");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const address of [ADDRESS, OTHER_ADDRESS]) {
    const udp = createSocket("udp4").on("message", (data, { address: to, port }) => udp.send(data, port, to));
    udp.bind(7, address);
    await once(udp, "listening");
  }
  const tcp = createServer((socket) => socket.on("error", () => {}).pipe(socket)).listen(7, "0.0.0.0");
  await once(tcp, "listening");
  console.log("ready");
}
