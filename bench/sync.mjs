// What it costs two libraries to become one: skypod natively and in WebAssembly beside yjs, loro-crdt and automerge,
// the same work from the two states. Prints the ratios, and writes a section of docs/BENCHMARKS.md.
//
//   node bench/sync.mjs BENCH_SYNC BENCH_SYNC_RECORD CORE_WASM FOLDER
import { spawnSync } from "node:child_process";
import { section, table } from "./benchmarks.mjs";

const [native, record, wasm, folder] = process.argv.slice(2);
const PATIENCE_MS = 600_000;
const TASKS = ["first sync", "one change", "1,000 changes on each side"];
const FEWER = "10000"; // records for a library that does not finish in time

/** The lines of a program by task; nothing if it failed or took too long. */
function run(program, ...words) {
  console.error(`${program.split("/").at(-1)} ${words.map((word) => word.split("/").at(-1)).join(" ")} …`);
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: "utf8", timeout: PATIENCE_MS });
  if (status !== 0 && stderr) console.error(stderr);
  const lines = stdout.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  return status === 0 ? Object.fromEntries(lines.map(({ task, ...figures }) => [task, figures])) : null;
}

const peer = (name, ...more) => run(process.execPath, "bench/sync_peers.mjs", name, ...more);

const own = run(native, "--json");
const inWasm = run(process.execPath, "bench/sync_wasm.mjs", wasm, record, folder);
const peers = { yjs: peer("yjs"), "loro-crdt": peer("loro"), automerge: peer("automerge") };
const reduced = peers.automerge ? null : peer("automerge", FEWER);
if (!own) throw new Error("bench_sync failed");

const group = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
const octets = (figures) => (figures?.octets === undefined ? "–" : group(figures.octets));
const ms = (figures) => (figures ? figures.ms.toFixed(figures.ms < 10 ? 2 : 0) : "–");
const rows = [
  ["skypod", own],
  ["skypod in WebAssembly", inWasm],
  ...Object.entries(peers),
].map(([name, figures]) => ({
  "": name,
  ...Object.fromEntries(
    TASKS.flatMap((task) => [
      [`${task}: octets`, octets(figures?.[task])],
      [`${task}: ms`, ms(figures?.[task])],
    ]),
  ),
}));

/** Ours to the best of the others. */
function ratio(task, figure) {
  const others = Object.values(peers).flatMap((figures) => (figures?.[task] ? [figures[task][figure]] : []));
  return (own[task][figure] / Math.min(...others)).toFixed(2);
}
const ratios = TASKS.map((task) => ({
  task,
  "octets to the best": ratio(task, "octets"),
  "ms to the best": ratio(task, "ms"),
}));

const alone = Object.entries(own).filter(([task]) => !TASKS.includes(task));
const lines = alone.map(([task, { octets: size, messages }]) => {
  const said = messages === undefined ? "" : `, ${messages} ${messages === 1 ? "message" : "messages"}`;
  return `- ${task}: ${group(size)} octets${said}`;
});
const missing = reduced
  ? `automerge did not finish within ${PATIENCE_MS / 60_000} minutes. With ${group(FEWER)} records its first sync ` +
    `took ${octets(reduced[TASKS[0]])} octets and ${ms(reduced[TASKS[0]])} ms.`
  : "";
const text = `
50,000 play records of two devices, from the two states: all for the first time, one change, and 1,000 changes on each
side. Milliseconds of processor time for both sides. skypod keeps everything in SQLite, here in memory, and the others
in memory only. In WebAssembly the core and SQLite (the official build, in memory, under node) live through what two
whole devices had recorded natively, and come to the same octets; its time includes what a device does besides: the
stream, encoding for the host, and opening the library. automerge writes 1,000 records at a time, the others each
for itself; the writing is not counted.

${table(rows)}

Ours divided by the best of the others, natively (below 1 is better):

${table(ratios)}

Without a peer:

${lines.join("\n")}

${missing}
`;
console.log(text.trim());
section("Sync", "make bench-sync", text);
