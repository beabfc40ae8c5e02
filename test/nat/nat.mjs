// Do two devices always connect, whatever is between them? Real routers, real loss, real delay, a real TURN server:
// {routers} × {loss} × {round trip} × {native ↔ native, native ↔ Chromium}. Both devices are behind a router of that
// kind, and start anew each time; a message that was sent while one of them was away must arrive once.
//
//   node nat.mjs SKYPOD WIRE FOLDER [--short] [--report]
//
// Prints a table; --report also writes it into docs/BENCHMARKS.md. Ends with 1 if two devices did not connect.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { section, table } from "../../bench/benchmarks.mjs";
import { Skypod } from "../e2e/servers.mjs";
import { BrowserClient } from "../lies/browser_client.mjs";
import { NativeClient } from "../lies/native_client.mjs";
import { ownNetwork } from "./own_network.mjs";
import { NATS, PUBLIC, World } from "./world.mjs";
import { TurnServer } from "./turn_server.mjs";

const CHROMIUM = "/usr/bin/chromium";
const TURN = "/usr/bin/turnserver";
const CONNECT_MAX_MS = 120_000; // a case that takes longer has failed
const CLIMB_MAX_MS = 60_000; // what is the best rung after that time is taken for the best
const BEST = { open: "direct", "port-restricted": "direct", symmetric: "turn", "no UDP": "turn" };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { short: { type: "boolean" }, report: { type: "boolean" } },
});
const [skypod, wire, folder] = positionals;

/** Every combination, or a few that show each kind of router once. */
function cases() {
  const nats = Object.keys(NATS);
  if (values.short) return nats.map((nat) => ({ nat, loss: 0, rttMs: 10, other: "native" }));
  const all = [];
  for (const other of ["native", "Chromium"]) {
    for (const nat of nats) {
      for (const loss of [0, 0.05, 0.2]) for (const rttMs of [10, 300]) all.push({ nat, loss, rttMs, other });
    }
  }
  return all;
}

/** A native device that can be started again. */
class Native extends NativeClient {
  again() {
    return this.start();
  }
}

/** The app in Chromium, opened again by its address. */
class Browser extends BrowserClient {
  again() {
    return this.device.open(this.url);
  }
}

/** The internet, the server with its TURN server, and a realm of a native device and the others. */
class Realm {
  constructor() {
    this.world = new World(folder, wire);
  }

  async build(kinds) {
    const { world } = this;
    await world.build(1 + kinds.length);
    const secret = randomBytes(24).toString("hex");
    this.turn = new TurnServer(world.program("pub", TURN), { address: PUBLIC, secret, folder });
    await this.turn.start();
    const options = ["--stun", this.turn.stun, ...this.turn.urls.flatMap((url) => ["--turn", url])];
    const env = { SKYPOD_TURN_SECRET: secret };
    this.server = new Skypod(world.program("pub", skypod), join(folder, "server"), { address: PUBLIC, options, env });
    await this.server.start();
    this.first = this.native(0, "first");
    const make = { native: this.native.bind(this), Chromium: this.browser.bind(this) };
    this.others = Object.fromEntries(kinds.map((kind, at) => [kind, make[kind](at + 1, kind)]));
    await this.meet();
  }

  native(number, name) {
    return new Native(this.world.households[number].program(skypod), folder, name, this.server.url);
  }

  browser(number, name) {
    const client = new Browser(folder, name, this.server.url);
    client.device.program = this.world.households[number].program(CHROMIUM);
    client.device.moreArgs = [`--unsafely-treat-insecure-origin-as-secure=${this.server.url}`];
    return client;
  }

  /** Pairs all while the network is good, and lets them end. */
  async meet() {
    await this.world.become({ nat: "open", loss: 0, rttMs: 0 });
    await this.first.start();
    await this.first.found();
    for (const other of Object.values(this.others)) {
      await other.start();
      await other.join(await this.first.invitation(await other.registration()));
      await other.online();
      await other.stop();
    }
    await this.first.stop();
  }

  /** What came of one case: the rung, and the ms to the first message and to that rung. */
  async measure({ nat, loss, rttMs, other: kind }) {
    const other = this.others[kind];
    await this.world.become({ nat, loss, rttMs });
    await this.first.again();
    await this.first.online(CONNECT_MAX_MS);
    const text = `${kind}, ${nat}, ${loss}, ${rttMs}`;
    await this.first.say(text, "p2p");
    const began = performance.now();
    const since = () => performance.now() - began;
    await other.again();
    const [firstMs, bestMs] = await Promise.all([other.hears(text, CONNECT_MAX_MS).then(since), this.top(other, nat).then(since)]);
    await this.answer(other, text);
    const rung = await this.rungTo(other);
    await Promise.all([this.first.stop(), other.stop()]);
    return { rung, firstMs, bestMs };
  }

  /** Waits until the best rung that this network has carries the messages, at most a minute. */
  top({ id }, nat) {
    const isThere = (members) => members.find((member) => member.id === id)?.rung === BEST[nat];
    return this.first.members(isThere, CLIMB_MAX_MS).catch(() => {});
  }

  async rungTo({ id }) {
    const members = await this.first.members(() => true);
    return members.find((member) => member.id === id).rung;
  }

  /** The way back works as well, and nothing comes twice. */
  async answer(other, text) {
    await other.say(`heard ${text}`, "p2p");
    await this.first.hears(`heard ${text}`, CONNECT_MAX_MS);
    assert.equal(await other.repeats(), false, "a message came twice");
    assert.equal(await this.first.repeats(), false, "an answer came twice");
  }

  kill() {
    for (const client of [this.first, ...Object.values(this.others)]) client.kill();
    this.turn.stop();
  }
}

const percent = (probability) => `${Math.round(probability * 100)} %`;
const seconds = (ms) => (ms / 1000).toFixed(1);

function rowOf({ nat, loss, rttMs, other }, { rung, firstMs, bestMs }) {
  return {
    between: `native ↔ ${other}`,
    routers: nat,
    loss: percent(loss),
    "round trip, ms": rttMs,
    rung,
    "first message, s": seconds(firstMs),
    "that rung, s": seconds(bestMs),
  };
}

await ownNetwork();
rmSync(folder, { recursive: true, force: true });
const realm = new Realm();
const rows = [];
try {
  await realm.build(values.short ? ["native"] : ["native", "Chromium"]);
  for (const each of cases()) {
    const row = rowOf(each, await realm.measure(each));
    rows.push(row);
    console.log(Object.values(row).join(" · "));
    if (values.short) assert.equal(row.rung, BEST[each.nat]);
  }
  console.log(`${rows.length} of ${rows.length} connected`);
  if (values.report) report();
} catch (error) {
  console.log(`FAILED after ${rows.length} cases: ${error.stack}`);
  process.exitCode = 1;
} finally {
  realm.kill();
  process.exit();
}

function report() {
  section(
    "Whatever is between two devices",
    "make nat",
    `Both devices are behind a router of that kind, in network namespaces with iptables, and connect anew; the server
and coturn are on the open network. Times are from the start of the second program (Chromium's included) to the first
message, which had been waiting for it, and to the rung of the transport ladder that carries messages from then on. All
${rows.length} of ${rows.length} pairs connected, each message arrived once.

${table(rows)}`,
  );
}
