// The command router, asked as clients ask it, also for what some of them never ask.
import grpc from "@grpc/grpc-js";
import protobuf from "protobufjs/minimal.js";
import { modal } from "./atoll.mjs";

/**
 * One call about a sandbox's task. The request's fields by their numbers: texts, numbers (as int64), or bytes; field 1
 * is the task. Gives the answer's first field, a text.
 */
export async function ask(box, method, fields, { deadline } = {}) {
  const { taskId } = await modal.cpClient.sandboxGetTaskId({ sandboxId: box.sandboxId });
  const { url, jwt } = await modal.cpClient.taskGetCommandRouterAccess({ taskId });
  const request = protobuf.Writer.create().uint32(10).string(taskId);
  for (const [number, value] of Object.entries(fields)) {
    const tag = Number(number) << 3;
    if (typeof value === "number") request.uint32(tag).int64(value);
    else if (typeof value === "string") request.uint32(tag | 2).string(value);
    else request.uint32(tag | 2).bytes(value);
  }
  const client = new grpc.Client(new URL(url).host, grpc.credentials.createInsecure());
  const metadata = new grpc.Metadata();
  metadata.set("authorization", `Bearer ${jwt}`);
  const options = deadline === undefined ? {} : { deadline: Date.now() + deadline };
  const read = (bytes) => (bytes.length ? protobuf.Reader.create(bytes.subarray(1)).string() : "");
  try {
    return await new Promise((resolve, reject) =>
      client.makeUnaryRequest(
        `/modal.task_command_router.TaskCommandRouter/${method}`,
        (bytes) => bytes,
        read,
        Buffer.from(request.finish()),
        metadata,
        options,
        (error, answer) => (error ? reject(error) : resolve(answer)),
      ),
    );
  } finally {
    client.close();
  }
}
