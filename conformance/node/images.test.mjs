import assert from "node:assert/strict";
import { test } from "node:test";
import { app, build, modal, python, refused, run, sandbox, says, unique } from "./lib/atoll.mjs";

/** What a command prints in a sandbox of an image with these layers. */
async function inside(t, commands, command) {
  const box = await sandbox(t, {}, python.dockerfileCommands(commands));
  const { code, out, err } = await run(box, command);
  assert.equal(code, 0, err);
  return out;
}

async function failure(call) {
  return assert.rejects(call).then(() => call.catch((error) => error));
}

test("a local tag needs no registry, and is one image", async () => {
  const one = await modal.images.fromRegistry("python:3.13").build(await app());
  const two = await modal.images.fromRegistry("python:3.13").build(await app());
  assert.match(one.imageId, /^im-/);
  assert.equal(one.imageId, two.imageId);
});

test("the preset behaves like the registry's image of that name", async (t) => {
  const box = await sandbox(t);
  for (const program of ["python", "python3"]) {
    assert.match((await run(box, [program, "--version"])).out, /^Python 3\.13\./);
  }
  assert.match((await run(box, ["pip", "--version"])).out, /^pip /);
  const { code, err } = await run(box, ["sh", "-c", "python -m venv /tmp/v && /tmp/v/bin/python -c 'import sys; assert sys.prefix == \"/tmp/v\"'"]);
  assert.equal(code, 0, err);
});

test("RUN in shell form, over several lines", async (t) => {
  assert.equal(await inside(t, ["RUN echo one > /made && \\\n    echo $((1 + 1)) >> /made"], ["cat", "/made"]), "one\n2\n");
});

test("RUN in exec form needs no shell", async (t) => {
  assert.equal(await inside(t, ['RUN ["touch", "/a b $HOME"]'], ["sh", "-c", "ls / | grep ^a"]), "a b $HOME\n");
});

test("ENV is there in later steps and in the sandbox", async (t) => {
  const commands = ["ENV GREETING=hello NAME=\"two words\"", "ENV BOTH=\"$GREETING $NAME\"", "RUN echo \"$BOTH\" > /both"];
  assert.equal(await inside(t, commands, ["sh", "-c", "cat /both; echo $BOTH"]), "hello two words\nhello two words\n");
});

test("WORKDIR is made, and is where things start; a relative one goes on from there", async (t) => {
  assert.equal(await inside(t, ["WORKDIR /srv/app", "WORKDIR deeper", "RUN pwd > where"], ["sh", "-c", "pwd; cat where"]), "/srv/app/deeper\n/srv/app/deeper\n");
});

test("USER is who runs the steps and the sandbox, with a home and a name", async (t) => {
  const commands = ["RUN useradd --create-home --uid 1234 someone", "USER someone", "RUN id -u > /home/someone/id"];
  assert.equal(await inside(t, commands, ["sh", "-c", "id -u; cat ~/id; echo $HOME $USER"]), "1234\n1234\n/home/someone someone\n");
});

test("ARG holds in the build and not in the sandbox", async (t) => {
  assert.equal(await inside(t, ["ARG WHO=world", "RUN echo hello $WHO > /who"], ["sh", "-c", "cat /who; echo [$WHO]"]), "hello world\n[]\n");
});

test("SHELL changes what runs the steps", async (t) => {
  assert.equal(await inside(t, ['SHELL ["/bin/bash", "-c"]', "RUN [[ abc == a* ]] && echo ${BASH_VERSION:+bash} > /shell"], ["cat", "/shell"]), "bash\n");
});

test("neither ENTRYPOINT nor CMD runs without a command", async (t) => {
  const box = await sandbox(t, {}, python.dockerfileCommands(['ENTRYPOINT ["/bin/false"]', 'CMD ["x"]']));
  assert.equal((await run(box, ["echo", "up"])).out, "up\n");
  assert.equal(await box.poll(), null);
});

test("ENTRYPOINT comes before the command", async (t) => {
  const box = await sandbox(t, { command: ["given"] }, python.dockerfileCommands(['ENTRYPOINT ["echo", "entry"]', 'CMD ["default"]']));
  assert.equal(await box.stdout.readText(), "entry given\n");
  assert.equal(await box.wait(), 0);
});

test("LABEL and EXPOSE are taken, and change no file", async (t) => {
  assert.equal(await inside(t, ["LABEL a=b c=\"d e\"", "EXPOSE 8080/tcp 9090"], ["echo", "fine"]), "fine\n");
});

test("COPY --from takes files out of another image", async (t) => {
  const other = await build(["RUN mkdir -p /from/deep && echo copied > /from/deep/file && chmod 640 /from/deep/file"]);
  const commands = [`COPY --from=${other.imageId} /from/deep/file /taken`, `COPY --from=${other.imageId} /from /tree/`];
  assert.equal(await inside(t, commands, ["sh", "-c", "cat /taken /tree/deep/file; stat -c %a /taken"]), "copied\ncopied\n640\n");
});

