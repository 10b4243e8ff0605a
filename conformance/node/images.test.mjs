import assert from "node:assert/strict";
import { test } from "node:test";
import { app, build, eventually, follow, modal, python, refused, run, sandbox, says, unique } from "./lib/atoll.mjs";

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

test("USER by number, and with a group", async (t) => {
  const commands = ["USER 1234:4321", "RUN id -u > /tmp/id && id -g >> /tmp/id"];
  assert.equal(await inside(t, commands, ["sh", "-c", "cat /tmp/id; id -u; id -g"]), "1234\n4321\n1234\n4321\n");
});

test("a USER that the image doesn't know is refused, with its line", async () => {
  says(await failure(build(["RUN true", "USER nobody-knows"])), "nobody-knows", /line 3/i);
});

test("ARG holds in the build and not in the sandbox", async (t) => {
  assert.equal(await inside(t, ["ARG WHO=world", "RUN echo hello $WHO > /who"], ["sh", "-c", "cat /who; echo [$WHO]"]), "hello world\n[]\n");
});

test("an ARG is in the words of other instructions, and ENV hides it", async (t) => {
  const commands = ["ARG PLACE=/srv/arg", "WORKDIR $PLACE", "ENV PLACE=/env", 'RUN echo "$PLACE" > here'];
  assert.equal(await inside(t, commands, ["sh", "-c", "pwd; cat here"]), "/srv/arg\n/env\n");
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

test("ENTRYPOINT in shell form is run by the image's shell", async (t) => {
  const box = await sandbox(t, { command: ["given"] }, python.dockerfileCommands(["ENV WHAT=entry", "ENTRYPOINT echo $WHAT $0"]));
  assert.equal(await box.stdout.readText(), "entry given\n");
});

test("LABEL and EXPOSE are taken, and change no file", async (t) => {
  assert.equal(await inside(t, ["LABEL a=b c=\"d e\"", "EXPOSE 8080/tcp 9090"], ["echo", "fine"]), "fine\n");
});

test("COPY --from takes files out of another image", async (t) => {
  const other = await build(["RUN mkdir -p /from/deep && echo copied > /from/deep/file && chmod 640 /from/deep/file"]);
  const commands = [`COPY --from=${other.imageId} /from/deep/file /taken`, `COPY --from=${other.imageId} /from /tree/`];
  assert.equal(await inside(t, commands, ["sh", "-c", "cat /taken /tree/deep/file; stat -c %a /taken"]), "copied\ncopied\n640\n");
});

test("COPY --from gives owner and mode, expands patterns, and goes on from WORKDIR", async (t) => {
  const other = await build(["RUN mkdir /many && touch /many/a1 /many/a2 /many/b1"]);
  const commands = ["WORKDIR /srv", `COPY --from=${other.imageId} --chown=1234:games --chmod=604 /many/a* taken/`];
  assert.equal(
    await inside(t, commands, ["sh", "-c", "cd taken && stat -c '%n %u %G %a' *"]),
    "a1 1234 games 604\na2 1234 games 604\n",
  );
});

test("COPY --from an earlier stage", async (t) => {
  const commands = ["RUN echo made > /made", "FROM base AS second", "RUN echo more > /more", "FROM base", "COPY --from=0 /made /one", "COPY --from=second /more /two"];
  assert.equal(await inside(t, commands, ["sh", "-c", "cat /one /two; ls /made /more 2> /dev/null; true"]), "made\nmore\n");
});

test("COPY of what isn't there fails, with its line and the path", async () => {
  says(await failure(build(["RUN true", "COPY --from=python:3.13 /not/there /x"])), "/not/there", /line 3/i);
});

test("layers stack: a later one sees, changes and removes what an earlier one made", async (t) => {
  const image = python
    .dockerfileCommands(["RUN echo 1 > /a; echo 1 > /b; mkdir /d; echo 1 > /d/f"])
    .dockerfileCommands(["RUN echo 2 > /a; rm /b; mv /d /e"])
    .dockerfileCommands(["RUN mkdir /d"]);
  const box = await sandbox(t, {}, image);
  assert.equal((await run(box, ["sh", "-c", "cat /a; ls /b /d/f 2> /dev/null; cat /e/f"])).out, "2\n1\n");
});

test("owners, modes, times and links are the same in the next step and in the sandbox", async (t) => {
  const make = "mkdir -p /k/d; cd /k; echo x > f; ln f hard; ln -s f soft; chown 1234:4321 f; chmod 4750 f; chmod 1777 d; touch -d @1000000000 old";
  const show = "cd /k; stat -c '%n %u:%g %a %h' f hard d; readlink soft; stat -c %Y old";
  const out = await inside(t, [`RUN ${make}`, `RUN { ${show}; } > /next`], ["sh", "-c", `cat /next; echo; ${show}`]);
  const [next, now] = out.split("\n\n");
  assert.equal(next, now.trimEnd());
  assert.equal(next, "f 1234:4321 4750 2\nhard 1234:4321 4750 2\nd 0:0 1777 2\nf\n1000000000");
});

test("a folder that is removed and made again has nothing of before", async (t) => {
  const commands = ["RUN mkdir -p /d/deep && touch /d/deep/old /d/old", "RUN rm -r /d && mkdir /d && touch /d/new"];
  assert.equal(await inside(t, commands, ["find", "/d", "-mindepth", "1"]), "/d/new\n");
});

test("a chain of eight layers has them all", async (t) => {
  let image = python;
  for (let i = 0; i < 8; i++) image = image.dockerfileCommands([`RUN echo ${i} >> /chain`]);
  const box = await sandbox(t, {}, image);
  assert.equal((await run(box, ["cat", "/chain"])).out, Array.from({ length: 8 }, (_, i) => `${i}\n`).join(""));
});

test("the same steps are built once, forceBuild builds again", async () => {
  const commands = [`RUN echo ${unique("content")} > /content`];
  const first = await build(commands);
  assert.equal((await build(commands)).imageId, first.imageId);
  const forced = await build(commands, { forceBuild: true });
  assert.notEqual(forced.imageId, first.imageId);
  assert.equal((await build(commands)).imageId, forced.imageId, "the forced build is the cached one now");
});

test("a step runs once for all that begin with it, and again with forceBuild or after another step", async (t) => {
  const stamp = `RUN echo ${unique("x")} && date +%s%N > /stamp`;
  const read = async (commands, params) => (await run(await sandbox(t, {}, await build(commands, params)), ["cat", "/stamp"])).out;
  const first = await read([stamp]);
  assert.equal(await read([stamp, "RUN echo more > /more"]), first);
  assert.equal(await read([stamp, "ENV LATER=1"]), first);
  assert.notEqual(await read(["ENV EARLIER=1", stamp]), first);
  assert.notEqual(await read([stamp], { forceBuild: true }), first);
});

test("a step runs again for another secret, not for the same one", async (t) => {
  const stamp = `RUN echo ${unique("x")} && date +%s%N > /stamp`;
  const read = async (value, more) => {
    const secrets = [await modal.secrets.fromObject({ TOKEN: value })];
    return (await run(await sandbox(t, {}, await build([stamp, ...more], { secrets })), ["cat", "/stamp"])).out;
  };
  const first = await read("one", []);
  assert.equal(await read("one", ["RUN true"]), first);
  assert.notEqual(await read("two", []), first);
});

test("a step that is done is not done again after a later one has failed", async (t) => {
  const stamp = `RUN echo ${unique("x")} && date +%s%N | tee /stamp`;
  const error = await failure(build([stamp, "RUN cat /stamp && false"]));
  const image = await build([stamp]);
  says(error, (await run(await sandbox(t, {}, image), ["cat", "/stamp"])).out.trim());
});

test("two builds of one image at once build once", async (t) => {
  const commands = [`RUN echo ${unique("x")}; sleep 1; date +%s%N > /stamp`];
  const [one, two] = await Promise.all([build(commands), build(commands)]);
  assert.equal(one.imageId, two.imageId);
});

/** Starts a build; the image's id is known at once. */
async function start(commands) {
  const base = await build(["RUN true"]);
  const { imageId, result } = await modal.cpClient.imageGetOrCreate({
    appId: (await app()).appId,
    image: { dockerfileCommands: ["FROM base", ...commands], baseImages: [{ dockerTag: "base", imageId: base.imageId }] },
  });
  assert.equal(result, undefined);
  return imageId;
}

test("the bundle of CA certificates can be replaced in a step and in a sandbox, as update-ca-certificates does", async (t) => {
  const replace = "cd /etc/ssl/certs && cat *.pem > bundle.new && mv -f bundle.new ca-certificates.crt";
  const box = await sandbox(t, {}, await build([`RUN ${replace} && echo ${unique("replaced")}`]));
  const trusted = ["python3", "-c", "import ssl; print(len(ssl.create_default_context().get_ca_certs()) > 50)"];
  assert.equal((await run(box, trusted)).out, "True\n");
  const { code, err } = await run(box, ["sh", "-c", replace]);
  assert.equal(code, 0, err);
  assert.equal((await run(box, trusted)).out, "True\n");
});

test("the log comes while a step runs, and goes on for a reader that comes back", async () => {
  const imageId = await start([`RUN echo ${unique("early")}; sleep 3; echo late-$((1 + 1))`]);
  const before = await follow(imageId, (log) => /^early-\d+-/m.test(log));
  assert.equal(before.result, undefined);
  assert.ok(!before.log.includes("late-2"));
  const after = await follow(imageId, undefined, before.lastEntryId);
  assert.match(after.log, /^late-2$/m);
  assert.doesNotMatch(after.log, /^early-/m);
  assert.equal(after.result.status, 1);
  assert.match((await follow(imageId)).log, /^early-[^]*^late-2$/m);
});

test("a build goes on when its client has gone", async (t) => {
  const imageId = await start([`RUN echo ${unique("x")}; sleep 2; echo done > /done`]);
  await follow(imageId, (log) => log.includes("x-"));
  const found = await eventually(async () => (await follow(imageId)).result, 20_000, "the build's end");
  assert.equal(found.status, 1);
  const box = await sandbox(t, {}, await modal.images.fromId(imageId));
  assert.equal((await run(box, ["cat", "/done"])).out, "done\n");
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

test("a build's secret wins over ENV and ARG", async () => {
  const secrets = [await modal.secrets.fromObject({ WHO: "secret", WHAT: "secret" })];
  await build(["ENV WHO=env", "ARG WHAT=arg", 'RUN test "$WHO $WHAT" = "secret secret"'], { secrets });
});

test("a failing step fails the build, with its last lines and its status", async () => {
  const call = build([`RUN echo first ${unique("x")}; echo the last line; exit 17`]);
  const error = await failure(call);
  says(error, "the last line", "17");
});

test("a failing step's text is its end, not its beginning", async () => {
  const error = await failure(build(["ENV A=1", "RUN seq 5000; echo of stderr >&2; exit 3"]));
  says(error, /line 3/i, "seq 5000", "exit code 3", "\n4999\n5000\n", "of stderr");
  assert.ok(!error.message.includes("\n4000\n"), error.message);
});

test("a step that a signal ends says which", async () => {
  says(await failure(build(["RUN kill -TERM $$"])), /line 2/i, "signal 15");
});

test("a step whose program isn't there says so", async () => {
  says(await failure(build(['RUN ["no-such-program"]'])), /line 2/i, "no-such-program", "not found");
});

test("what a step leaves running ends with it, also when it goes on writing", async (t) => {
  const started = Date.now();
  const image = await build([`RUN sleep 600 & echo ${unique("x")} > /x`, "RUN yes & exit 0"]);
  assert.ok(Date.now() - started < 20_000);
  assert.match((await run(await sandbox(t, {}, image), ["cat", "/x"])).out, /^x-/);
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

test("an image in use stays, and what is built on a deleted one has all its files", async (t) => {
  const base = await build([`RUN echo ${unique("base")} > /base`]);
  const derived = await base.dockerfileCommands(["RUN cp /base /derived"]).build(await app());
  const box = await sandbox(t, {}, derived);
  await refused(modal.images.delete(derived.imageId), "FAILED_PRECONDITION", derived.imageId, "running sandbox");
  await modal.images.delete(base.imageId);
  assert.equal((await run(box, ["cmp", "/base", "/derived"])).code, 0);
  assert.equal((await run(await sandbox(t, {}, derived), ["cmp", "/base", "/derived"])).code, 0);
});

test("an unknown tag fails the build, and is named", async () => {
  says(await failure(modal.images.fromRegistry("127.0.0.1:1/no/such:tag").build(await app())), "127.0.0.1:1");
});

test("a registry's secret must have its keys, and those of AWS are refused in words", async () => {
  const secret = await modal.secrets.fromObject({ OTHER: "x" });
  const tag = "registry.invalid/team/app:1";
  const missing = (image, ...keys) => app().then((a) => refused(image.build(a), "FAILED_PRECONDITION", "Secret is missing key(s)", ...keys));
  await missing(modal.images.fromRegistry(tag, secret), "REGISTRY_USERNAME", "REGISTRY_PASSWORD");
  await missing(modal.images.fromGcpArtifactRegistry(tag, secret), "SERVICE_ACCOUNT_JSON");
  await refused(modal.images.fromAwsEcr(tag, secret).build(await app()), "UNIMPLEMENTED", "aws ecr get-login-password");
});

test("a tag that is no tag is refused", async () => {
  says(await failure(modal.images.fromRegistry("NOT A TAG").build(await app())), "NOT A TAG");
});
