// What `skypod doctor` says on real networks: whether TURN servers really allocate, and what is wrong if something is.
//
//   node doctor.mjs SKYPOD WIRE FOLDER
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../support/peer.mjs";
import { Internet } from "./internet.mjs";
import { ownNetwork } from "./own_network.mjs";

const TEN_MINUTES_MS = 600_000;
const [skypod, wire, folder] = process.argv.slice(2);

/** The doctor's exit code, and what it found of the things of one name. */
async function ask(...words) {
  return askAbout(data, ...words);
}

async function askAbout(directory, ...words) {
  const args = ["doctor", "--json", "--data", directory, ...words];
  const { code, output, errors } = await run(internet.skypodOf(0), args);
  assert.equal(errors, "");
  const { findings } = JSON.parse(output);
  return { code, of: (name) => findings.filter((one) => one.name === name), text: output };
}

const healths = (findings) => findings.map(({ health }) => health);

const steps = {
  "a device that is in no realm learns what the operator names": async () => {
    const named = ["--stun", internet.turn.stun, ...internet.turn.urls.flatMap((url) => ["--turn", url])];
    const { code, of, text } = await ask("--server", internet.server.url, ...named, "--turn-secret-file", secret);
    assert.deepEqual(healths(of("STUN")), ["good"], text);
    assert.deepEqual(healths(of("TURN")), ["good", "good"], text);
    assert.match(of("STUN")[0].found, /sees this device as 203\.0\.113\.1$/);
    assert.equal(code, 0, text);
  },
  "a member is told of its servers, and they work": async () => {
    const made = await run(internet.skypodOf(0), ["realm", "create", "--server", internet.server.url, "--data", data]);
    assert.equal(made.code, 0, made.errors);
    const { code, of, text } = await ask();
    assert.deepEqual(healths([...of("STUN"), ...of("TURN")]), ["good", "good", "good"], text);
    assert.equal(code, 0, text);
  },
  "where no UDP passes, only TURN by TCP does": async () => {
    await internet.become({ nat: "no UDP", loss: 0, rttMs: 10 });
    const { code, of, text } = await ask();
    assert.deepEqual(healths([...of("STUN"), ...of("TURN")]), ["bad", "bad", "good"], text);
    assert.equal(code, 1, text);
    await internet.become({ nat: "port-restricted", loss: 0, rttMs: 10 });
  },
  "a TURN server that has another secret allocates nothing": async () => {
    writeFileSync(secret, "another secret, quite another\n");
    const { code, of, text } = await ask("--turn", internet.turn.urls[0], "--turn-secret-file", secret);
    assert.deepEqual(healths(of("TURN")), ["bad"], text);
    assert.equal(code, 1, text);
  },
  "a clock that is ten minutes off is bad": async () => {
    await internet.server.stop();
    internet.server.clockAheadMs = TEN_MINUTES_MS;
    await internet.server.start();
    const { code, of, text } = await ask();
    assert.match(of("clock")[0].found, /(599|600|601) s behind/, text);
    assert.deepEqual(healths(of("clock")), ["bad"], text);
    assert.equal(code, 1);
  },
  "a full disk is bad": async () => {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=20m", "tmpfs", small]);
    const { of, text } = await askAbout(small);
    assert.deepEqual(healths(of("free space")), ["bad"], text);
  },
};

await ownNetwork();
rmSync(folder, { recursive: true, force: true });
const internet = new Internet({ skypod, wire, folder });
const data = join(folder, "device");
const small = join(folder, "small");
const secret = join(folder, "secret");
mkdirSync(small);
writeFileSync(secret, internet.secret);
try {
  await internet.start(1);
  await internet.become({ nat: "port-restricted", loss: 0, rttMs: 10 });
  for (const [name, step] of Object.entries(steps)) {
    await step();
    console.log(`ok ${name}`);
  }
} catch (error) {
  console.log(`FAILED: ${error.stack}`);
  process.exitCode = 1;
} finally {
  internet.kill();
  process.exit();
}
