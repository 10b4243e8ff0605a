// TaskSetNetworkAccess of the command router, which these clients don't call themselves.
import { createChannel, createClient, Metadata } from "nice-grpc";
import protobuf from "protobufjs";
import { modal } from "./atoll.mjs";

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Access { int32 type = 1; repeated string cidrs = 2; repeated string domains = 3; }
  message Request { string task_id = 1; Access access = 2; }
`);
const Request = root.lookupType("Request");

const SERVICE = {
  set: {
    path: "/modal.task_command_router.TaskCommandRouter/TaskSetNetworkAccess",
    requestStream: false,
    responseStream: false,
    requestSerialize: (message) => Buffer.from(Request.encode(message).finish()),
    requestDeserialize: (bytes) => Request.decode(bytes),
    responseSerialize: () => Buffer.alloc(0),
    responseDeserialize: () => ({}),
  },
};

export const OPEN = 1;
export const BLOCKED = 2;
export const ALLOWLIST = 3;

/** Replaces what a running sandbox may reach. */
export async function setNetworkAccess(box, type, cidrs = [], domains = []) {
  const { taskId } = await modal.cpClient.sandboxGetTaskId({ sandboxId: box.sandboxId });
  const { url, jwt } = await modal.cpClient.taskGetCommandRouterAccess({ taskId });
  // As these clients do for a server on localhost: without TLS.
  const channel = createChannel(new URL(url).host);
  try {
    const metadata = Metadata({ authorization: `Bearer ${jwt}` });
    await createClient(SERVICE, channel).set({ taskId, access: { type, cidrs, domains } }, { metadata });
  } finally {
    channel.close();
  }
}
