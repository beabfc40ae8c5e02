// Data channels: MB/s of 64 KB messages and the time to an open channel, for the native endpoint and, in the same run,
// for libdatachannel (npm node-datachannel), each with its own kind and with Chromium. Two pages in Chromium are the
// bound of what anything can do with one.
//
// Usage: node bench/data_channel.mjs PEER [--rounds 3] [--megabytes 100] [--no-browser] [--report]
//   PEER      the program interop_peer
//   --report  into docs/BENCHMARKS.md
//
// Beside MB/s stands the CPU time that both ends spent on a megabyte. Where other programs want the machine too, it is
// the figure to compare: libdatachannel has more threads, and so a larger share of a busy machine.
import { parseArgs } from "node:util";
import { Couple } from "../test/interop/couple.mjs";
import { startParty } from "../test/interop/parties.mjs";
import { section, table } from "./benchmarks.mjs";

const MESSAGE = 64 * 1024;
const SETUPS = 10;
const MEGABYTE = 1e6;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "3" },
    megabytes: { type: "string", default: "100" },
    "no-browser": { type: "boolean", default: false },
    report: { type: "boolean", default: false },
  },
});
const [peer] = positionals;
const rounds = Number(values.rounds);
const megabytes = Number(values.megabytes);

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function connected(parties) {
  const couple = new Couple(...parties);
  const begun = performance.now();
  couple.offer(0);
  await couple.opened();
  return { couple, ms: performance.now() - begun };
}

/** MB/s from one side to the other. */
async function transfer(couple, from, amount) {
  const count = Math.ceil((amount * MEGABYTE) / MESSAGE);
  const to = couple.sides[1 - from];
  const before = to.counted.length;
  couple.do(1 - from, { do: "count", octets: count * MESSAGE });
  await couple.until("count", () => to.counting > before);
  couple.do(from, { do: "flood", size: MESSAGE, count });
  await couple.until("all messages", () => to.counted.length > before);
  const { octets, ms } = to.counted.at(-1);
  return octets / MEGABYTE / (ms / 1000);
}

/** Of the programs; a browser's many processes are not counted. */
const cpuMs = (parties) => parties.reduce((sum, party) => sum + (party.cpuMs?.() ?? 0), 0);

async function measure(names) {
  const parties = [];
  for (const name of names) parties.push(await startParty(name, peer));
  const amount = names.includes("chromium") ? megabytes / 4 : megabytes;
  const setups = [];
  for (let i = 0; i < SETUPS; i++) {
    const { couple, ms } = await connected(parties);
    setups.push(ms);
    couple.close();
  }
  const { couple } = await connected(parties);
  const out = [];
  const back = [];
  await transfer(couple, 0, amount / 4); // warms up both ends
  await transfer(couple, 1, amount / 4);
  const cpuBefore = cpuMs(parties);
  for (let i = 0; i < rounds; i++) {
    out.push(await transfer(couple, 0, amount));
    back.push(await transfer(couple, 1, amount));
  }
  const cpu = (cpuMs(parties) - cpuBefore) / (2 * rounds * amount);
  couple.close();
  for (const party of parties) await party.close();
  return { names, out: median(out), back: median(back), setup: median(setups), cpu };
}

const row = ({ names, out, back, setup, cpu }) => ({
  pair: names.join(" → "),
  "there, MB/s": out.toFixed(1),
  "back, MB/s": back.toFixed(1),
  "setup, ms": setup.toFixed(0),
  "CPU, ms/MB": cpu > 0 ? cpu.toFixed(1) : "–",
});

function compare(title, ours, theirs) {
  const ratio = (a, b) => `${(a / b).toFixed(2)}×`;
  return (
    `${title}: there ${ratio(ours.out, theirs.out)}, back ${ratio(ours.back, theirs.back)}, ` +
    `setup ${ratio(theirs.setup, ours.setup)} as fast, CPU time ${ratio(ours.cpu, theirs.cpu)}.`
  );
}

const pairs = [["native", "native"], ["libdatachannel", "libdatachannel"]];
if (!values["no-browser"]) pairs.push(["native", "chromium"], ["libdatachannel", "chromium"], ["chromium", "chromium"]);

const results = [];
for (const pair of pairs) {
  results.push(await measure(pair));
  console.log(Object.values(row(results.at(-1))).join(" · "));
}
const [native, other, nativeBrowser, otherBrowser] = results;
const ratios = [compare("native ↔ native over libdatachannel ↔ libdatachannel", native, other)];
if (nativeBrowser) {
  ratios.push(compare("native ↔ Chromium over libdatachannel ↔ Chromium", nativeBrowser, otherBrowser));
}
const text = `Messages of 64 KB, ${megabytes} MB a transfer (a quarter with a browser), medians of ${rounds} rounds, on
loopback. CPU time is of the programs, without the browser's. Two Chromiums show how fast Chromium is by itself.

${table(results.map(row))}

${ratios.map((line) => `- ${line}`).join("\n")}`;
console.log(text);
if (values.report) section("Data channels", "make bench-rtc", text);
