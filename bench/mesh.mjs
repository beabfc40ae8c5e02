// How a realm of native peers grows, holds and heals, on one machine and with one server: how long joining takes until
// the newcomer is connected to everybody, what a peer and a connection cost, whether all messages of steady traffic
// arrive once and in order, and how soon the mesh is whole after a fifth of the peers was killed and started again.
// Then peers are added until joining takes more than five seconds, memory is used up, or the realm is full.
//
//   node bench/mesh.mjs SKYPOD [--count 20] [--seconds 300] [--most 64] [--report]
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Skypod } from "../test/e2e/servers.mjs";
import { pair, Peer } from "../test/support/peer.mjs";
import { section, table } from "./benchmarks.mjs";

const WHOLE_MAX_MS = 180_000;
const SAY_EVERY_MS = 1000;
const REPORT_EVERY = 5; // peers
const CHURN_EVERY_S = 60;
const JOIN_MAX_MS = 5_000; // at the 95th percentile of the last REPORT_EVERY
const MEMORY_MAX_MIB = 8 * 1024; // of all peers
const TICKS_PER_SECOND = 100; // of /proc/PID/stat

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: "string", default: "20" },
    seconds: { type: "string", default: "300" },
    most: { type: "string", default: "64" },
    report: { type: "boolean" },
  },
});
const [program] = positionals;
const count = Number(values.count);
const seconds = Number(values.seconds);
const most = Number(values.most);
const folder = mkdtempSync(join(tmpdir(), "skypod-mesh-"));
const server = new Skypod(program, join(folder, "server"));
const peers = [];

function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

function spread(times) {
  return `p50 ${quantile(times, 0.5).toFixed(0)} ms, p95 ${quantile(times, 0.95).toFixed(0)} ms`;
}

/** Resident MiB, threads and CPU seconds of a process. */
function cost(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)[1]);
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  const ticks = Number(stat[11]) + Number(stat[12]);
  return { mib: field("VmRSS") / 1024, threads: field("Threads"), cpuS: ticks / TICKS_PER_SECOND };
}

/** Medians of a peer's memory and threads; the CPU seconds of all. */
function costs() {
  const all = peers.map((peer) => cost(peer.process.pid));
  const median = (name) => quantile(all.map((one) => one[name]), 0.5);
  return { mib: median("mib"), threads: median("threads"), cpuS: all.reduce((sum, { cpuS }) => sum + cpuS, 0) };
}

/** Starts one more peer; answers how long it took from its pairing until all are connected to all. */
async function grow() {
  const number = peers.length;
  const options = ["--server", server.url, "--name", `peer ${number}`];
  const peer = new Peer(program, join(folder, `peer${number}`), options);
  await peer.start();
  const began = performance.now();
  if (number === 0) await peer.command("realm.create");
  else await pair(peers[0], peer);
  peers.push(peer);
  await peer.online();
  await Promise.all(peers.map((each) => each.peers(number, "connected", WHOLE_MAX_MS)));
  return performance.now() - began;
}

/** One row of the curve: what the last joins took, and what all peers cost now. */
function measure(joins, cpuBefore) {
  const all = peers.map((peer) => cost(peer.process.pid));
  const sum = (name) => all.reduce((total, one) => total + one[name], 0);
  const last = joins.slice(-REPORT_EVERY);
  const { mib, threads } = costs();
  return {
    peers: peers.length,
    connections: (peers.length * (peers.length - 1)) / 2,
    "joining p50, s": (quantile(last, 0.5) / 1000).toFixed(2),
    "p95, s": (quantile(last, 0.95) / 1000).toFixed(2),
    "CPU s a join": ((sum("cpuS") - cpuBefore) / last.length).toFixed(2),
    "MiB a peer": mib.toFixed(1),
    "MiB in all": sum("mib").toFixed(0),
    "threads a peer": threads,
  };
}

/** Adds peers up to `size`, or until that is no use any more; answers why it ended, "" for size. */
async function growTo(size, joins, curve) {
  let cpuBefore = peers.length === 0 ? 0 : costs().cpuS;
  while (peers.length < size) {
    joins.push(await grow());
    if (peers.length % REPORT_EVERY !== 0 && peers.length !== size) continue;
    const row = measure(joins, cpuBefore);
    cpuBefore = costs().cpuS;
    curve.push(row);
    console.log(Object.entries(row).map(([name, value]) => `${name} ${value}`).join(" · "));
    if (peers.length <= count) continue;
    if (row["p95, s"] * 1000 > JOIN_MAX_MS) return `joining took more than ${JOIN_MAX_MS / 1000} s`;
    if (row["MiB in all"] > MEMORY_MAX_MIB) return `all took more than ${MEMORY_MAX_MIB / 1024} GiB`;
  }
  return "";
}

