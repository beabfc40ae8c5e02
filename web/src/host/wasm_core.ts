// Calls the core's WebAssembly module: one input in, one outcome out.

import { Encoder } from "cbor-x/index-no-eval";
import coreUrl from "../../../build/wasm/wasm/core.wasm?url";
import type { Input, Outcome } from "./boundary";

interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  core_alloc(size: number): number;
  core_free(buffer: number): void;
  core_handle(input: number, size: number): number;
  core_out(): number;
}

const BAD_DESCRIPTOR = 8; // WASI errno EBADF: the core has no files

// Plain maps and byte strings; times are whole numbers below 2^53. (The types lack the last option.)
const maps = { useRecords: false, mapsAsObjects: true, variableMapSize: true };
const plain = { ...maps, tagUint8Array: false, int64AsNumber: true, copyBuffers: true };
const cbor = new Encoder(plain);

let compiling: Promise<WebAssembly.Module> | undefined;

/** Fetches and compiles the module, once: when a tab has to lead, a service worker that hangs may not answer it. */
export function compileCore(): Promise<WebAssembly.Module> {
  compiling ??= WebAssembly.compileStreaming(fetch(coreUrl));
  compiling.catch(() => (compiling = undefined));
  return compiling;
}

/** Starts a core. Rejects if the module cannot be had. */
export async function loadCore(): Promise<(input: Input, now: number) => Outcome> {
  const none = () => BAD_DESCRIPTOR;
  const wasi = { fd_close: none, fd_seek: none, fd_write: none };
  const instance = await WebAssembly.instantiate(await compileCore(), { wasi_snapshot_preview1: wasi });
  const core = instance.exports as unknown as Exports;
  core._initialize();
  return (input, now) => call(core, { ...input, now });
}

function call(core: Exports, input: Input & { now: number }): Outcome {
  const octets = cbor.encode(input);
  const buffer = core.core_alloc(octets.length);
  new Uint8Array(core.memory.buffer, buffer, octets.length).set(octets);
  const size = core.core_handle(buffer, octets.length);
  core.core_free(buffer);
  // The memory may have grown, so the view is made anew; decoding must not leave views into it behind.
  return cbor.decode(new Uint8Array(core.memory.buffer, core.core_out(), size).slice()) as Outcome;
}
