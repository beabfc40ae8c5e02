// Replays a recording of `vectors` through the WebAssembly module: every outcome must be the recorded octets. Also proves that
// the module asks its host for nothing but the three WASI stubs: a clock or randomness in the core would show up here.
//
//   node replay.mjs CORE_WASM RECORDING
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const [wasmPath, recordingPath] = process.argv.slice(2);
const EBADF = 8; // WASI: there are no files

const module = new WebAssembly.Module(readFileSync(wasmPath));
const imports = WebAssembly.Module.imports(module).map(({ module: from, name }) => `${from}.${name}`);
assert.deepEqual(imports.sort(), ["fd_close", "fd_seek", "fd_write"].map((name) => `wasi_snapshot_preview1.${name}`));

const stub = () => EBADF;
const { exports: core } = new WebAssembly.Instance(module, {
  wasi_snapshot_preview1: { fd_close: stub, fd_seek: stub, fd_write: stub },
});
core._initialize();

function handle(input) {
  const buffer = core.core_alloc(input.length);
  new Uint8Array(core.memory.buffer, buffer, input.length).set(input);
  const size = core.core_handle(buffer, input.length);
  core.core_free(buffer);
  return Buffer.from(core.memory.buffer, core.core_out(), size);
}

const recording = readFileSync(recordingPath);
let at = 0;
function take() {
  const size = recording.readUInt32LE(at);
  const octets = recording.subarray(at + 4, at + 4 + size);
  at += 4 + size;
  return octets;
}

let count = 0;
for (; at < recording.length; count++) {
  const input = take();
  assert.ok(handle(input).equals(take()), `exchange ${count} differs`);
}
assert.ok(count > 500, "the recording is too short to mean anything");
console.log(`${count} exchanges give the same octets, ${(core.memory.buffer.byteLength / 2 ** 20).toFixed(1)} MiB of memory`);