/** Every peer says something every second, all the while some are killed and come back; answers what was seen. */
async function hold() {
  const before = costs().cpuS;
  let wrong = 0;
  const heals = [];
  for (let done = 0; done < seconds; done += CHURN_EVERY_S) {
    const rounds = Math.min(CHURN_EVERY_S, seconds - done);
    wrong += await talk(done, rounds);
    heals.push(...(await churn()));
  }
  const cpuS = (costs().cpuS - before) / seconds;
  const total = peers.length * (peers.length - 1) * seconds;
  const churned = `${Math.ceil(seconds / CHURN_EVERY_S)} times ${Math.ceil(peers.length / 5)} of ${peers.length}`;
  const said = [
    `${total} deliveries of steady traffic in ${seconds} s, ${wrong} missing, doubled or out of order`,
    `${cpuS.toFixed(2)} CPU seconds a second for all ${peers.length} peers`,
    `${churned} peers were killed and started again: whole again ${spread(heals)}`,
  ];
  for (const line of said) console.log(line);
  return { said, wrong };
}

/** Says `rounds` numbers after `begin`; answers how many messages went missing, came twice or out of order. */
async function talk(begin, rounds) {
  for (let round = begin; round < begin + rounds; round++) {
    const said = { text: `${round}`, to: null, mode: "p2p" };
    await Promise.all(peers.map((peer) => peer.command("message.send", said)));
    await new Promise((resolve) => setTimeout(resolve, SAY_EVERY_MS));
  }
  let wrong = 0;
  for (const peer of peers) {
    for (const other of peers.filter((each) => each !== peer)) wrong += await misheard(peer, other, begin, rounds);
  }
  return wrong;
}

/** One that was killed may hear again, in its new life, what it had not confirmed before: earlier numbers. */
async function misheard(peer, other, begin, rounds) {
  const isMeant = ({ from, text }) => from === other.id && Number(text) >= begin;
  let wrong = 0;
  for (let round = begin; round < begin + rounds; round++) {
    const { text } = await peer.event("message", isMeant);
    if (text !== `${round}`) wrong++;
  }
  return wrong;
}

/** Kills a fifth of the peers at random and starts them again; answers the ms until each is connected to all. */
async function churn() {
  const shuffled = peers.map((peer) => ({ peer, at: Math.random() })).sort((a, b) => a.at - b.at);
  const victims = shuffled.slice(0, Math.ceil(peers.length / 5)).map(({ peer }) => peer);
  for (const victim of victims) victim.process.kill("SIGKILL");
  await Promise.all(victims.map((victim) => victim.ended));
  const began = performance.now();
  const whole = async (peer) => {
    await peer.peers(peers.length - 1, "connected", WHOLE_MAX_MS);
    return performance.now() - began;
  };
  await Promise.all(victims.map((victim) => victim.start()));
  const times = await Promise.all(victims.map(whole));
  await Promise.all(peers.map(whole));
  return times;
}

function report(curve, held, why) {
  const [first, last] = [curve[0], curve.at(-1)];
  const kib = (1024 * (last["MiB a peer"] - first["MiB a peer"])) / (last.peers - first.peers);
  section(
    "A realm of native peers",
    "make mesh",
    `All peers, the server and this test share one machine of ${cpus().length} processors. Joining is from the pairing
until all are connected to all; ended at ${last.peers} peers because ${why}.

${table(curve)}

A connection costs ${kib.toFixed(0)} KiB of a peer's memory and no thread. With ${count} peers:

${held.said.map((line) => `- ${line}`).join("\n")}

Every peer is a process that connects to every other, so one machine does N² / 2 handshakes for N peers here; a real
household spreads them over its devices. What grows faster than the handshakes is waiting for packets: a profile of 45
peers has a third of the CPU time in GLib's main loop and a third in poll(), which look at the sockets of every
connection, one for each address of the machine, whenever one of them has something. A realm has at most 64 members:
whoever wants more devices than that wants several realms, or a server for them rather than a mesh.`,
  );
}

try {
  await server.start();
  const joins = [];
  const curve = [];
  await growTo(count, joins, curve);
  const held = await hold();
  if (held.wrong > 0) process.exitCode = 1;
  const why = (await growTo(most, joins, curve)) || "a realm has no more members";
  console.log(`the limit is ${peers.length} peers: ${why}`);
  if (values.report) report(curve, held, why);
} finally {
  await Promise.allSettled(peers.map((peer) => peer.stop()));
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
