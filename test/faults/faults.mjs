// What happens to a realm when a device, its network or the server fails? Three native members behind routers talk all
// the time; something fails and comes back. Every message must arrive once and in order, and the mesh must be whole
// again: everybody hears everybody, directly.
//
//   node faults.mjs SKYPOD WIRE FOLDER [--short] [--rounds 10] [--only NAME] [--report]
//
// Prints how long that took from the moment that the cause was gone; --report writes it into docs/BENCHMARKS.md. Ends
// with 1 if a message was lost or came twice, or the mesh did not heal.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { section, table } from "../../bench/benchmarks.mjs";
import { pair, Peer } from "../support/peer.mjs";
import { Internet } from "../nat/internet.mjs";
import { ownNetwork } from "../nat/own_network.mjs";
import { Conversation } from "./conversation.mjs";

const HEAL_MAX_MS = 120_000;
const STEADY_MS = 3_000; // the mesh is whole if it stays so for this time
const MEMBERS = ["first", "second", "victim"];

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: "boolean" },
    report: { type: "boolean" },
    rounds: { type: "string", default: "10" },
    only: { type: "string" },
  },
});
const [skypod, wire, folder] = positionals;

/** Three members of a realm, talking. */
class Realm {
  peers = {};

  constructor() {
    this.world = new Internet({ skypod, wire, folder });
  }

  async build() {
    await this.world.start(MEMBERS.length);
    await this.world.become({ nat: "port-restricted", loss: 0, rttMs: 20 });
    for (const [number, name] of MEMBERS.entries()) await this.join(number, name);
    this.conversation = new Conversation(this.peers);
    this.conversation.begin();
    await this.whole(this.conversation.next);
  }

  async join(number, name) {
    const options = ["--server", this.server.url, "--name", name];
    const peer = new Peer(this.world.skypodOf(number), join(folder, name), options);
    await peer.start();
    if (number === 0) await peer.command("realm.create");
    else await pair(this.peers.first, peer);
    await peer.online();
    this.peers[name] = peer;
  }

  get server() {
    return this.world.server;
  }

  get victim() {
    return this.peers.victim;
  }

  get home() {
    return this.world.households.at(-1);
  }

  /** Answers when everybody has heard all that was said from this number on, and is connected to all directly. */
  whole(number) {
    const isWhole = () => this.conversation.haveHeard(number) && this.conversation.areOn("direct");
    return this.conversation.since(isWhole, STEADY_MS, HEAL_MAX_MS);
  }

  kill() {
    for (const peer of Object.values(this.peers)) peer.process.kill("SIGKILL");
    this.world.kill();
  }
}

/** Each makes something fail, and comes back once the cause is gone. */
const FAULTS = {
  "a peer is killed": async ({ victim }) => {
    victim.process.kill("SIGKILL");
    await victim.ended;
    await victim.start();
  },
  "its interface is down for 5 s": (realm) => down(realm, 5_000),
  "its interface is down for 60 s": (realm) => down(realm, 60_000),
  "its address changes": async ({ home }) => home.move(),
  "it is stopped for 40 s": async ({ victim, conversation }) => {
    victim.process.kill("SIGSTOP");
    await conversation.pass(40_000);
    victim.process.kill("SIGCONT");
  },
  "the server is killed": async ({ server }) => {
    server.process.kill("SIGKILL");
    await server.ended;
    await server.start();
  },
};
const QUICK = ["a peer is killed", "its interface is down for 5 s", "its address changes", "the server is killed"];

async function down({ home, conversation }, ms) {
  home.unplug();
  await conversation.pass(ms);
  home.plug();
}

/** Makes it fail once; answers how long the mesh took to heal. */
async function once(realm, name) {
  await FAULTS[name](realm);
  const began = performance.now();
  const healed = await realm.whole(realm.conversation.next);
  realm.conversation.check(name === "a peer is killed" ? "victim" : undefined);
  return healed - began;
}

function quantile(times, part) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

const seconds = (ms) => (ms / 1000).toFixed(1);

function chosen() {
  if (values.only) return [values.only];
  return values.short ? QUICK : Object.keys(FAULTS);
}

await ownNetwork();
rmSync(folder, { recursive: true, force: true });
const realm = new Realm();
const rows = [];
try {
  await realm.build();
  const rounds = values.short ? 1 : Number(values.rounds);
  for (const fault of chosen()) {
    const times = [];
    for (let round = 0; round < rounds; round++) {
      times.push(await once(realm, fault));
      if (!values.short) console.log(`${fault}: ${seconds(times.at(-1))} s`);
    }
    const [p50, p95] = [0.5, 0.95].map((part) => seconds(quantile(times, part)));
    rows.push({ fault, rounds, "p50, s": p50, "p95, s": p95, "worst, s": seconds(Math.max(...times)) });
    console.log(Object.values(rows.at(-1)).join(" · "));
  }
  await realm.conversation.end(HEAL_MAX_MS);
  realm.conversation.check();
  if (values.report) report();
} catch (error) {
  console.log(`FAILED after ${rows.length} faults: ${error.stack}`);
  process.exitCode = 1;
} finally {
  realm.kill();
  process.exit();
}

function report() {
  section(
    "What fails and heals",
    "make faults",
    `Three native peers behind port-restricted NATs talk to each other five times a second, 20 ms apart, while something
fails. Times are from the moment that the cause is gone (the program started again, the interface is up, the process
goes on, the server listens) until everybody hears everybody again and all connections are direct, and stays so for
${STEADY_MS / 1000} s. Every message arrived once and in order; of a killed peer's own, those that had left it.

${table(rows)}`,
  );
}
