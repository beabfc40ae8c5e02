// How a realm of native peers grows, holds and heals, on one machine and with one server: how long joining takes until
// the newcomer is connected to everybody, what a peer costs, whether all messages of steady traffic arrive once and in
// order, and how soon the mesh is whole after a fifth of the peers was killed and started again.
//
//   node bench/mesh.mjs SKYPOD [COUNT=20] [SECONDS=30]
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Skypod } from "../test/e2e/servers.mjs";
import { pair, Peer } from "../test/support/peer.mjs";

const WHOLE_MAX_MS = 180_000;
const SAY_EVERY_MS = 1000;
const REPORT_EVERY = 5; // peers
const TICKS_PER_SECOND = 100; // of /proc/PID/stat

const program = process.argv[2];
const count = Number(process.argv[3] ?? 20);
const seconds = Number(process.argv[4] ?? 30);
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

function report(joins) {
  const { mib, threads } = costs();
  const links = (peers.length * (peers.length - 1)) / 2;
  const joining = spread(joins.slice(-REPORT_EVERY));
  console.log(
    `${peers.length} peers, ${links} connections: joining ${joining}; ${mib.toFixed(1)} MiB, ${threads} threads a peer`,
  );
}

/** Every peer says something every second; then counts what went missing, came twice or out of order. */
async function talk() {
  const before = costs().cpuS;
  for (let round = 0; round < seconds; round++) {
    const said = { text: `${round}`, to: null, mode: "p2p" };
    await Promise.all(peers.map((peer) => peer.command("message.send", said)));
    await new Promise((resolve) => setTimeout(resolve, SAY_EVERY_MS));
  }
  const cpuS = (costs().cpuS - before) / seconds;
  let wrong = 0;
  for (const peer of peers) {
    for (const other of peers.filter((each) => each !== peer)) wrong += await misheard(peer, other);
  }
  const total = peers.length * (peers.length - 1) * seconds;
  console.log(`traffic: ${total} deliveries, ${wrong} wrong; ${cpuS.toFixed(2)} CPU seconds a second for all peers`);
}

async function misheard(peer, other) {
  let wrong = 0;
  for (let round = 0; round < seconds; round++) {
    const { text } = await peer.event("message", ({ from }) => from === other.id);
    if (text !== `${round}`) wrong++;
  }
  return wrong;
}

/** Kills a fifth of the peers at random and starts them again. */
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
  console.log(`churn: ${victims.length} of ${peers.length} killed and started: whole again ${spread(times)}`);
}

try {
  await server.start();
  const joins = [];
  while (peers.length < count) {
    joins.push(await grow());
    if (peers.length % REPORT_EVERY === 0 || peers.length === count) report(joins);
  }
  await talk();
  await churn();
} finally {
  await Promise.allSettled(peers.map((peer) => peer.stop()));
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
