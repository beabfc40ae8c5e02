// What the realm server carries a second of its processor time, beside the npm package `ws` and the physical floors:
// broadcasts to a thousand sockets, authentications, and the memory of an idle connection.
//
//   node bench/realm.mjs SKYPOD BENCH_REALM BENCH_IDLE [--report]
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grouped, section, table } from "./benchmarks.mjs";

const [skypod, bench, idle, ...flags] = process.argv.slice(2);
const ROUNDS = 3;
const SECONDS = "3";
const IN_FLIGHT = [1, 32];
const folder = mkdtempSync(join(tmpdir(), "skypod-realm-"));

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const run = (...words) => JSON.parse(execFileSync(bench, words.map(String), { encoding: "utf8" }));

/** Starts a server, lets `work` use it by port and process, and ends it. */
async function withServer(program, args, work) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  try {
    const line = await new Promise((done) => child.stdout.once("data", (text) => done(String(text))));
    return work(/(\d+)\s*$/.exec(line.split("\n")[0])[1], child.pid);
  } finally {
    child.kill();
  }
}

let rounds = 0;
const withSkypod = (work) => {
  const data = join(folder, `data${(rounds += 1)}`);
  return withServer(skypod, ["serve", "--listen", "127.0.0.1:0", "--data", data], work);
};
const withWs = (work) => withServer(process.execPath, [new URL("rooms_peer.mjs", import.meta.url).pathname], work);
const withFloor = (work) => withServer(bench, ["floor"], work);

/** Deliveries a second of each, in turns. */
async function fanOut(inFlight) {
  const ours = (port, id) => run("fanout", "skypod", port, id, inFlight, SECONDS).rate;
  const theirs = (port, id) => run("fanout", "plain", port, id, inFlight, SECONDS).rate;
  const rates = { skypod: [], ws: [], floor: [] };
  for (let i = 0; i < ROUNDS; ++i) {
    rates.skypod.push(await withSkypod(ours));
    rates.ws.push(await withWs(theirs));
    rates.floor.push(await withFloor(theirs));
  }
  return Object.fromEntries(Object.entries(rates).map(([name, list]) => [name, median(list)]));
}

async function authentications() {
  const all = [];
  for (let i = 0; i < ROUNDS; ++i) all.push(await withSkypod((port, id) => run("authn", port, id, SECONDS)));
  return { rate: median(all.map((one) => one.rate)), floor: median(all.map((one) => one.floor)) };
}

async function main() {
  const rows = [];
  for (const inFlight of IN_FLIGHT) {
    const { skypod: ours, ws, floor } = await fanOut(inFlight);
    rows.push({
      "messages in flight in a realm": inFlight,
      skypod: grouped(ours),
      ws: grouped(ws),
      floor: grouped(floor),
      "to ws": (ours / ws).toFixed(2),
      "to the floor": (ours / floor).toFixed(2),
    });
  }
  const { rate, floor } = await authentications();
  const memory = execFileSync(idle, [skypod], { encoding: "utf8" }).trim().split(": ").at(-1);
  const text = `16 realms of 64 devices, each with a socket. So many messages are in flight in every realm; the next are
sent when all have heard these. Deliveries a second of the server's processor time, medians of ${ROUNDS} rounds of
${SECONDS} seconds in turns. \`ws\` passes frames on to a room and does no more. The floor
is a server of a few lines that reads, and sends the same octets, those of all that has arrived in one call.

${table(rows)}

Whole authentications (connecting, challenge, token, ledger, answer), 32 at once, a second of the server's processor
time: ${grouped(rate)}, beside ${grouped(floor)} of OpenSSL's that verify a signature and do no more, so
${(rate / floor).toFixed(2)} of it. Memory, with what the realm knows of the
device, without the kernel's: ${memory}.`;
  console.log(text);
  if (flags.includes("--report")) section("The realm server", "make bench-realm", text);
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
