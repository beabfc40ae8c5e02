// Interop of data channels: {native, Chromium, Firefox, libdatachannel} in pairs, each as offerer and as answerer, with
// messages from nothing to 256 KB, one of 16 MiB in the chunks of the core's stream, crossing offers, and an ICE
// restart during a transfer. Prints a table; exits 1 if anything failed.
//
// Usage: node test/interop/interop.mjs PEER [--short] [--only WORD]
//   PEER     the program interop_peer
//   --short  fewer crossing offers, for every run of the tests
//   --only   only pairs with that word in their name, e.g. firefox
import { parseArgs } from "node:util";
import { Couple } from "./couple.mjs";
import { startParty } from "./parties.mjs";
import { hashOf, pattern } from "./pattern.mjs";

const FLOOD = { size: 64 * 1024, count: 200 }; // what a restart falls into
const SIZES = [0, 1, 64 * 1024, 256 * 1024];
const LARGE = 16 * 1024 * 1024; // the core's longest; a data channel carries it in chunks
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { short: { type: "boolean", default: false }, only: { type: "string", default: "" } },
});
const [peer] = positionals;

// libdatachannel rolls no offer back by itself and knows no restart, so neither is asked of it. The app's adapter
// begins no restart, so the native side does.
const PAIRS = [
  { names: ["native", "native"], glare: 200, glareShort: 200, restart: true },
  { names: ["native", "chromium"], glare: 200, glareShort: 10, restart: true },
  { names: ["native", "firefox"], glare: 200, glareShort: 10, restart: true },
  { names: ["native", "libdatachannel"], glare: 0, glareShort: 0 },
  { names: ["chromium", "firefox"], glare: 200, glareShort: 10 },
];

/** Every size, both ways, compared by size and hash. */
async function exchange(couple) {
  for (const from of [0, 1]) {
    const to = 1 - from;
    const before = couple.sides[to].messages.length;
    const expected = SIZES.map((size, seed) => ({ size, hash: hashOf(pattern(size, seed)) }));
    for (const [seed, size] of SIZES.entries()) couple.do(from, { do: "send", size, seed });
    await couple.until("message", (sides) => sides[to].messages.length === before + SIZES.length);
    const got = couple.sides[to].messages.slice(before);
    if (JSON.stringify(got) !== JSON.stringify(expected)) throw new Error(`damaged: ${JSON.stringify(got)}`);
  }
}

/** A message that needs chunks, both ways at once. */
async function exchangeLarge(couple) {
  const before = couple.sides.map(({ messages }) => messages.length);
  for (const side of [0, 1]) couple.do(side, { do: "stream", session: side });
  await couple.until("stream", (sides) => sides.every((side) => side.streaming === 1));
  for (const from of [0, 1]) couple.do(from, { do: "large", size: LARGE, seed: from });
  await couple.until("large message", (sides) => sides.every(({ messages }, i) => messages.length > before[i]));
  for (const from of [0, 1]) {
    const [got, expected] = [couple.sides[1 - from].messages.at(-1), hashOf(pattern(LARGE, from))];
    if (got.size !== LARGE || got.hash !== expected) throw new Error(`damaged: ${JSON.stringify(got)}`);
  }
}

async function offerFrom(parties, offerer) {
  const couple = new Couple(...parties);
  const begun = performance.now();
  couple.offer(offerer);
  await couple.opened();
  const ms = Math.round(performance.now() - begun);
  await exchange(couple);
  await exchangeLarge(couple);
  couple.close();
  return `ok, ${ms} ms`;
}

async function cross(parties, count) {
  for (let i = 0; i < count; i++) {
    const couple = new Couple(...parties);
    couple.offer(i % 2);
    couple.offer(1 - (i % 2));
    await couple.opened();
    for (const from of [0, 1]) couple.do(from, { do: "send", size: 16, seed: i });
    await couple.until("message", (sides) => sides.every((side) => side.messages.length === 1));
    couple.close();
  }
  return count === 0 ? "–" : `ok, ${count}×`;
}

/** The first party restarts while messages flow to it and from it; all of them arrive. */
async function restart(parties) {
  const couple = new Couple(...parties);
  couple.offer(0);
  await couple.opened();
  const octets = FLOOD.size * FLOOD.count;
  for (const to of [0, 1]) couple.do(to, { do: "count", octets });
  await couple.until("count", (sides) => sides.every((side) => side.counting === 1));
  for (const from of [0, 1]) couple.do(from, { do: "flood", ...FLOOD });
  const { locals } = couple.sides[1];
  couple.offer(0, true);
  await couple.until("answer", (sides) => sides[1].locals > locals);
  await couple.until("all messages", (sides) => sides.every((side) => side.counted.length === 1));
  await exchange(couple);
  couple.close();
  return "ok";
}

/** One cell of the table. */
async function attempt(work) {
  try {
    return await work;
  } catch (error) {
    process.exitCode = 1;
    return `FAILED: ${error.message}`;
  }
}

async function row({ names, glare, glareShort, restart: restarts }) {
  const parties = [];
  for (const name of names) parties.push(await startParty(name, peer));
  const cells = [
    names.join(" ↔ "),
    await attempt(offerFrom(parties, 0)),
    await attempt(offerFrom(parties, 1)),
    await attempt(cross(parties, values.short ? glareShort : glare)),
    restarts ? await attempt(restart(parties)) : "–",
  ];
  for (const party of parties) {
    const code = await party.close();
    if (code !== 0) cells[4] += ` FAILED: ${party.name} ended with ${code}`;
    if (code !== 0) process.exitCode = 1;
  }
  return cells;
}

console.log("| pair | first offers | second offers | both offer at once | restart while sending |");
console.log("|---|---|---|---|---|");
for (const pair of PAIRS.filter(({ names }) => names.join(" ").includes(values.only))) {
  console.log(`| ${(await row(pair)).join(" | ")} |`);
}
console.log(`Each connection carried messages of ${[...SIZES, LARGE].join(", ")} octets both ways, compared by hash.`);
