// A node:test reporter: one line of JSON for each test of a file (not for its subtests), as soon as it ends.
export default async function* lines(events) {
  for await (const { type, data } of events) {
    if ((type !== "test:pass" && type !== "test:fail") || data.nesting !== 0) continue;
    const error = data.details?.error;
    yield JSON.stringify({
      name: data.name,
      passed: type === "test:pass",
      skipped: data.skip === undefined ? null : String(data.skip),
      error: error ? explain(error.cause ?? error) : null,
    }) + "\n";
  }
}

function explain(error) {
  return error instanceof Error || error?.stack ? `${error.stack}` : String(error);
}
