// The work of bench/sync.cpp by the core as WebAssembly and SQLite as WebAssembly, in memory: lives through what
// bench_sync_record has recorded, in both devices. Each core's outcome must be the recorded octets, and each answer of
// the database the recorded one, so both have the same state as natively. Prints a line of JSON for each task.
//
//   node bench/sync_wasm.mjs CORE_WASM BENCH_SYNC_RECORD FOLDER
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [wasmPath, record, folder] = process.argv.slice(2);
const require = createRequire(new URL("../web/package.json", import.meta.url));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { Encoder } = await load("cbor-x");
const { default: sqlite3InitModule } = await load("@sqlite.org/sqlite-wasm");
const { transformWithOxc } = await load("vite");
const { Statements } = await import(await translate("statements.ts")); // what the app runs
const sqlite3 = await sqlite3InitModule({ print: () => {}, printErr: () => {} });

const EBADF = 8; // WASI: there are no files
// As the web app has it: web/src/host/wasm_core.ts.
const cbor = new Encoder({ useRecords: false, mapsAsObjects: true, variableMapSize: true, tagUint8Array: false,
  int64AsNumber: true });
const module = new WebAssembly.Module(readFileSync(wasmPath));

/** A file of web/src/host that imports nothing from elsewhere but types, as JavaScript in an address. */
async function translate(name) {
  const source = readFileSync(new URL(`../web/src/host/${name}`, import.meta.url), "utf8");
  let { code } = await transformWithOxc(source, name);
  for (const [, other] of code.matchAll(/from "\.\/(\w+)"/g)) {
    code = code.replace(`"./${other}"`, JSON.stringify(await translate(`${other}.ts`)));
  }
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** One device: its core, its database, and what was recorded of it. */
class Device {
  #recording;
  #at = 0;
  #statements = new Statements(sqlite3, new sqlite3.oo1.DB(":memory:"));
  #answers = []; // of the database, that the core has not been given yet
  count = 0;

  constructor(path) {
    this.#recording = readFileSync(path);
    const stub = () => EBADF;
    const imports = { wasi_snapshot_preview1: { fd_close: stub, fd_seek: stub, fd_write: stub } };
    this.core = new WebAssembly.Instance(module, imports).exports;
    this.core._initialize();
  }

  #take() {
    const size = this.#recording.readUInt32LE(this.#at);
    const octets = this.#recording.subarray(this.#at + 4, this.#at + 4 + size);
    this.#at += 4 + size;
    return octets;
  }

  #handle(input) {
    const buffer = this.core.core_alloc(input.length);
    new Uint8Array(this.core.memory.buffer, buffer, input.length).set(input);
    const size = this.core.core_handle(buffer, input.length);
    this.core.core_free(buffer);
    return Buffer.from(this.core.memory.buffer, this.core.core_out(), size);
  }

  /** Lives through one exchange; answers the milliseconds of processor time that core, CBOR and SQLite took. */
  step() {
    const input = this.#take();
    const expected = this.#take();
    const start = process.cpuUsage();
    const read = cbor.decode(input);
    if (read.in === "start") this.#answers = []; // a new life: what the last one asked is never answered
    const outcome = this.#handle(input);
    const { outputs } = cbor.decode(outcome);
    const asked = outputs.filter(({ ask }) => ask === "database");
    const answers = asked.map(({ id, statements }) => [id, this.#transact(statements)]);
    const used = process.cpuUsage(start);
    assert.ok(outcome.equals(expected), `exchange ${this.count} differs`);
    this.#compare(read);
    this.#answers.push(...answers);
    this.count++;
    return (used.user + used.system) / 1000;
  }

  #transact(statements) {
    return cbor.encode(this.#statements.transact(statements));
  }

  /** What the native database had answered must be what this one has. */
  #compare(input) {
    if (input.in !== "answered") return;
    const at = this.#answers.findIndex(([id]) => id === input.id);
    if (at < 0) return;
    const [[, answer]] = this.#answers.splice(at, 1);
    assert.deepEqual(cbor.decode(answer), input.value);
  }
}

mkdirSync(folder, { recursive: true });
const paths = ["a", "b"].map((name) => join(folder, `sync-${name}.vectors`));
const tasks = JSON.parse(execFileSync(record, paths, { encoding: "utf8" }));
const devices = paths.map((path) => new Device(path));
for (const { task, from, to } of tasks) {
  let ms = 0;
  devices.forEach((device, i) => {
    while (device.count < from[i]) device.step();
    while (device.count < to[i]) ms += device.step();
  });
  console.log(JSON.stringify({ task, ms }));
}