test("layers stack: a later one sees, changes and removes what an earlier one made", async (t) => {
  const image = python
    .dockerfileCommands(["RUN echo 1 > /a; echo 1 > /b; mkdir /d; echo 1 > /d/f"])
    .dockerfileCommands(["RUN echo 2 > /a; rm /b; mv /d /e"])
    .dockerfileCommands(["RUN mkdir /d"]);
  const box = await sandbox(t, {}, image);
  assert.equal((await run(box, ["sh", "-c", "cat /a; ls /b /d/f 2> /dev/null; cat /e/f"])).out, "2\n1\n");
});

test("the same steps are built once, forceBuild builds again", async () => {
  const commands = [`RUN echo ${unique("content")} > /content`];
  const first = await build(commands);
  assert.equal((await build(commands)).imageId, first.imageId);
  const forced = await build(commands, { forceBuild: true });
  assert.notEqual(forced.imageId, first.imageId);
  assert.equal((await build(commands)).imageId, forced.imageId, "the forced build is the cached one now");
});

test("two builds of one image at once build once", async (t) => {
  const commands = [`RUN echo ${unique("x")}; sleep 1; cat /proc/sys/kernel/random/uuid > /stamp`];
  const [one, two] = await Promise.all([build(commands), build(commands)]);
  assert.equal(one.imageId, two.imageId);
});

test("a build's secret and env are in its environment and in nothing that stays", async (t) => {
  const value = unique("hush");
  const params = { secrets: [await modal.secrets.fromObject({ TOKEN: value })], env: { PLAIN: "seen" } };
  const image = python.dockerfileCommands([`RUN test "$TOKEN" = ${value.slice(0, 4)}"${value.slice(4)}" && test "$PLAIN" = seen`], params);
  const box = await sandbox(t, {}, image);
  assert.equal((await run(box, ["sh", "-c", "echo [$TOKEN$PLAIN]; env | grep -c hush"])).out, "[]\n0\n");
  const { out } = await run(box, ["sh", "-c", `grep -rl ${value} /etc /root /tmp /var /home /run 2> /dev/null | wc -l`]);
  assert.equal(out, "0\n");
});

test("a failing step fails the build, with its last lines and its status", async () => {
  const call = build([`RUN echo first ${unique("x")}; echo the last line; exit 17`]);
  const error = await failure(call);
  says(error, "the last line", "17");
});

test("an unknown instruction is refused, with its line", async () => {
  says(await failure(build(["RUN true", "FLY away"])), "FLY", /line 3/i);
});

for (const wrong of ["ENV", "WORKDIR", "USER", 'RUN ["unclosed', "COPY --from=python:3.13 /only-one", "FROM", "ARG", "SHELL /bin/sh"]) {
  test(`a malformed instruction is refused, with its line: ${wrong}`, async () => {
    says(await failure(build([wrong])), wrong.split(" ")[0], /line 2/i);
  });
}

test("a step's limits: the network is there, the machine's is not", async (t) => {
  assert.match(await inside(t, ["RUN cat /etc/resolv.conf > /seen; ls /etc/hosts"], ["cat", "/seen"]), /nameserver/);
});

test("resolv.conf, hosts and hostname never reach a layer", async (t) => {
  const image = await build([`RUN echo ${unique("x")} > /unique; cat /etc/hosts /etc/hostname /etc/resolv.conf > /dev/null`]);
  const box = await sandbox(t, { env: {} }, image);
  const other = await sandbox(t, {}, image);
  const names = await Promise.all([box, other].map((b) => run(b, ["cat", "/etc/hostname"])));
  assert.notEqual(names[0].out, names[1].out);
});

test("an image is found by its id", async (t) => {
  const { imageId } = await build(["RUN echo found > /found"]);
  const box = await sandbox(t, {}, await modal.images.fromId(imageId));
  assert.equal((await run(box, ["cat", "/found"])).out, "found\n");
});

test("an image that does not exist is not found", async () => {
  await refused(modal.images.fromId("im-nonexistent"), "NOT_FOUND", "Could not find image with ID");
  await refused(modal.images.delete("im-nonexistent"), "NOT_FOUND", "No Image with ID");
});

test("a deleted image is gone, is built anew, and leaves its base usable", async (t) => {
  const commands = [`RUN echo ${unique("gone")} > /gone`];
  const { imageId } = await build(commands);
  await modal.images.delete(imageId);
  await refused(modal.images.fromId(imageId), "NOT_FOUND", "Could not find image with ID");
  assert.notEqual((await build(commands)).imageId, imageId);
  assert.equal((await run(await sandbox(t), ["echo", "base"])).out, "base\n");
});

test("an unknown tag fails the build, and is named", async () => {
  says(await failure(modal.images.fromRegistry("127.0.0.1:1/no/such:tag").build(await app())), "127.0.0.1:1");
});

test("a tag that is no tag is refused", async () => {
  says(await failure(modal.images.fromRegistry("NOT A TAG").build(await app())), "NOT A TAG");
});
