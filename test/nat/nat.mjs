// Do two devices always connect, whatever is between them? Real routers, real loss, real delay, a real TURN server:
// {routers} × {loss} × {round trip} × {native ↔ native, native ↔ Chromium}. Both devices are behind a router of that
// kind, and start anew each time; a message that was sent while one of them was away must arrive once.
//
//   node nat.mjs SKYPOD WIRE FOLDER [--short] [--report] [--routers symmetric] [--with Chromium]
//
// Prints a table; --report also writes it into docs/BENCHMARKS.md. Ends with 1 if two devices did not connect.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { section, table } from "../../bench/benchmarks.mjs";
import { BrowserClient } from "../lies/browser_client.mjs";
import { NativeClient } from "../lies/native_client.mjs";
import { Internet } from "./internet.mjs";
import { ownNetwork } from "./own_network.mjs";
import { NATS } from "./world.mjs";

const CHROMIUM = "/usr/bin/chromium";
const CONNECT_MAX_MS = 120_000; // a case that takes longer has failed
const LOG_LINES = 40; // of coturn's, shown after a failure
const CLIMB_MAX_MS = 60_000; // what is the best rung after that time is taken for the best
const BEST = { open: "direct", "port-restricted": "direct", symmetric: "turn", "no UDP": "turn" };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: "boolean" },
    report: { type: "boolean" },
    routers: { type: "string" },
    with: { type: "string" },
  },
});
const [skypod, wire, folder] = positionals;

const KINDS = values.short ? ["native"] : ["native", "Chromium"].filter((kind) => kind === (values.with ?? kind));

/** Every combination, or a few that show each kind of router once. */
function cases() {
  const nats = Object.keys(NATS).filter((nat) => nat === (values.routers ?? nat));
  if (values.short) return nats.map((nat) => ({ nat, loss: 0, rttMs: 10, other: "native" }));
  const all = [];
  for (const other of KINDS) {
    for (const nat of nats) {
      for (const loss of [0, 0.05, 0.2]) for (const rttMs of [10, 300]) all.push({ nat, loss, rttMs, other });
    }
  }
  return all;
}

/** A native device that can be started again. */
class Native extends NativeClient {
  async shot() {}

  again() {
    return this.start();
  }
}

/** The app in Chromium, opened again by its address. */
class Browser extends BrowserClient {
  shot() {
    return this.device.shot("failed");
  }

  again() {
    return this.device.open(this.url);
  }
}

/** A realm of a native device and the others. */
class Realm {
  others = {};

  constructor() {
    this.world = new Internet({ skypod, wire, folder });
  }

  async build(kinds) {
    await this.world.start(1 + kinds.length);
    this.first = this.native(0, "first");
    const make = { native: this.native.bind(this), Chromium: this.browser.bind(this) };
    this.others = Object.fromEntries(kinds.map((kind, at) => [kind, make[kind](at + 1, kind)]));
    await this.meet();
  }

  native(number, name) {
    return new Native(this.world.skypodOf(number), folder, name, this.world.server.url);
  }

  browser(number, name) {
    const { url } = this.world.server;
    const client = new Browser(folder, name, url);
    client.device.program = this.world.households[number].program(CHROMIUM);
    client.device.moreArgs = [`--unsafely-treat-insecure-origin-as-secure=${url}`];
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
    const first = other.hears(text, CONNECT_MAX_MS).then(since);
    const best = this.top(other, nat).then((rung) => ({ rung, bestMs: since() }));
    const [firstMs, { rung, bestMs }] = await Promise.all([first, best]);
    await this.answer(other, text);
    await Promise.all([this.first.stop(), other.stop()]);
    return { rung, firstMs, bestMs };
  }

  /** Waits until the best rung that this network has carries the messages, at most a minute; answers the rung. */
  async top({ id }, nat) {
    const rungIn = (members) => members.find((member) => member.id === id)?.rung;
    const isThere = (members) => rungIn(members) === BEST[nat];
    return rungIn(await this.first.members(isThere, CLIMB_MAX_MS).catch(() => this.first.members(() => true)));
  }

  /** The way back works as well, and nothing comes twice. */
  async answer(other, text) {
    await other.say(`heard ${text}`, "p2p");
    await this.first.hears(`heard ${text}`, CONNECT_MAX_MS);
    assert.equal(await other.repeats(), false, "a message came twice");
    assert.equal(await this.first.repeats(), false, "an answer came twice");
  }

  kill() {
    for (const client of [this.first, ...Object.values(this.others)]) client?.kill();
    this.world.kill();
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
  await realm.build(KINDS);
  for (const each of cases()) {
    const row = rowOf(each, await realm.measure(each));
    rows.push(row);
    console.log(Object.values(row).join(" · "));
    if (values.short) assert.equal(row.rung, BEST[each.nat]);
  }
  console.log(`${rows.length} of ${rows.length} connected`);
  if (values.report) report();
} catch (error) {
  await Promise.allSettled(Object.values(realm.others).map((other) => other.shot()));
  console.log(`FAILED after ${rows.length} cases: ${error.stack}`);
  console.log(`coturn's log ends with:\n${realm.world.turn.log.split("\n").slice(-LOG_LINES).join("\n")}`);
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
